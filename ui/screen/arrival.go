package screen

import (
	"time"

	"parley/ui/overlay"
)

// arrival is the moment after a conversation has opened by itself.
type arrival struct {
	overlay.Grace
	// calm: it opened by a key that is no text, and nothing was left out since.
	calm bool
}

// Arrive begins a moment in which what is typed does not count: a conversation has opened by
// itself after something was typed, and somebody who types ahead still means the one before.
func (s *Screen) Arrive() { s.arrival = arrival{Grace: overlay.NewGrace(s.Clock.local())} }

// ArriveByKey is [Screen.Arrive] after a key that is no text: only that key, pressed once more,
// and what acts or types are left out.
func (s *Screen) ArriveByKey() {
	s.Arrive()
	s.arrival.calm = true
}

// Arriving reports whether a key that types now is of that moment. Each such key makes it last
// until typing pauses.
func (s *Screen) Arriving() bool {
	early := s.arrival.Ignores(s.Clock.local())
	if early {
		s.arrival.calm = false
	}
	return early
}

// Moves reports whether a key that only moves, or ends the program, is meant now: it is no
// letter of a text that is typed ahead.
func (s *Screen) Moves() bool { return s.arrival.calm || s.arrival.Apart(s.Clock.local()) }

// heldWithin is the longest time between two repeats of a key that is held down.
const heldWithin = 120 * time.Millisecond

// KeyHeld reports whether what acts on one row after the other is pressed again so soon that the
// key is held down.
func (s *Screen) KeyHeld() bool {
	now := s.Clock.local()
	held := now.Sub(s.acted) < heldWithin
	s.acted = now
	return held
}

// OtherKey says that another key is pressed than before: none is held down.
func (s *Screen) OtherKey() { s.acted = time.Time{} }

// Begin ends that moment with a key that begins something, if it comes apart from what was typed
// before.
func (s *Screen) Begin() { s.arrival.Ends(s.Clock.local()) }
