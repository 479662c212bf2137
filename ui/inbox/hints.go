package inbox

import (
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/label"
	"parley/model/query"
	"parley/model/safe"
	"parley/ui/screen"
	"parley/ui/team"
)

// Hints help with what is asked for in the language of queries: how it may go on, what is wrong
// with it, and which of the things that it names are not there.
type Hints struct {
	*screen.Screen
	team *team.Model
	// Labels returns the names of labels, and false while they were not read; ReadLabels reads them.
	Labels     func() ([]string, bool)
	ReadLabels func() tea.Cmd
}

// mostHinted is how many ways to go on are offered at a time.
const mostHinted = 8

// goOn says how what is being typed for a search may go on.
func (m *Hints) goOn(text string) string {
	u, ok := query.Last(text)
	done := text
	if ok {
		done = text[:u.From]
	}
	if wrong := m.problem(done); wrong != nil {
		return m.said(wrong)
	}
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
func (m *Hints) complete(text string) string {
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
func (m *Hints) known() query.Known {
	var k query.Known
	if m.Labels != nil {
		k.Labels, _ = m.Labels()
	}
	for _, c := range m.team.Colleagues() {
		k.Users = append(k.Users, c.Name)
	}
	for _, p := range m.SeenPages() {
		k.Pages = append(k.Pages, m.Look.Line(p.Name))
	}
	return k
}

// problem returns what is wrong with a search; nil if it can be made. What only looks like a
// query, such as an address, is searched as it is.
func (m *Hints) problem(text string) *query.Error {
	_, err := query.Parse(text)
	wrong, ok := errors.AsType[*query.Error](err)
	if !ok || slices.Contains([]query.Reason{query.NotClosed, query.NotWords}, wrong.Reason) {
		return nil
	}
	return wrong
}

// said says what is wrong.
func (m *Hints) said(wrong *query.Error) string {
	return m.Look.Words.QueryProblem(wrong, m.Look.Ours)
}

// Readable returns a query as it is shown: a Page by its name, where its id was written.
func (m *Hints) Readable(where string) string {
	q, err := query.Parse(where)
	if err != nil {
		return m.Look.Ours(where)
	}
	for i, t := range q {
		if p, ok := m.Inbox.Page(model.PageID(t.Value)); ok && t.Kind == query.Page && p.Name != "" {
			q[i].Value = safe.Line(p.Name).String()
		}
	}
	return m.Look.Ours(q.String())
}

// gone says what a query asks for that is not there, a sentence each.
func (m *Hints) gone(q query.Query) []string {
	var out []string
	labels, read := m.Labels()
	colleagues := m.team.Colleagues()
	for _, t := range q {
		named := func(name string) bool { return query.IsNamed(t.Value, name) }
		missing := i18n.ID("")
		switch {
		case t.Not:
		case t.Kind == query.Label && read && !label.Has(labels, t.Value):
			missing = i18n.EmptyViewLabel
		case t.Kind == query.Page && !slices.ContainsFunc(m.SeenPages(), func(p model.Page) bool { return query.IsPage(t.Value, p) }):
			missing = i18n.EmptyViewPage
		case t.Kind == query.Assignee && t.Value != query.Me && m.team.Size() > 0 && !named(m.Inbox.User().Name) &&
			!slices.ContainsFunc(colleagues, func(c model.Colleague) bool { return named(c.Name) }):
			missing = i18n.EmptyViewColleague
		}
		if missing != "" {
			out = append(out, m.Say(missing, "Name", m.Look.Ours(t.Value)))
		}
	}
	return out
}
