package lines

import (
	"context"
	"iter"
	"slices"
	"strings"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/query"
)

// listStep is how many conversations are listed at a time.
const listStep = 10

// listing is what was listed last. A number means the same conversation until the next list.
type listing struct {
	query inbox.Query
	// ids are those that were listed, by their numbers; empty: one that is gone.
	ids []model.ConversationID
	// found are the results of a search, instead of a view; cursor asks for more.
	found  []model.ConversationID
	search bool
}

func (l *listing) forget(gone func(model.ConversationID) bool) {
	for i, id := range l.ids {
		if gone(id) {
			l.ids[i] = ""
		}
	}
	l.found = slices.DeleteFunc(l.found, gone)
}

// shows begins a list.
func (m reading) shows(q inbox.Query) { m.listing = listing{query: q} }

// answerable asks for those who wait and can be answered, the longest wait first.
func answerable() inbox.Query {
	return inbox.Query{Filter: inbox.FilterWaiting, Sort: inbox.SortWaiting, Where: "-is:" + query.Blocked}
}

// filters are the words for lists.
func filters() []inbox.Filter {
	return []inbox.Filter{
		inbox.FilterWaiting, inbox.FilterOpen, inbox.FilterMine, inbox.FilterUnassigned, inbox.FilterSnoozed, inbox.FilterBlocked,
		inbox.FilterMentioned, inbox.FilterDone, inbox.FilterAll,
	}
}

// filterName names a list.
func (m reading) filterName(f inbox.Filter) string {
	if f == inbox.FilterWaiting {
		return m.Say(i18n.LinesWaiting)
	}
	return m.Say(i18n.FilterName(string(f)))
}

// lists lists from the beginning: those who wait, those of a filter, or those that terms ask for.
func (m reading) lists(what string) {
	q := answerable()
	if what != "" {
		f, ok := m.filter(what)
		switch {
		case ok && f == inbox.FilterWaiting:
		case ok:
			q = inbox.Query{Filter: f, Sort: inbox.SortNewest}
		default:
			m.search(what)
			return
		}
	}
	m.shows(q)
	m.listed(m.filterName(q.Filter))
}

// filter is the list of that name, in either language.
func (m reading) filter(name string) (inbox.Filter, bool) {
	for _, f := range filters() {
		if strings.EqualFold(name, string(f)) {
			return f, true
		}
		for _, l := range both {
			n := l.Say(i18n.LinesWaiting)
			if f != inbox.FilterWaiting {
				n = l.Say(i18n.FilterName(string(f)))
			}
			if strings.EqualFold(name, n) {
				return f, true
			}
		}
	}
	return "", false
}

// search lists what has those words in it, or what the terms ask for.
func (m reading) search(text string) {
	if text == "" {
		m.ask(question{prompt: m.Say(i18n.LinesSearch) + " ", answer: func(text string) {
			if text = strings.TrimSpace(text); text != "" {
				m.search(text)
			}
		}})
		return
	}
	q, err := query.Parse(text)
	if err == nil && len(q) > 0 && !q.Has(query.Words) {
		m.shows(inbox.Query{Filter: inbox.FilterAll, Sort: inbox.SortNewest, Where: q.String()})
		m.listed(m.Ours(text))
		return
	}
	var problem *query.Error
	if asQuery(err, &problem) {
		m.say(m.Words.QueryProblem(problem, m.Ours))
		return
	}
	m.call(func(ctx context.Context) func() {
		f, err := m.hub.Search(ctx, model.ListQuery{Filter: string(inbox.FilterAll), Search: text, Limit: 50})
		return func() {
			if err != nil {
				m.say(m.hub.Explain(err))
				return
			}
			m.listing = listing{search: true}
			for _, c := range f.Conversations {
				if _, ok := m.conversation(c.ID); ok {
					m.listing.found = append(m.listing.found, c.ID)
				}
			}
			m.listed(m.Ours(text))
		}
	})
}

// source is what is listed, and how many there are.
func (m reading) source() (at func(int) (inbox.Row, bool), n int) {
	if m.listing.search {
		return func(i int) (inbox.Row, bool) { return m.conversation(m.listing.found[i]) }, len(m.listing.found)
	}
	v := m.inbox.View(m.listing.query)
	return v.At, v.Len()
}

// listed says what a list is, and its first rows.
func (m reading) listed(name string) {
	_, n := m.source()
	if n == 0 {
		m.say(m.Say(i18n.LinesListNone, "Name", name))
		return
	}
	m.say(m.Say(i18n.LinesList, "Name", name, "N", n))
	m.more()
}

// more lists the next rows: of those that were not listed yet, so that no row is read twice or
// skipped while the list moves.
func (m reading) more() {
	at, n := m.source()
	had := map[model.ConversationID]bool{}
	for _, id := range m.listing.ids {
		had[id] = true
	}
	said, left := 0, 0
	for i := range n {
		r, ok := at(i)
		if !ok || had[r.ID] {
			continue
		}
		if said == listStep {
			left++
			continue
		}
		said++
		m.listing.ids = append(m.listing.ids, r.ID)
		m.sayOf(r.ID, m.Say(i18n.LinesNumber, "N", len(m.listing.ids), "Row", m.row(r)))
	}
	switch {
	case left > 0:
		m.say(m.Say(i18n.LinesListMore, "N", left, "Word", m.words("more")[0]))
	case said == 0:
		m.say(m.Say(i18n.LinesListEnd))
	}
}

// numbered is the conversation of a number of the last list; it says why there is none.
func (m reading) numbered(n int) (model.ConversationID, bool) {
	switch {
	case len(m.listing.ids) == 0:
		m.say(m.Say(i18n.LinesNoList, "Word", m.words("list")[0]))
	case n < 1 || n > len(m.listing.ids):
		m.say(m.Say(i18n.LinesNoNumber, "N", n, "Last", len(m.listing.ids)))
	case m.listing.ids[n-1] == "":
		m.say(m.Say(i18n.LinesLost))
	default:
		return m.listing.ids[n-1], true
	}
	return "", false
}

// next opens the conversation that needs the user most, of those that they have not seen.
func (m reading) next() {
	id, ok := m.round.Next(m.needy(), m.inbox.User().ID, m.now(), m.shown)
	if !ok {
		m.say(m.Say(i18n.SaidNothingWaits))
		return
	}
	m.open(id)
}

// needy are the conversations that may need the user.
func (m reading) needy() iter.Seq[model.Conversation] {
	v := m.inbox.View(inbox.Query{Filter: inbox.FilterWaiting, Sort: inbox.SortWaiting})
	return func(yield func(model.Conversation) bool) {
		for id := range m.round.Returned() {
			if r, ok := m.conversation(id); ok && !yield(r.Conversation) {
				return
			}
		}
		for i := range v.Len() {
			if r, ok := v.At(i); !ok || !yield(r.Conversation) {
				return
			}
		}
	}
}

// standing says what there is to do.
func (m reading) standing() []string {
	n := m.inbox.View(answerable()).Len()
	if n == 0 {
		return []string{m.Say(i18n.AgendaZero)}
	}
	out := []string{m.Say(i18n.LinesWaitingMany, "N", n)}
	if n == 1 {
		out = []string{m.Say(i18n.LinesWaitingOne)}
	}
	return append(out, m.Say(i18n.LinesBegin, "Next", m.words("next_waiting")[0], "List", m.words("list")[0], "Help", m.words("help")[0]))
}
