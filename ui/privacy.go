package ui

import (
	"maps"
	"slices"

	"parley/i18n"
	"parley/model"
)

// sights is which Pages the user saw into, to tell when that changes.
type sights struct {
	seen map[model.PageID]bool
	// lost are those that were seen before and are hidden now; told, those of which the
	// user was told why.
	lost, told map[model.PageID]bool
}

func newSights() sights {
	return sights{seen: map[model.PageID]bool{}, lost: map[model.PageID]bool{}, told: map[model.PageID]bool{}}
}

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
	m.followSights()
}

// followSights notices Pages that are hidden now and were not, and says why once that is
// known: that a Page is hidden comes first, how it stands a moment later.
func (m *Model) followSights() {
	s := &m.sights
	for _, p := range m.Inbox.Pages() {
		switch {
		case p.Sees:
			s.seen[p.ID] = true
			delete(s.lost, p.ID)
			delete(s.told, p.ID)
			continue
		case s.seen[p.ID]:
			delete(s.seen, p.ID)
			s.lost[p.ID] = true
			m.Hush() // they may name who wrote to it
			m.Lift()
		}
		if s.lost[p.ID] && !s.told[p.ID] && p.Visibility == model.Private {
			s.told[p.ID] = true
			m.NotifyLonger(m.Say(i18n.PageMadePrivate, "Page", m.Look.Line(p.Name), "Name", m.Look.Ours(p.Installer.Name)))
		}
	}
}
