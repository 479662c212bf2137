package inbox

import (
	"iter"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/turn"
	"parley/ui/screen"
)

// Turns goes from one conversation that waits for the user to the next.
type Turns struct {
	*screen.Screen
	list         *List
	conversation Conversation
	round        turn.Round
}

// Watch records what the user has before them. It is called after each update.
func (t *Turns) Watch() {
	if r, ok := t.Inbox.Conversation(t.before()); ok {
		t.round.Saw(r.Conversation)
	}
}

// before is the conversation that the user has before them; one that is only previewed is not.
func (t *Turns) before() model.ConversationID {
	if t.Focus == screen.PaneList {
		return ""
	}
	return t.Shown
}

// Next opens the conversation that needs the user most, of those that they have not seen: see
// [turn.Round].
func (t *Turns) Next() tea.Cmd {
	id, ok := t.next(t.waiting(), t.before())
	if !ok {
		t.Notify(t.Say(i18n.SaidNothingWaits))
		return nil
	}
	return t.open(id)
}

// Peek returns the conversation that Next would open.
func (t *Turns) Peek() (inbox.Row, bool) {
	id, _ := t.next(t.waiting(), t.before())
	return t.Inbox.Conversation(id)
}

// GoOn opens the conversation of the list that needs the user most, after they are through with
// another; false if there is none.
func (t *Turns) GoOn(from model.ConversationID) (tea.Cmd, bool) {
	id, ok := t.next(t.listed(), from)
	if !ok {
		return nil, false
	}
	return t.open(id), true
}

// Return has a conversation come next, because what was sent off there came back.
func (t *Turns) Return(id model.ConversationID) { t.round.Return(id) }

func (t *Turns) open(id model.ConversationID) tea.Cmd {
	t.list.Select(id)
	return t.conversation.Open(id)
}

func (t *Turns) next(all iter.Seq[model.Conversation], except model.ConversationID) (model.ConversationID, bool) {
	return t.round.Next(all, t.Inbox.User().ID, t.Now(), except)
}

// waiting are the conversations that may need the user.
func (t *Turns) waiting() iter.Seq[model.Conversation] {
	v := t.Inbox.View(inbox.Query{Filter: inbox.FilterWaiting, Sort: inbox.SortWaiting, Page: t.Query.Page})
	return func(yield func(model.Conversation) bool) {
		for id := range t.round.Returned() {
			if r, ok := t.Inbox.Conversation(id); ok && !yield(r.Conversation) {
				return
			}
		}
		for i := range v.Len() {
			if r, ok := v.At(i); !ok || !yield(r.Conversation) {
				return
			}
		}
	}
}

// listed are those of them that the list shows.
func (t *Turns) listed() iter.Seq[model.Conversation] {
	return func(yield func(model.Conversation) bool) {
		for c := range t.waiting() {
			if t.list.Holds(c.ID) && !yield(c) {
				return
			}
		}
	}
}
