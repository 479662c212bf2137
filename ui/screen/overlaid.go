package screen

import (
	tea "charm.land/bubbletea/v2"

	"parley/ui/overlay"
)

// opened is an overlay on the screen, and the handler of its answer.
type opened struct {
	overlay.Overlay
	done func(overlay.Action) tea.Cmd
	// grace is set if the overlay opened by itself while the user was typing.
	grace overlay.Grace
}

// Answers to a question.
const (
	AnswerYes = "yes"
	AnswerNo  = "no"
)

// Lay opens an overlay. done handles its actions.
func (s *Screen) Lay(o overlay.Overlay, done func(overlay.Action) tea.Cmd) {
	unasked := !s.ByHand && s.over.Overlay == nil && s.root.Composing()
	s.over = opened{Overlay: o, done: done}
	if unasked { // the user is typing, and will go on for a moment
		s.over.grace = overlay.NewGrace(s.Clock.local())
	}
}

// Overlaid returns the open overlay; nil: none.
func (s *Screen) Overlaid() overlay.Overlay { return s.over.Overlay }

// Lift closes the overlay.
func (s *Screen) Lift() { s.over = opened{} }

// UpdateOverlay passes a key or a pasted text to the overlay.
func (s *Screen) UpdateOverlay(msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyPressMsg); ok && k.Keystroke() != "ctrl+c" && s.over.grace.Ignores(s.Clock.local()) {
		return nil
	}
	o := s.over
	action, cmd := o.Update(msg)
	switch action.(type) {
	case nil:
		return cmd
	case overlay.Closed, overlay.Chosen, overlay.Begun, overlay.Entered, overlay.Filled, overlay.Picked:
		if s.over.Overlay == o.Overlay {
			s.Lift()
		}
	}
	if o.done == nil {
		return cmd
	}
	return tea.Batch(cmd, o.done(action))
}
