package screen

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
)

// Undo is an action that can be taken back.
type Undo struct {
	// Of is the conversation that it is about.
	Of model.ConversationID
	// Back takes it back.
	Back func() tea.Cmd
	// Why tells why it can't be taken back now; nil: it always can.
	Why func() string
}

// undoDepth is how many actions can be taken back.
const undoDepth = 20

// UndoStack holds the last actions that can be taken back, answered or not, the newest last.
type UndoStack []*Undo

// Push adds an action, and forgets the oldest beyond the most that are kept.
func (s *UndoStack) Push(x *Undo) {
	*s = append(*s, x)
	*s = (*s)[max(0, len(*s)-undoDepth):]
}

// Drop forgets an action.
func (s *UndoStack) Drop(x *Undo) {
	*s = slices.DeleteFunc(*s, func(y *Undo) bool { return y == x })
}

// Forget forgets the actions about some conversations.
func (s *UndoStack) Forget(gone func(model.ConversationID) bool) {
	*s = slices.DeleteFunc(*s, func(x *Undo) bool { return gone(x.Of) })
}

// Last returns the newest action; nil: there is none.
func (s UndoStack) Last() *Undo {
	if len(s) == 0 {
		return nil
	}
	return s[len(s)-1]
}

// NeedsUndo tells why nothing can be taken back now.
func (s *Screen) NeedsUndo() string {
	switch last := s.Undo.Last(); {
	case last == nil:
		return s.Say(i18n.WhyNothingToUndo)
	case last.Why != nil:
		return last.Why()
	}
	return ""
}

// TakeBack takes the newest action back, once it is done.
func (s *Screen) TakeBack() tea.Cmd {
	last := s.Undo.Last()
	s.Undo.Drop(last)
	return last.Back()
}

// SaidUndone is what is said once an action about a conversation was taken back.
func (s *Screen) SaidUndone(id model.ConversationID) string {
	name := ""
	if r, ok := s.Inbox.Conversation(id); ok {
		name = s.Look.Name(r.Customer)
	}
	return s.Say(i18n.SaidUndone, "Name", name)
}
