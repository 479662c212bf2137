// Package deletion deletes conversations for good.
package deletion

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// Hub is what this package needs of a client.
type Hub interface {
	// DeleteConversation deletes a conversation for good; only the Page's installer may.
	DeleteConversation(ctx context.Context, id model.ConversationID) error
}

// Conversation says which conversation the user is at.
type Conversation interface {
	// Current returns the open conversation, or the selected one.
	Current() (inbox.Row, bool)
}

// Model deletes conversations.
type Model struct {
	*screen.Screen
	hub Hub
	at  Conversation
}

// New returns a Model.
func New(s *screen.Screen, h Hub, at Conversation) *Model { return &Model{Screen: s, hub: h, at: at} }

// Msg is a message for Model.
type Msg interface{ aboutDeletion() }

func (deleted) aboutDeletion() {}

// Update handles a message.
func (m *Model) Update(msg Msg) {
	if d, ok := msg.(deleted); ok {
		m.deleted(d)
	}
}

// NeedsInstaller says why this user can't delete the current conversation; empty: they can.
func (m *Model) NeedsInstaller() string {
	r, ok := m.at.Current()
	if !ok {
		return m.Say(i18n.WhyNoConversation)
	}
	if p, ok := m.Inbox.Page(r.PageID); !ok || p.Installer.ID != m.Inbox.User().ID {
		return m.Say(i18n.Code(string(model.NotInstaller)))
	}
	return ""
}

// Ask asks before it deletes the current conversation. It says what will be lost; the
// default changes nothing.
func (m *Model) Ask() tea.Cmd {
	r, ok := m.at.Current()
	if !ok {
		return nil
	}
	name := m.Look.Name(r.Customer)
	c := overlay.NewChoice(m.Say(i18n.DeletionTitle, "Name", name), []overlay.Option{
		{ID: screen.AnswerNo, Key: "n", Title: m.Say(i18n.DeletionNo)},
		{ID: screen.AnswerYes, Key: "y", Title: m.Say(i18n.DeletionYes)},
	})
	c.Say(m.Say(i18n.DeletionWhat))
	m.Lay(c, func(a overlay.Action) tea.Cmd {
		if chosen, ok := a.(overlay.Chosen); !ok || chosen.ID != screen.AnswerYes {
			return nil
		}
		return m.remove(r.ID, name)
	})
	return nil
}

// deleted is the result of deleting a conversation.
type deleted struct {
	name string
	err  error
}

func (m *Model) remove(id model.ConversationID, name string) tea.Cmd {
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		return deleted{name: name, err: hub.DeleteConversation(ctx, id)}
	})
}

// deleted says that a conversation was deleted. The stream removes it.
func (m *Model) deleted(d deleted) {
	if d.err != nil {
		m.Notify(m.Explain(d.err))
		return
	}
	m.Notify(m.Say(i18n.SaidDeleted, "Name", d.name))
}
