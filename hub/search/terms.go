package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// term is one word of a query, or several that stand next to each other, since they are in
// quotes.
type term struct {
	words []termWord
	// begins: longer words that begin as the last one match, too.
	begins bool
}

// termWord is a word of a term.
type termWord struct {
	kind kind
	text string
}

// parse returns the terms of a query, all of which must match. The last word may be the
// beginning of one.
func parse(query string) []term {
	var terms []term
	add := func(words ...termWord) {
		known := slices.ContainsFunc(terms, func(t term) bool { return slices.Equal(t.words, words) })
		if len(words) > 0 && !known && len(terms) < maxTerms {
			terms = append(terms, term{words: words[:min(len(words), maxTerms)]})
		}
	}
	for query != "" {
		loose, phrase, rest := cutPhrase(query)
		for _, w := range wordsOf(loose) {
			add(w)
		}
		add(wordsOf(phrase)...)
		query = rest
	}
	for i, t := range slices.Backward(terms) {
		if t.last().kind == word {
			terms[i].begins = true
			break
		}
	}
	return terms
}

func wordsOf(text string) []termWord {
	t := read(text)
	words := make([]termWord, 0, len(t.runs))
	for _, r := range t.runs {
		words = append(words, termWord{r.kind, t.textOf(r)})
	}
	return words
}

// cutPhrase cuts a query around what stands first in quotes: before it, in it, after it. A quote
// that does not end begins no phrase. A backslash takes the meaning from a quote.
func cutPhrase(query string) (loose, phrase, rest string) {
	from := -1
	for i := 0; i < len(query); i++ {
		switch {
		case query[i] == '\\' && from >= 0:
			i++
		case query[i] != '"':
		case from < 0:
			from = i
		default:
			return query[:from], query[from+1 : i], query[i+1:]
		}
	}
	return query, "", ""
}

func (t term) last() termWord { return t.words[len(t.words)-1] }

// Phrase is words that stand next to each other in a text's [Words], in this order; mostly it is
// one.
type Phrase struct {
	Words []string
	// Begins: words that begin as the last one match, too.
	Begins bool
}

// Terms returns the phrases of a query, all of which must be in a text that it finds. Nothing else
// in a query is an operator. A query without words finds nothing.
func Terms(query string) []Phrase {
	terms := parse(query)
	list := make([]Phrase, 0, len(terms))
	for _, t := range terms {
		list = append(list, t.phrase())
	}
	return list
}

func (t term) phrase() Phrase {
	var p Phrase
	add := func(w string) { p.Words = append(p.Words, w) }
	for _, w := range t.words[:len(t.words)-1] {
		// The next word follows, so that this one ends here, as in the index.
		if w.kind == pairs {
			eachPair(w.text, add)
			add(last(w.text))
			continue
		}
		add(w.text)
	}
	w := t.last()
	p.Begins = t.begins
	switch {
	case w.kind == pairs && utf8.RuneCountInString(w.text) > 1:
		eachPair(w.text, add)
	default:
		add(w.text)
		p.Begins = t.begins || w.kind == pairs
	}
	return p
}

// Query returns the FTS5 expression that matches texts of that scope containing all words and
// phrases of the query. It returns false for a query without words.
func Query(scope, query string) (match string, ok bool) {
	terms := Terms(query)
	var b strings.Builder
	for i, p := range terms {
		if i > 0 {
			b.WriteByte(' ')
		}
		p.write(&b, scope+scopeEnd)
	}
	return b.String(), len(terms) > 0
}

// write writes a phrase as an FTS5 string. Words contain only letters, digits, marks and
// pictographs, so there is nothing to escape.
func (p Phrase) write(b *strings.Builder, scope string) {
	b.WriteByte('"')
	for i, w := range p.Words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(scope)
		b.WriteString(w)
	}
	b.WriteByte('"')
	if p.Begins {
		b.WriteByte('*')
	}
}
