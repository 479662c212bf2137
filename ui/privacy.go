package ui

import (
	"slices"

	"parley/model"
)

// forget drops what is held on screen of Pages that the user no longer sees: what was
// found there, rows and messages as they were drawn, and what was just said or asked of
// a conversation.
func (m *Model) forget() {
	hidden := func(id model.PageID) bool {
		p, ok := m.Inbox.Page(id)
		return !ok || !p.Sees
	}
	if slices.ContainsFunc(m.inbox.Search.All, func(f model.Found) bool { return hidden(f.PageID) }) {
		m.inbox.Search.All = slices.DeleteFunc(slices.Clone(m.inbox.Search.All), func(f model.Found) bool { return hidden(f.PageID) })
		m.inbox.ShowFound()
	}
	if m.Query.Page != "" && hidden(m.Query.Page) {
		q := m.Query
		q.Page = ""
		m.inbox.Ask(q)
	}
	m.inbox.List.Forget()
	m.presence.Forget(func(id model.ConversationID) bool { return hidden(id.Page()) })
	m.Undo.Forget(func(id model.ConversationID) bool { return hidden(id.Page()) })
	m.page.FollowSights()
}

// forgetDeleted drops what is on screen of deleted conversations besides themselves.
func (m *Model) forgetDeleted() {
	if gone := func(f model.Found) bool { return m.Deleted(f.ID) }; slices.ContainsFunc(m.inbox.Search.All, gone) {
		m.inbox.Search.All = slices.DeleteFunc(slices.Clone(m.inbox.Search.All), gone)
		m.inbox.ShowFound()
	}
	m.inbox.List.Forget()
	m.presence.Forget(m.Deleted)
	m.Undo.Forget(m.Deleted)
}
