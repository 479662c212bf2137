package search

import (
	"strings"

	"parley/model"
)

const (
	// MaxText is how many bytes of a text are indexed and examined.
	MaxText = 64 << 10
	// maxWord is the longest word in bytes; of a longer one only the beginning counts.
	maxWord = 96
	// maxTerms is how many different words and phrases of a query count, and how many words of a phrase.
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

// Words returns a text's words in their order, as they are indexed. Where each stands among them
// is its position, which phrases are found by.
func Words(text string) []string {
	t := read(text)
	words := make([]string, 0, len(t.text)/2)
	add := func(w string) { words = append(words, w) }
	for _, r := range t.runs {
		w := t.textOf(r)
		if r.kind == pairs {
			eachPair(w, add)
			w = last(w)
		}
		add(w)
	}
	return words
}

// Index returns a text's words for a table with [Tokenizer]; "" if it has none. A scope
// consists of lower-case ASCII letters and digits.
func Index(scope, text string) string {
	var b strings.Builder
	b.Grow(2 * len(text))
	for _, w := range Words(text) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(scope)
		b.WriteString(scopeEnd)
		b.WriteString(w)
	}
	return b.String()
}
