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
)

// needsInstaller tells why the current conversation can't be deleted by this user.
func (m *Model) needsInstaller() string {
	r, ok := m.current()
	if !ok {
		return m.say(i18n.WhyNoConversation)
	}
	if p, ok := m.inbox.Page(r.PageID); !ok || p.Installer.ID != m.inbox.User().ID {
		return m.say(i18n.Code(string(model.NotInstaller)))
	}
	return ""
}

// askDelete asks before it deletes the current conversation: it says what goes, and what
// is chosen first changes nothing.
func (m *Model) askDelete() tea.Cmd {
	r, ok := m.current()
	if !ok {
		return nil
	}
	name := m.look.Name(r.Customer)
	c := overlay.NewChoice(m.say(i18n.DeletionTitle, "Name", name), []overlay.Option{
		{ID: answerNo, Key: "n", Title: m.say(i18n.DeletionNo)},
		{ID: answerYes, Key: "y", Title: m.say(i18n.DeletionYes)},
	})
	c.Say(m.say(i18n.DeletionWhat))
	m.lay(c, func(a overlay.Action) tea.Cmd {
		if chosen, ok := a.(overlay.Chosen); !ok || chosen.ID != answerYes {
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
	return call(func(ctx context.Context) tea.Msg {
		return conversationDeleted{name: name, err: hub.DeleteConversation(ctx, id)}
	})
}

// conversationDeleted says what was done. That it is gone comes with the news.
func (m *Model) conversationDeleted(d conversationDeleted) {
	if d.err != nil {
		m.notify(m.explain(d.err))
		return
	}
	m.notify(m.say(i18n.SaidDeleted, "Name", d.name))
}

// dropDeleted drops what is kept of conversations that were deleted, in memory and on
// disk: drafts, replies that were not handed in, what was found there, what could be
// taken back.
func (m *Model) dropDeleted(c inbox.Changes) tea.Cmd {
	var cmds []tea.Cmd
	if m.deleted(m.box.Conversation()) {
		m.box.Close()
		m.box.Show("", "")
	}
	for of := range maps.Clone(m.typed.texts) {
		if m.deleted(of.Conversation) {
			cmds = append(cmds, m.saveDraft(of, ""))
		}
	}
	for id, all := range m.replies {
		if !m.deleted(id) {
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
	if c.Many || slices.ContainsFunc(c.Conversations, m.deleted) {
		m.forgetDeleted()
	}
	return tea.Batch(cmds...)
}

// forgetDeleted drops what is on screen of deleted conversations besides themselves.
func (m *Model) forgetDeleted() {
	if gone := func(f model.Found) bool { return m.deleted(f.ID) }; slices.ContainsFunc(m.search.all, gone) {
		m.search.all = slices.DeleteFunc(slices.Clone(m.search.all), gone)
		m.showFound()
	}
	m.list.Forget()
	maps.DeleteFunc(m.presence.others, func(id model.ConversationID, _ []doing) bool { return m.deleted(id) })
	m.undo.forget(m.deleted)
}
