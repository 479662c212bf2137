package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	list "parley/ui/inbox"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// foundPage is how many conversations of a search are read at a time.
const foundPage = 50

// search is what the list shows in place of a filter, while words are looked for.
type search struct {
	words      string
	all        []model.Found
	cursor     string
	loading    bool
	generation uint64
}

// active tells whether the list shows what was found.
func (s *search) active() bool { return s.words != "" }

// found is the answer to a search.
type found struct {
	generation uint64
	more       bool
	model.FoundList
	err error
}

// askSearch asks for words.
func (m *Model) askSearch() tea.Cmd {
	p := overlay.NewPrompt(m.Say(i18n.SearchTitle), m.Say(i18n.SearchHint), m.search.words)
	m.Lay(p, func(a overlay.Action) tea.Cmd {
		if e, ok := a.(overlay.Entered); ok {
			return m.find(e.Text)
		}
		return nil
	})
	return nil
}

// find looks for words; none ends the search.
func (m *Model) find(text string) tea.Cmd {
	if model.Untrusted(text) == "" {
		m.endSearch()
		return nil
	}
	m.Focus = screen.PaneList
	m.search = search{words: text, loading: true, generation: m.search.generation + 1}
	m.showFound()
	return m.searchOn("")
}

// endSearch shows the filter again.
func (m *Model) endSearch() {
	m.search = search{generation: m.search.generation + 1}
	m.list.SetRows(m.Inbox.View(m.Query))
}

func (m *Model) showFound() {
	m.list.SetRows(list.NewFound(m.search.all, m.Inbox.Conversation))
}

func (m *Model) searchOn(cursor string) tea.Cmd {
	hub, q, generation := m.hub, model.ListQuery{Filter: string(inbox.FilterAll), Search: m.search.words, Page: m.Query.Page, Cursor: cursor, Limit: foundPage}, m.search.generation
	return screen.Call(func(ctx context.Context) tea.Msg {
		f, err := hub.Search(ctx, q)
		return found{generation: generation, more: cursor != "", FoundList: f, err: err}
	})
}

func (m *Model) found(f found) tea.Cmd {
	if f.generation != m.search.generation {
		return nil // of a search that is over
	}
	m.search.loading = false
	if f.err != nil {
		m.Notify(m.Explain(f.err))
		return nil
	}
	m.search.all = append(m.search.all[:len(m.search.all):len(m.search.all)], f.Conversations...)
	m.search.cursor = f.Cursor
	m.showFound()
	return nil
}

// findMore reads further findings when the last of those held is selected.
func (m *Model) findMore() tea.Cmd {
	if !m.search.active() || m.search.loading || m.search.cursor == "" {
		return nil
	}
	if r, ok := m.list.Selected(); !ok || r.ID != m.search.all[len(m.search.all)-1].ID {
		return nil
	}
	m.search.loading = true
	return m.searchOn(m.search.cursor)
}
