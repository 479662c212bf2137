package search

import (
	"slices"
	"strings"
	"unicode/utf8"

	"parley/model"
)

const (
	// MaxText is how many bytes of a text are indexed and examined.
	MaxText = 64 << 10
	// maxWord is the longest word in bytes; of a longer one only the beginning counts.
	maxWord = 96
	// maxTerms is how many different words of a query count.
	maxTerms = 32
)

// Span is a stretch of a text in code points, From inclusive, To exclusive.
type Span = model.Span

// scopeEnd separates a word from its scope; no word contains it.
const scopeEnd = "_"

// Tokenizer is the FTS5 tokenizer for the result of [Index]: our words are complete, and this
// one leaves them as they are. (unicode61 knows the letters of an old Unicode version, and
// would split words at others.)
const Tokenizer = `ascii tokenchars '` + scopeEnd + `'`

// Index returns a text's words for a table with [Tokenizer]; "" if it has none. A scope
// consists of lower-case ASCII letters and digits.
func Index(scope, text string) string {
	t := read(text)
	var b strings.Builder
	b.Grow(2 * len(t.text))
	add := func(w string) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(scope)
		b.WriteString(scopeEnd)
		b.WriteString(w)
	}
	for _, r := range t.runs {
		w := t.textOf(r)
		if r.kind == pairs {
			eachPair(w, add)
			w = last(w)
		}
		add(w)
	}
	return b.String()
}

// term is one word of a query.
type term struct {
	kind kind
	text string
	// begins: longer words with this beginning match, too.
	begins bool
}

// parse returns the terms of a query, all of which must match. The last word may be the
// beginning of one.
func parse(query string) []term {
	t := read(query)
	var terms []term
	for _, r := range t.runs {
		w := term{kind: r.kind, text: t.textOf(r)}
		if !slices.Contains(terms, w) {
			terms = append(terms, w)
		}
		if len(terms) == maxTerms {
			break
		}
	}
	for i, w := range slices.Backward(terms) {
		if w.kind == word {
			terms[i].begins = true
			break
		}
	}
	return terms
}

// Query returns the FTS5 expression that matches texts of that scope containing all words of
// the query. Nothing in a query is an operator. It returns false for a query without words,
// which finds nothing.
func Query(scope, query string) (match string, ok bool) {
	terms := parse(query)
	var b strings.Builder
	for i, w := range terms {
		if i > 0 {
			b.WriteByte(' ')
		}
		w.write(&b, scope+scopeEnd)
	}
	return b.String(), len(terms) > 0
}

// write writes a term as an FTS5 string. Words contain only letters, digits, marks and
// pictographs, so there is nothing to escape.
func (w term) write(b *strings.Builder, scope string) {
	b.WriteByte('"')
	begins := w.begins
	if w.kind == pairs && utf8.RuneCountInString(w.text) > 1 {
		first := true
		eachPair(w.text, func(pair string) {
			if !first {
				b.WriteByte(' ')
			}
			first = false
			b.WriteString(scope)
			b.WriteString(pair)
		})
	} else {
		b.WriteString(scope)
		b.WriteString(w.text)
		begins = begins || w.kind == pairs
	}
	b.WriteByte('"')
	if begins {
		b.WriteByte('*')
	}
}
