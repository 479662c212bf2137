package screen

import (
	tea "charm.land/bubbletea/v2"

	"parley/ui/overlay"
)

// opened is an overlay that lies over the screen, and what is done with its answer.
type opened struct {
	overlay.Overlay
	done func(overlay.Action) tea.Cmd
	// grace is that of an overlay which an answer opened while a text was typed.
	grace overlay.Grace
}

// The answers of a question.
const (
	AnswerYes = "yes"
	AnswerNo  = "no"
)

// Lay lays something over the screen. done gets what it answers.
func (s *Screen) Lay(o overlay.Overlay, done func(overlay.Action) tea.Cmd) {
	unasked := !s.ByHand && s.over.Overlay == nil && s.root.Composing()
	s.over = opened{Overlay: o, done: done}
	if unasked { // a text is being typed, and goes on for a moment
		s.over.grace = overlay.NewGrace(s.Clock.local())
	}
}

// Overlaid returns what lies over the screen; nil: nothing does.
func (s *Screen) Overlaid() overlay.Overlay { return s.over.Overlay }

// Lift takes away what lies over the screen.
func (s *Screen) Lift() { s.over = opened{} }

// UpdateOverlay hands a key or a pasted text to what lies over the screen.
func (s *Screen) UpdateOverlay(msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyPressMsg); ok && k.Keystroke() != "ctrl+c" && s.over.grace.Ignores(s.Clock.local()) {
		return nil
	}
	o := s.over
	action, cmd := o.Update(msg)
	switch action.(type) {
	case nil:
		return cmd
	case overlay.Closed, overlay.Chosen, overlay.Entered, overlay.Filled:
		if s.over.Overlay == o.Overlay {
			s.Lift()
		}
	}
	if o.done == nil {
		return cmd
	}
	return tea.Batch(cmd, o.done(action))
}
