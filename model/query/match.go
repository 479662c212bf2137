package query

import (
	"slices"
	"strings"

	"parley/model"
	"parley/model/label"
	"parley/model/safe"
)

// Facts are what a client knows of a conversation.
type Facts interface {
	// In reports whether the conversation is in one of [States] now.
	In(state string) bool
	// Entry is how the customer came in; nil: nothing is known.
	Entry() *model.Entry
	Labels() []string
	// Assignee is who has it; false: nobody.
	Assignee() (model.UserRef, bool)
	Page() model.Page
}

// Matcher tells which conversations a query asks for. It goes by the terms alone: words are the
// hub's to search. It is not safe for concurrent use.
type Matcher struct {
	terms []Term
	me    model.UserID
	// labelled are the labels seen so far, by the key of the term's label: spelling to whether
	// it is the same.
	labelled map[string]map[string]bool
}

// NewMatcher returns a matcher for a user.
func NewMatcher(q Query, me model.UserID) *Matcher {
	return &Matcher{terms: q.Terms(), me: me, labelled: map[string]map[string]bool{}}
}

// Match reports whether every term holds.
func (m *Matcher) Match(f Facts) bool {
	for i := range m.terms {
		if t := &m.terms[i]; m.holds(t, f) == t.Not {
			return false
		}
	}
	return true
}

func (m *Matcher) holds(t *Term, f Facts) bool {
	switch t.Kind {
	case Is:
		return f.In(t.Value)
	case From:
		return WayOf(f.Entry()) == t.Value
	case Label:
		return m.has(f.Labels(), t.Value)
	case Assignee:
		a, assigned := f.Assignee()
		return assigned && (t.Value == Me && a.ID == m.me || t.Value != Me && IsNamed(t.Value, a.Name))
	case Page:
		return IsPage(t.Value, f.Page())
	case Words:
	}
	return true
}

// has compares labels by their keys. There are few different ones, so that each is compared
// once.
func (m *Matcher) has(labels []string, want string) bool {
	if len(labels) == 0 {
		return false
	}
	seen := m.labelled[want]
	if seen == nil {
		seen = map[string]bool{}
		m.labelled[want] = seen
	}
	for _, l := range labels {
		same, known := seen[l]
		if !known {
			same = label.Same(l, want)
			seen[l] = same
		}
		if same {
			return true
		}
	}
	return false
}

// sources are the ways by Meta's names, in lower case.
var sources = map[string]string{
	"ads": Ad, "shortlink": Link, "checkbox_plugin": Plugin, "customer_chat_plugin": Plugin, "shop": Shop,
}

// WayOf returns by which way a customer came.
func WayOf(e *model.Entry) string {
	switch {
	case e == nil:
		return Direct
	case e.ByAd():
		return Ad
	}
	if way, ok := sources[strings.ToLower(e.Source)]; ok {
		return way
	}
	return Other
}

// IsNamed reports whether a user's name is meant by what follows an @: the whole name, with or
// without spaces, or one word of it.
func IsNamed(meant, name string) bool {
	meant, name = fold(meant), fold(name)
	words := strings.Fields(name)
	return meant == name || slices.Contains(words, meant) || strings.Join(words, "") == meant
}

// IsPage reports whether a Page is meant by what follows page: its id, or a part of its name.
func IsPage(meant string, p model.Page) bool {
	if meant == string(p.ID) || meant == string(p.PageID) {
		return true
	}
	name := fold(safe.Line(p.Name).String())
	return name != "" && strings.Contains(name, fold(meant))
}
