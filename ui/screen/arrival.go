package screen

import "parley/ui/overlay"

// Arrive begins a moment in which what is typed does not count: a conversation has opened by
// itself after a key, and somebody who types ahead still means the one before.
func (s *Screen) Arrive() { s.arrival = overlay.NewGrace(s.Clock.local()) }

// Arriving reports whether a key that types now is of that moment. Each such key makes it last
// until typing pauses.
func (s *Screen) Arriving() bool { return s.arrival.Ignores(s.Clock.local()) }

// Begin ends that moment with a key that begins something, if it comes apart from what was typed
// before.
func (s *Screen) Begin() { s.arrival.Ends(s.Clock.local()) }
