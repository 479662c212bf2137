package ui

import (
	"slices"

	"parley/model"
)

// forget drops what is held on screen of Pages that the user no longer sees: what was
// found there, and rows and messages as they were drawn.
func (m *Model) forget() {
	hidden := func(id model.PageID) bool {
		p, ok := m.inbox.Page(id)
		return !ok || !p.Sees
	}
	if slices.ContainsFunc(m.search.all, func(f model.Found) bool { return hidden(f.PageID) }) {
		m.search.all = slices.DeleteFunc(slices.Clone(m.search.all), func(f model.Found) bool { return hidden(f.PageID) })
		m.showFound()
	}
	if m.query.Page != "" && hidden(m.query.Page) {
		q := m.query
		q.Page = ""
		m.ask(q)
	}
	m.list.Forget()
}
