package inbox

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/model/inbox"
	"parley/ui/mouse"
	"parley/ui/screen"
	"parley/ui/team"
)

// Hub is what the inbox needs of a client.
type Hub interface {
	TriageHub
	// Search returns one page of the conversations that match q.Search, newest first.
	Search(ctx context.Context, q model.ListQuery) (model.FoundList, error)
}

// TriageHub changes triage and read marks.
type TriageHub interface {
	// MarkRead moves the conversation's read mark up to a message.
	MarkRead(ctx context.Context, id model.ConversationID, upTo model.MessageID) (model.Conversation, error)
	// MarkUnread moves the read mark back, before the customer's newest message.
	MarkUnread(ctx context.Context, id model.ConversationID) (model.Conversation, error)
	// Triage changes a conversation's triage.
	Triage(ctx context.Context, id model.ConversationID, t model.Triage) (model.Conversation, error)
}

// Conversation is the open conversation.
type Conversation interface {
	// Open opens a conversation.
	Open(id model.ConversationID) tea.Cmd
	// Leave leaves the open conversation; the typed text is kept.
	Leave() tea.Cmd
	// KeepUnread keeps the open conversation unread while it is on screen, after the user
	// marked it so.
	KeepUnread()
	// Put applies a conversation that the hub returned.
	Put(c model.Conversation)
}

// Model is the list of conversations: its filter, its search, and triage.
type Model struct {
	*screen.Screen
	hub          Hub
	team         *team.Model
	conversation Conversation
	// preview: the open conversation follows the selection.
	preview bool
	// Advance: once the user is through with the open conversation, the next that waits opens.
	Advance bool
	List    *List
	Search  search
	Acting  acting
	// Turns goes from one customer who waits to the next.
	Turns *Turns
	// Bulk acts on several at once.
	Bulk *Bulk
	// named is the name of the view that the list shows; empty: it has none.
	named string
	// sortBefore is the order before a view was shown.
	sortBefore inbox.Sort
	// Hints help with what is searched.
	Hints *Hints
	// Agenda says what there is to do.
	Agenda *Agenda
	// Tabs are where the filters stand in their line, by the filters' names; "" for what is left
	// out.
	Tabs []mouse.Spot
}

// New returns an inbox that shows its rows in l.
func New(s *screen.Screen, h Hub, l *List, t *team.Model, c Conversation, preview bool) *Model {
	m := &Model{
		Screen: s, hub: h, team: t, conversation: c, preview: preview, List: l, Acting: acting{},
		Turns: &Turns{Screen: s, list: l, conversation: c},
	}
	m.Bulk = &Bulk{m}
	m.Hints = &Hints{Screen: s, team: t}
	m.Agenda = &Agenda{Screen: s, list: l, turns: m.Turns}
	return m
}

// Msg is a message for Model.
type Msg interface{ aboutInbox() }

func (found) aboutInbox()   {}
func (Triaged) aboutInbox() {}
func (rested) aboutInbox()  {}

// Update handles a message.
func (m *Model) Update(msg Msg) tea.Cmd {
	switch msg := msg.(type) {
	case found:
		return m.found(msg)
	case Triaged:
		return m.triaged(msg)
	case rested:
		return m.rested(msg)
	}
	return nil
}
