package query

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Unfinished is the term at the end of a text that is being typed.
type Unfinished struct {
	// From is where it begins, in bytes of the text.
	From int
	Kind Kind
	// Named: the kind is known. If it is not, Value may become a name.
	Named bool
	// Not: it has a minus.
	Not bool
	// Value is what is typed of the value.
	Value string
}

// Last returns the term that is being typed at the end of a text; false after a space.
func Last(text string) (Unfinished, bool) {
	from, open := 0, ""
	for i, r := range text {
		switch {
		case open != "":
			if strings.ContainsRune(open, r) {
				open = ""
			}
		case closings(r) != "":
			open = closings(r)
		case isSpace(r):
			from = i + utf8.RuneLen(r)
		}
	}
	rest := text[from:]
	if rest == "" {
		return Unfinished{}, false
	}
	u := Unfinished{From: from}
	if r, n := utf8.DecodeRuneInString(rest); isMinus(r) {
		u.Not, rest = true, rest[n:]
	}
	if r, n := utf8.DecodeRuneInString(rest); isAt(r) {
		u.Kind, u.Named, rest = Assignee, true, rest[n:]
	} else if i := strings.IndexFunc(rest, isColon); i > 0 {
		if k, ok := kinds[fold(rest[:i])]; ok {
			_, n := utf8.DecodeRuneInString(rest[i:])
			u.Kind, u.Named, rest = k, true, rest[i+n:]
		}
	}
	if r, n := utf8.DecodeRuneInString(rest); closings(r) != "" {
		rest = strings.TrimRightFunc(rest[n:], func(c rune) bool { return strings.ContainsRune(closings(r), c) })
	}
	u.Value = rest
	return u, true
}

// Known is what a completion may choose from.
type Known struct{ Labels, Users, Pages []string }

// Complete returns how the term that is being typed may go on, the likeliest first: whole terms
// to put in its place, as they are written.
func Complete(u Unfinished, k Known) []string {
	var out []string
	add := func(kind Kind, values []string) {
		for _, v := range values {
			if v != "" && begins(v, u.Value) {
				out = append(out, Term{Kind: kind, Not: u.Not, Value: v}.String())
			}
		}
	}
	if u.Named {
		switch u.Kind {
		case Is:
			add(Is, States())
		case From:
			add(From, Ways())
		case Label:
			add(Label, k.Labels)
		case Assignee:
			add(Assignee, append([]string{Me}, k.Users...))
		case Page:
			add(Page, k.Pages)
		case Words:
		}
		return out
	}
	minus := ""
	if u.Not {
		minus = "-"
	}
	if u.Value == "" {
		return out
	}
	for _, n := range Names() {
		if begins(n, u.Value) {
			out = append(out, minus+n+":")
		}
	}
	// What is typed may be a value whose name is left out.
	if utf8.RuneCountInString(u.Value) > 1 {
		add(Is, States())
		add(Label, k.Labels)
	}
	return slices.Compact(out)
}

// begins reports whether a word, or one within it, begins with what is typed.
func begins(word, typed string) bool {
	word, typed = fold(word), fold(typed)
	return strings.HasPrefix(word, typed) || strings.Contains(word, " "+typed)
}
