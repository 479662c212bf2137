package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
)

// undo is an action that can be taken back.
type undo struct {
	// of is the conversation that it is about.
	of model.ConversationID
	// back takes it back.
	back func() tea.Cmd
	// why tells why it can't be taken back now; nil: it always can.
	why func() string
}

// undoDepth is how many actions can be taken back.
const undoDepth = 20

// undoStack holds the last actions that can be taken back, answered or not, the newest last.
type undoStack []*undo

func (s *undoStack) push(x *undo) {
	*s = append(*s, x)
	*s = (*s)[max(0, len(*s)-undoDepth):]
}

// drop forgets an action.
func (s *undoStack) drop(x *undo) {
	*s = slices.DeleteFunc(*s, func(y *undo) bool { return y == x })
}

// forget forgets the actions about some conversations.
func (s *undoStack) forget(gone func(model.ConversationID) bool) {
	*s = slices.DeleteFunc(*s, func(x *undo) bool { return gone(x.of) })
}

// last returns the newest action; nil: there is none.
func (s undoStack) last() *undo {
	if len(s) == 0 {
		return nil
	}
	return s[len(s)-1]
}

// needsUndo tells why nothing can be taken back now.
func (s *Screen) needsUndo() string {
	switch last := s.undo.last(); {
	case last == nil:
		return s.say(i18n.WhyNothingToUndo)
	case last.why != nil:
		return last.why()
	}
	return ""
}

// takeBack takes the newest action back, once it is done.
func (s *Screen) takeBack() tea.Cmd {
	last := s.undo.last()
	s.undo.drop(last)
	return last.back()
}

// saidUndone is what is said once an action about a conversation was taken back.
func (s *Screen) saidUndone(id model.ConversationID) string {
	name := ""
	if r, ok := s.inbox.Conversation(id); ok {
		name = s.look.Name(r.Customer)
	}
	return s.say(i18n.SaidUndone, "Name", name)
}
