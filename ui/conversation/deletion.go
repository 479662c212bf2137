package conversation

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// NeedsInstaller says why this user can't delete the current conversation; empty: they can.
func (m *Model) NeedsInstaller() string {
	r, ok := m.Current()
	if !ok {
		return m.Say(i18n.WhyNoConversation)
	}
	if p, ok := m.Inbox.Page(r.PageID); !ok || p.Installer.ID != m.Inbox.User().ID {
		return m.Say(i18n.Code(string(model.NotInstaller)))
	}
	return ""
}

// AskDelete asks before it deletes the current conversation. It says what will be lost; the
// default changes nothing.
func (m *Model) AskDelete() tea.Cmd {
	r, ok := m.Current()
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
		return m.deleteConversation(r.ID, name)
	})
	return nil
}

// conversationDeleted is the result of deleting a conversation.
type conversationDeleted struct {
	name string
	err  error
}

func (m *Model) deleteConversation(id model.ConversationID, name string) tea.Cmd {
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		return conversationDeleted{name: name, err: hub.DeleteConversation(ctx, id)}
	})
}

// conversationDeleted says that it was deleted. The stream removes it.
func (m *Model) conversationDeleted(d conversationDeleted) {
	if d.err != nil {
		m.Notify(m.Explain(d.err))
		return
	}
	m.Notify(m.Say(i18n.SaidDeleted, "Name", d.name))
}
