package query

import (
	"slices"
	"strings"
	"unicode"
)

// Kind is what a term is about.
type Kind uint8

// The kinds of terms.
const (
	// Words is text that a message or the customer's name must hold.
	Words Kind = iota
	// Is is a state; the value is one of [States].
	Is
	// From is the way by which a customer came; the value is one of [Ways].
	From
	// Label is a label that the conversation has.
	Label
	// Assignee is who has the conversation: [Me], or a user's name.
	Assignee
	// Page is a Page, by its id or by its name.
	Page
)

// Me is the user who asks, as an assignee.
const Me = "me"

// The states of a conversation.
const (
	Open       = "open"       // not done, not snoozed, not blocked by itself
	Mine       = "mine"       // assigned to the user, not done
	Unassigned = "unassigned" // open, without assignee
	Snoozed    = "snoozed"
	Done       = "done"
	Blocked    = "blocked" // not done, and no reply is allowed now
	Waiting    = "waiting" // the customer waits, not done or snoozed; or a reply asks
	Unread     = "unread"
	Pinned     = "pinned"
	Mentioned  = "mentioned" // a note mentions the user, who has not opened it since
)

// The ways by which customers come. Direct is any that Meta told nothing of.
const (
	Ad     = "ad"
	Link   = "link"
	Plugin = "plugin"
	Shop   = "shop"
	Other  = "other"
	Direct = "direct"
)

// States returns what may follow is:.
func States() []string {
	return []string{Open, Mine, Unassigned, Waiting, Snoozed, Blocked, Done, Unread, Pinned, Mentioned}
}

// Ways returns what may follow from:.
func Ways() []string { return []string{Ad, Link, Plugin, Shop, Other, Direct} }

// Term is a part of a query.
type Term struct {
	Kind Kind
	// Not: it must not hold. Words can't be excluded.
	Not bool
	// Value is in composed form. A state, a way and Me are in lower case.
	Value string
}

// Query is what is asked for: all conversations of which every term holds. The zero value asks
// for all.
type Query []Term

// Text returns the words to be searched, as the hub reads them; empty: none.
func (q Query) Text() string {
	var words []string
	for _, t := range q {
		if t.Kind == Words {
			words = append(words, quoted(t.Value))
		}
	}
	return strings.Join(words, " ")
}

// Terms returns the query without its words.
func (q Query) Terms() Query {
	return slices.DeleteFunc(slices.Clone(q), func(t Term) bool { return t.Kind == Words })
}

// Has reports whether a term of that kind is in it.
func (q Query) Has(k Kind) bool {
	return slices.ContainsFunc(q, func(t Term) bool { return t.Kind == k })
}

// String returns the query as text, from which [Parse] makes the same query.
func (q Query) String() string {
	parts := make([]string, 0, len(q))
	for _, t := range q {
		parts = append(parts, t.String())
	}
	return strings.Join(parts, " ")
}

// String returns the term as text.
func (t Term) String() string {
	s := quoted(t.Value)
	switch t.Kind {
	case Assignee:
		s = "@" + s
	case Words:
	default:
		s = names[t.Kind] + ":" + s
	}
	if t.Not {
		return "-" + s
	}
	return s
}

// quoted returns a value as it is written: in quotes, unless it is one plain word.
func quoted(s string) string {
	plain := s != "" && s[0] != '-'
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) && !strings.ContainsRune("-_.+#/&~", r) {
			plain = false
		}
	}
	if plain && !structural(s) {
		return s
	}
	return `"` + escaper.Replace(s) + `"`
}

// escaper puts a backslash before what would end a quote.
var escaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `“`, `\“`, `”`, `\”`, `＂`, `\＂`)
