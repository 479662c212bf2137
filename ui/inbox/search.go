package inbox

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/query"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// foundPage is how many results of a search are read at a time.
const foundPage = 50

// search is the state of a search, which the list shows in place of a filter.
type search struct {
	words      string
	All        []model.Found
	cursor     string
	Loading    bool
	generation uint64
}

// Active reports whether the list shows a search.
func (s *search) Active() bool { return s.words != "" }

// found is the result of a search.
type found struct {
	generation uint64
	more       bool
	model.FoundList
	err error
}

// AskSearch asks for the words to search.
func (m *Model) AskSearch() tea.Cmd {
	text := m.Search.words
	if text == "" {
		text = m.Query.Where
	}
	return tea.Batch(m.askSearch(text, nil), m.Hints.ReadLabels())
}

func (m *Model) askSearch(text string, wrong *query.Error) tea.Cmd {
	p := overlay.NewPrompt(m.Say(i18n.SearchTitle), m.Say(i18n.SearchHint), text)
	p.Suggest, p.Complete = m.Hints.goOn, m.Hints.complete
	if wrong != nil {
		p.SetErrorAt(m.Hints.said(wrong), wrong.To)
	}
	m.Lay(p, func(a overlay.Action) tea.Cmd {
		e, ok := a.(overlay.Entered)
		if !ok {
			return nil
		}
		if wrong := m.Hints.problem(e.Text); wrong != nil {
			return m.askSearch(e.Text, wrong)
		}
		return m.find(strings.TrimSpace(e.Text))
	})
	return nil
}

// find starts a search; an empty text ends it. Without words it is a view of what is here.
func (m *Model) find(text string) tea.Cmd {
	q, err := query.Parse(text)
	switch {
	case text == "" && m.Query.Where != "":
		return m.Filter(inbox.FilterOpen)
	case text == "":
		m.EndSearch()
		return nil
	case err == nil && len(q) > 0 && !q.Has(query.Words):
		m.Focus = screen.PaneList
		return m.ShowView(inbox.Query{Filter: inbox.FilterAll, Sort: m.Query.Sort, Where: q.String()}, "")
	}
	m.Focus = screen.PaneList
	m.Search = search{words: text, Loading: true, generation: m.Search.generation + 1}
	m.showFound()
	return m.searchOn("")
}

// EndSearch shows the filter again.
func (m *Model) EndSearch() {
	m.Search = search{generation: m.Search.generation + 1}
	m.List.SetRows(m.Inbox.View(m.Query))
}

// showFound shows the results of the search.
func (m *Model) showFound() {
	m.List.SetRows(newFoundRows(m.Search.All, m.Inbox.Conversation))
}

// Forget drops what is held of conversations that are gone: search results and drawn rows.
func (m *Model) Forget(gone func(model.ConversationID) bool) {
	if of := func(f model.Found) bool { return gone(f.ID) }; slices.ContainsFunc(m.Search.All, of) {
		m.Search.All = slices.DeleteFunc(slices.Clone(m.Search.All), of)
		m.showFound()
	}
	m.List.forget()
	m.Turns.forget(gone)
}

func (m *Model) searchOn(cursor string) tea.Cmd {
	hub, q, generation := m.hub, model.ListQuery{Filter: string(inbox.FilterAll), Search: m.Search.words, Page: m.Query.Page, Cursor: cursor, Limit: foundPage}, m.Search.generation
	return screen.Call(func(ctx context.Context) tea.Msg {
		f, err := hub.Search(ctx, q)
		return found{generation: generation, more: cursor != "", FoundList: f, err: err}
	})
}

func (m *Model) found(f found) tea.Cmd {
	if f.generation != m.Search.generation {
		return nil // of a search that is over
	}
	m.Search.Loading = false
	if f.err != nil {
		m.Notify(m.Explain(f.err))
		return nil
	}
	m.Search.All = append(m.Search.All[:len(m.Search.All):len(m.Search.All)], f.Conversations...)
	m.Search.cursor = f.Cursor
	m.showFound()
	return nil
}

// FindMore reads more results when the last one held is selected.
func (m *Model) FindMore() tea.Cmd {
	if !m.Search.Active() || m.Search.Loading || m.Search.cursor == "" {
		return nil
	}
	if r, ok := m.List.Selected(); !ok || r.ID != m.Search.All[len(m.Search.All)-1].ID {
		return nil
	}
	m.Search.Loading = true
	return m.searchOn(m.Search.cursor)
}
