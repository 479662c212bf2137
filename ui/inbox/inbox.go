package inbox

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/screen"
	"parley/ui/team"
)

// Hub is what the inbox needs of a client of the hub.
type Hub interface {
	TriageHub
	// Search returns one page of the conversations that q.Search finds, newest first.
	Search(ctx context.Context, q model.ListQuery) (model.FoundList, error)
}

// TriageHub changes where a conversation stands.
type TriageHub interface {
	// MarkRead moves the conversation's read mark up to a message.
	MarkRead(ctx context.Context, id model.ConversationID, upTo model.MessageID) (model.Conversation, error)
	// MarkUnread moves it back to before the customer's newest message.
	MarkUnread(ctx context.Context, id model.ConversationID) (model.Conversation, error)
	// Triage changes where a conversation stands.
	Triage(ctx context.Context, id model.ConversationID, t model.Triage) (model.Conversation, error)
}

// Conversation is the one that is open.
type Conversation interface {
	// Open opens a conversation.
	Open(id model.ConversationID) tea.Cmd
	// Leave leaves the open conversation; what was typed is kept.
	Leave() tea.Cmd
	// KeepUnread keeps the open conversation unread that was marked so by hand, while it is
	// on screen.
	KeepUnread()
	// Put takes over a conversation as the hub answered it.
	Put(c model.Conversation)
}

// Model is the list of conversations: which it shows, what is looked for, and where a
// conversation stands.
type Model struct {
	*screen.Screen
	hub          Hub
	team         *team.Model
	conversation Conversation
	// preview: the conversation follows the selection.
	preview bool
	List    *List
	Search  search
	Acting  acting
}

// New returns the inbox that shows its rows in that list.
func New(s *screen.Screen, h Hub, l *List, t *team.Model, c Conversation, preview bool) *Model {
	return &Model{Screen: s, hub: h, team: t, conversation: c, preview: preview, List: l, Acting: acting{}}
}

// Msg is a message of the inbox.
type Msg interface{ aboutInbox() }

func (found) aboutInbox()   {}
func (Triaged) aboutInbox() {}
func (rested) aboutInbox()  {}

// Update takes a message over.
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
