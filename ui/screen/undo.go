package screen

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
)

// Undo is an action that can be undone.
type Undo struct {
	// Of is the conversation that it is about; Each, if there are several, all of them.
	Of   model.ConversationID
	Each []model.ConversationID
	// Said says what it did, and At is when; "" and zero: nothing is known.
	Said string
	At   time.Time
	// Back undoes it.
	Back func() tea.Cmd
	// Why says why it can't be undone now; nil: it always can.
	Why func() string
	// parts are the actions that this one joins, oldest first; nil: it is one by itself.
	parts []*Undo
}

// undoDepth is how many actions can be undone.
const undoDepth = 20

// UndoStack holds the last actions that can be undone, answered or not, newest last.
type UndoStack []*Undo

// Push adds an action, and drops the oldest one beyond undoDepth.
func (s *UndoStack) Push(x *Undo) {
	*s = append(*s, x)
	*s = (*s)[max(0, len(*s)-undoDepth):]
}

// Drop removes an action, also from those that it was joined with.
func (s *UndoStack) Drop(x *Undo) {
	*s = slices.DeleteFunc(*s, func(y *Undo) bool {
		if y == x {
			return true
		}
		joined := len(y.parts) > 0
		y.parts = slices.DeleteFunc(y.parts, func(part *Undo) bool { return part == x })
		return joined && len(y.parts) == 0
	})
}

// Join makes the actions that were added since into one, which undoes all of them that can still be
// undone, newest first.
func (s *UndoStack) Join(since UndoStack) {
	var added []*Undo
	for _, x := range *s {
		if !slices.Contains(since, x) {
			added = append(added, x)
		}
	}
	if len(added) < 2 {
		return
	}
	for _, x := range added {
		s.Drop(x)
	}
	one := &Undo{Of: added[0].Of, parts: added}
	one.Back = func() tea.Cmd {
		var cmds []tea.Cmd
		for _, x := range slices.Backward(one.parts) {
			cmds = append(cmds, x.Back())
		}
		return tea.Batch(cmds...)
	}
	one.Why = func() string {
		for _, x := range one.parts {
			if x.Why != nil && x.Why() != "" {
				return x.Why()
			}
		}
		return ""
	}
	s.Push(one)
}

// Newest reports whether an action is the newest one, or part of it.
func (s UndoStack) Newest(x *Undo) bool {
	last := s.Last()
	return x != nil && last != nil && (last == x || slices.Contains(last.parts, x))
}

// Forget removes the actions about conversations for which gone holds.
func (s *UndoStack) Forget(gone func(model.ConversationID) bool) {
	*s = slices.DeleteFunc(*s, func(x *Undo) bool {
		if len(x.Each) == 0 {
			return gone(x.Of)
		}
		x.Each = slices.DeleteFunc(x.Each, gone)
		return len(x.Each) == 0
	})
}

// Last returns the newest action; nil: none.
func (s UndoStack) Last() *Undo {
	if len(s) == 0 {
		return nil
	}
	return s[len(s)-1]
}

// NeedsUndo says why nothing can be undone now; empty: it can.
func (s *Screen) NeedsUndo() string {
	switch last := s.Undo.Last(); {
	case last == nil:
		return s.Say(i18n.WhyNothingToUndo)
	case last.Why != nil:
		return last.Why()
	}
	return ""
}

// UndoLast undoes the newest action, once it is done.
func (s *Screen) UndoLast() tea.Cmd {
	last := s.Undo.Last()
	s.Undo.Drop(last)
	return last.Back()
}

// SaidUndone is the sentence after an action about a conversation was undone.
func (s *Screen) SaidUndone(id model.ConversationID) string {
	name := ""
	if r, ok := s.Inbox.Conversation(id); ok {
		name = s.Look.Name(r.Customer)
	}
	return s.Say(i18n.SaidUndone, "Name", name)
}
