package ui

import (
	"context"
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// needsInstaller tells why the current conversation can't be deleted by this user.
func (m *Model) needsInstaller() string {
	r, ok := m.Current()
	if !ok {
		return m.Say(i18n.WhyNoConversation)
	}
	if p, ok := m.Inbox.Page(r.PageID); !ok || p.Installer.ID != m.Inbox.User().ID {
		return m.Say(i18n.Code(string(model.NotInstaller)))
	}
	return ""
}

// askDelete asks before it deletes the current conversation: it says what goes, and what
// is chosen first changes nothing.
func (m *Model) askDelete() tea.Cmd {
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

// conversationDeleted is the answer to deleting a conversation.
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

// conversationDeleted says what was done. That it is gone comes with the news.
func (m *Model) conversationDeleted(d conversationDeleted) {
	if d.err != nil {
		m.Notify(m.Explain(d.err))
		return
	}
	m.Notify(m.Say(i18n.SaidDeleted, "Name", d.name))
}

// dropDeleted drops what is kept of conversations that were deleted, in memory and on
// disk: drafts, replies that were not handed in, what was found there, what could be
// taken back.
func (m *Model) dropDeleted(c inbox.Changes) tea.Cmd {
	var cmds []tea.Cmd
	if m.Deleted(m.box.Conversation()) {
		m.box.Close()
		m.box.Show("", "")
	}
	for of := range maps.Clone(m.typed.texts) {
		if m.Deleted(of.Conversation) {
			cmds = append(cmds, m.saveDraft(of, ""))
		}
	}
	for id, all := range m.replies {
		if !m.Deleted(id) {
			continue
		}
		delete(m.replies, id)
		hub := m.hub
		cmds = append(cmds, func() tea.Msg {
			for _, p := range all {
				_ = hub.Taken(p.ClientID) // it is tried again at the next start
			}
			return forgotten{}
		})
	}
	if c.Many || slices.ContainsFunc(c.Conversations, m.Deleted) {
		m.forgetDeleted()
	}
	return tea.Batch(cmds...)
}

// forgetDeleted drops what is on screen of deleted conversations besides themselves.
func (m *Model) forgetDeleted() {
	if gone := func(f model.Found) bool { return m.Deleted(f.ID) }; slices.ContainsFunc(m.search.all, gone) {
		m.search.all = slices.DeleteFunc(slices.Clone(m.search.all), gone)
		m.showFound()
	}
	m.list.Forget()
	maps.DeleteFunc(m.presence.others, func(id model.ConversationID, _ []doing) bool { return m.Deleted(id) })
	m.Undo.Forget(m.Deleted)
}
