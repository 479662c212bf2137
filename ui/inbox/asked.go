package inbox

import (
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model/inbox"
	"parley/model/query"
	"parley/ui/look"
)

// ShowView shows what a query asks for; the filters' line calls it by a name, or without one as
// it is written.
func (m *Model) ShowView(q inbox.Query, name string) tea.Cmd {
	q.Page = m.Query.Page
	if parsed, err := query.Parse(q.Where); err == nil && parsed.Has(query.Page) {
		q.Page = "" // it says itself of which Page
	}
	before := m.Query.Sort
	if m.Query.Where != "" && m.sortBefore != "" {
		before = m.sortBefore
	}
	m.ask(q)
	m.named, m.sortBefore = name, before
	if m.Shown == "" {
		return nil
	}
	return m.PreviewLater()
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

// askedTab returns the tab of a view that no filter is of.
func (m *Model) askedTab() look.Piece {
	text := m.named
	if text == "" {
		text = m.Query.Where
	}
	text = m.Look.Ours(text)
	if n := m.List.Len(); n > 0 {
		text += " " + look.Thousands(n)
	}
	return look.Piece{Text: text}
}

// EmptyView says why a view holds nothing; nil: the list shows no view.
func (m *Model) EmptyView() []string {
	q, err := query.Parse(m.Query.Where)
	if m.Query.Where == "" || m.Search.Active() || err != nil {
		return nil
	}
	out := []string{m.Say(i18n.EmptyView, "Query", m.Look.Ours(m.Query.Where))}
	if q.Has(query.Label) || q.Has(query.Page) || q.Has(query.Assignee) {
		out = append(out, m.Say(i18n.EmptyViewGone))
	}
	return append(out, m.Say(i18n.EmptyViewKeys, "Key", m.KeyOf("back")))
}

// hints says how a search may go on, and what is wrong with it.
type hints struct{ *Model }

// mostHinted is how many ways to go on are offered at a time.
const mostHinted = 8

// hint says how what is being typed for a search may go on.
func (m hints) hint(text string) string {
	u, ok := query.Last(text)
	if !ok {
		return m.Say(i18n.SearchTerms)
	}
	all := query.Complete(u, m.known())
	if len(all) == 0 {
		return m.Say(i18n.SearchHint)
	}
	more := ""
	if len(all) > mostHinted {
		all, more = all[:mostHinted], " "+m.Look.Theme.More
	}
	return m.Say(i18n.SearchGoOn, "Terms", m.Look.Ours(strings.Join(all, "  "))+more)
}

// complete completes the term at the end of what is being typed for a search, as far as all ways
// to go on agree; the first of them, if they agree no further.
func (m hints) complete(text string) string {
	u, ok := query.Last(text)
	if !ok {
		return text
	}
	all := query.Complete(u, m.known())
	if len(all) == 0 {
		return text
	}
	next := all[0]
	if !strings.HasSuffix(next, ":") {
		next += " "
	}
	return text[:u.From] + next
}

// known is what a search may name.
func (m hints) known() query.Known {
	var k query.Known
	if m.Labels != nil {
		k.Labels = m.Labels()
	}
	for _, c := range m.team.Colleagues() {
		k.Users = append(k.Users, c.Name)
	}
	for _, p := range m.SeenPages() {
		k.Pages = append(k.Pages, string(p.Name))
	}
	return k
}

// problem says what is wrong with a search; "" if it can be made. What only looks like a query,
// such as an address, is searched as it is.
func (m hints) problem(text string) string {
	_, err := query.Parse(text)
	wrong, ok := errors.AsType[*query.Error](err)
	if !ok || slices.Contains([]query.Reason{query.NotClosed, query.NotWords}, wrong.Reason) {
		return ""
	}
	return m.Look.Words.QueryProblem(wrong, m.Look.Ours)
}
