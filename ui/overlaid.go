package ui

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
	answerYes = "yes"
	answerNo  = "no"
)

// lay lays something over the screen. done gets what it answers.
func (s *Screen) lay(o overlay.Overlay, done func(overlay.Action) tea.Cmd) {
	unasked := !s.byHand && s.over.Overlay == nil && s.root.composing()
	s.over = opened{Overlay: o, done: done}
	if unasked { // a text is being typed, and goes on for a moment
		s.over.grace = overlay.NewGrace(s.clock.local())
	}
}

// overlaid returns what lies over the screen; nil: nothing does.
func (s *Screen) overlaid() overlay.Overlay { return s.over.Overlay }

// lift takes away what lies over the screen.
func (s *Screen) lift() { s.over = opened{} }

// updateOverlay hands a key or a pasted text to what lies over the screen.
func (s *Screen) updateOverlay(msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyPressMsg); ok && k.Keystroke() != "ctrl+c" && s.over.grace.Ignores(s.clock.local()) {
		return nil
	}
	o := s.over
	action, cmd := o.Update(msg)
	switch action.(type) {
	case nil:
		return cmd
	case overlay.Closed, overlay.Chosen, overlay.Entered, overlay.Filled:
		if s.over.Overlay == o.Overlay {
			s.lift()
		}
	}
	if o.done == nil {
		return cmd
	}
	return tea.Batch(cmd, o.done(action))
}
