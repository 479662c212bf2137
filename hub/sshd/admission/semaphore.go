package admission

import "sync"

// Semaphore counts what there may be at once, in all and of one kind. The zero value lets
// nothing in.
type Semaphore struct {
	most, each int

	mu   sync.Mutex
	held int
	of   map[string]int
}

// NewSemaphore lets in at most so many, and of one kind at most each.
func NewSemaphore(most, each int) *Semaphore {
	return &Semaphore{most: most, each: each, of: map[string]int{}}
}

// Acquire takes one more in, unless there are as many as may be; release lets it go, once.
func (s *Semaphore) Acquire(kind string) (release func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held >= s.most || s.of[kind] >= s.each {
		return nil, false
	}
	s.held++
	s.of[kind]++
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.held--
		if s.of[kind]--; s.of[kind] == 0 {
			delete(s.of, kind)
		}
	}), true
}
