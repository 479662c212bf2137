package ui

import (
	"maps"
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
	if slices.ContainsFunc(m.search.all, func(f model.Found) bool { return hidden(f.PageID) }) {
		m.search.all = slices.DeleteFunc(slices.Clone(m.search.all), func(f model.Found) bool { return hidden(f.PageID) })
		m.showFound()
	}
	if m.Query.Page != "" && hidden(m.Query.Page) {
		q := m.Query
		q.Page = ""
		m.ask(q)
	}
	m.list.Forget()
	maps.DeleteFunc(m.presence.others, func(id model.ConversationID, _ []doing) bool { return hidden(id.Page()) })
	m.Undo.Forget(func(id model.ConversationID) bool { return hidden(id.Page()) })
	m.page.FollowSights()
}
