package sshd

import "sync"

// seats counts what there may be at once, in all and of one kind. The zero value lets
// nothing in.
type seats struct {
	most, each int

	mu    sync.Mutex
	taken int
	of    map[string]int
}

func newSeats(most, each int) *seats { return &seats{most: most, each: each, of: map[string]int{}} }

// take takes a seat, unless all are taken; leave gives it back, once.
func (s *seats) take(kind string) (leave func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken >= s.most || s.of[kind] >= s.each {
		return nil, false
	}
	s.taken++
	s.of[kind]++
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.taken--
		if s.of[kind]--; s.of[kind] == 0 {
			delete(s.of, kind)
		}
	}), true
}
