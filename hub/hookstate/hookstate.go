// Package hookstate records whether a service accepted our webhook address.
package hookstate

import (
	"sync"
	"time"
)

// The states, besides that nobody was asked.
const (
	Asking     = "asking"
	Subscribed = "subscribed"
	Refused    = "refused"
)

// Pause is the first pause before a refused request is repeated; it doubles up to PauseMost.
const (
	Pause     = time.Second
	PauseMost = time.Minute
)

// State is whether our address was accepted.
type State struct {
	mu sync.Mutex
	is string
}

// Set sets the state.
func (s *State) Set(is string) {
	s.mu.Lock()
	s.is = is
	s.mu.Unlock()
}

// Get returns the state: "not asked" until Set was called.
func (s *State) Get() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.is == "" {
		return "not asked"
	}
	return s.is
}
