package inbox

import (
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model/query"
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
		k.Pages = append(k.Pages, string(p.Name))
	}
	return k
}

// problem says what is wrong with a search; "" if it can be made. What only looks like a query,
// such as an address, is searched as it is.
func (m *Hints) problem(text string) string {
	_, err := query.Parse(text)
	wrong, ok := errors.AsType[*query.Error](err)
	if !ok || slices.Contains([]query.Reason{query.NotClosed, query.NotWords}, wrong.Reason) {
		return ""
	}
	return m.Look.Words.QueryProblem(wrong, m.Look.Ours)
}
