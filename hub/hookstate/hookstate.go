// Package hookstate keeps whether somebody took our address for webhooks.
package hookstate

import (
	"sync"
	"time"
)

// What a state may be, besides that nobody was asked.
const (
	Asking     = "asking"
	Subscribed = "subscribed"
	Refused    = "refused"
)

// Pause is the first pause before who refused is asked again; it doubles up to PauseMost.
const (
	Pause     = time.Second
	PauseMost = time.Minute
)

// State is whether our address was taken.
type State struct {
	mu sync.Mutex
	is string
}

// Set notes how it stands.
func (s *State) Set(is string) {
	s.mu.Lock()
	s.is = is
	s.mu.Unlock()
}

// Get tells how it stands: "not asked" until somebody was.
func (s *State) Get() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.is == "" {
		return "not asked"
	}
	return s.is
}
