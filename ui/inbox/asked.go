package inbox

import (
	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model/inbox"
	"parley/model/query"
)

// ShowView shows what a query asks for; the filters' line calls it by a name, or without one as
// it is written.
func (m *Model) ShowView(q inbox.Query, name string) tea.Cmd {
	q.Page = m.Query.Page
	var reads tea.Cmd
	if parsed, err := query.Parse(q.Where); err == nil {
		if parsed.Has(query.Page) {
			q.Page = "" // it says itself of which Page
		}
		if parsed.Has(query.Label) {
			reads = m.Hints.ReadLabels() // to say if one is gone
		}
	}
	before := m.Query.Sort
	if m.Query.Where != "" && m.sortBefore != "" {
		before = m.sortBefore
	}
	m.ask(q)
	m.named, m.sortBefore = name, before
	if m.Shown == "" {
		return reads
	}
	return tea.Batch(reads, m.PreviewLater())
}

// Named returns the name of the view that the list shows; empty: it shows none.
func (m *Model) Named() string { return m.named }

// Asked returns what the list shows, as a query; empty: everything.
func (m *Model) Asked() query.Query {
	if m.Search.Active() {
		q, err := query.Parse(m.Search.words)
		if err != nil {
			return query.Query{{Value: m.Search.words}}
		}
		return q
	}
	q, _ := query.Parse(m.Query.Where)
	if f := m.Query.Filter; f != inbox.FilterAll && f != "" {
		q = append(query.Query{{Kind: query.Is, Value: string(f)}}, q...)
	}
	if m.Query.Page != "" {
		q = append(q, query.Term{Kind: query.Page, Value: string(m.Query.Page)})
	}
	return q
}

// EmptyView says why a view holds nothing; nil: the list shows no view.
func (m *Model) EmptyView() []string {
	q, err := query.Parse(m.Query.Where)
	if m.Query.Where == "" || m.Search.Active() || err != nil {
		return nil
	}
	out := []string{m.Say(i18n.EmptyView, "Query", m.Hints.Readable(m.Query.Where))}
	out = append(out, m.Hints.gone(q)...)
	return append(out, m.Say(i18n.EmptyViewKeys, "Key", m.KeyOf("back")))
}
