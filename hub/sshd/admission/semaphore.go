package admission

import "sync"

// Semaphore limits how many there may be at once, in all and of one kind. The zero value admits
// nothing.
type Semaphore struct {
	most, each int

	mu   sync.Mutex
	held int
	of   map[string]int
}

// NewSemaphore admits at most that many, and at most each of one kind.
func NewSemaphore(most, each int) *Semaphore {
	return &Semaphore{most: most, each: each, of: map[string]int{}}
}

// Acquire admits one more if the limits allow; release must be called once.
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
