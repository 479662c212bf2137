package search

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// maxSpans is how many places of a text [Hits] returns at most.
const maxSpans = 64

// Hits returns where the words of a query are in a text, in order and without overlap. A
// character of the text that folds to several matches completely or not at all.
func Hits(text, query string) []Span {
	terms := parse(query)
	if len(terms) == 0 {
		return nil
	}
	t := read(text)
	var spans []Span
	for _, w := range terms {
		if len(w.words) > 1 {
			spans = t.findPhrase(w, spans)
			continue
		}
		spans = t.find(w.words[0], w.begins, spans)
	}
	return joined(spans)
}

// Matches reports whether a text contains all words and phrases of a query.
func Matches(text, query string) bool {
	terms := parse(query)
	t := read(text)
	for _, w := range terms {
		var spans []Span
		if len(w.words) > 1 {
			spans = t.findPhrase(w, nil)
		} else {
			spans = t.find(w.words[0], w.begins, nil)
		}
		if len(spans) == 0 {
			return false
		}
	}
	return len(terms) > 0
}

// findPhrase appends where the words of a term stand next to each other.
func (t *folded) findPhrase(w term, spans []Span) []Span {
	n := len(w.words)
	for i := 0; i+n <= len(t.runs) && len(spans) < maxTerms*maxSpans; i++ {
		start, end, ok := t.phraseAt(w, t.runs[i:i+n])
		if ok {
			spans = append(spans, Span{From: t.from[start].From, To: t.from[end-1].To})
		}
	}
	return spans
}

// phraseAt returns where in these runs a term stands, in bytes of the folded text: at the end of
// the first one, and at the beginning of the last one.
func (t *folded) phraseAt(w term, runs []run) (start, end int, ok bool) {
	final := len(runs) - 1
	for i, r := range runs {
		word, text := w.words[i], t.textOf(r)
		if r.kind != word.kind {
			return 0, 0, false
		}
		switch {
		case i == 0 && r.kind == pairs:
			ok = strings.HasSuffix(text, word.text)
		case i == final && (r.kind == pairs || w.begins):
			ok = strings.HasPrefix(text, word.text)
		default:
			ok = text == word.text
		}
		if !ok {
			return 0, 0, false
		}
	}
	first, last := runs[0], runs[final]
	start = first.start
	if first.kind == pairs {
		start = first.end - len(w.words[0].text)
	}
	end = last.end
	if last.kind == pairs || w.begins {
		end = last.start + len(w.words[final].text)
	}
	return start, end, true
}

// find appends where a word is.
func (t *folded) find(w termWord, begins bool, spans []Span) []Span {
	found := 0
	add := func(start, end int) {
		spans = append(spans, Span{From: t.from[start].From, To: t.from[end-1].To})
		found++
	}
	for _, r := range t.runs {
		if found >= maxSpans {
			break
		}
		switch {
		case r.kind != w.kind:
		case r.kind == pairs:
			for at := r.start; found < maxSpans; {
				i := bytes.Index(t.text[at:r.end], []byte(w.text))
				if i < 0 {
					break
				}
				add(at+i, at+i+len(w.text))
				at += i + len(w.text)
			}
		case t.textOf(r) == w.text:
			add(r.start, r.end)
		case begins && strings.HasPrefix(t.textOf(r), w.text):
			add(r.start, r.start+len(w.text))
		}
	}
	return spans
}

// joined sorts spans, merges those that touch, and returns the first of them.
func joined(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, s.To)
			continue
		}
		out = append(out, s)
	}
	return out[:min(len(out), maxSpans)]
}

// before is how much of a long text an excerpt shows before the first hit, in code points.
const before = 40

// Excerpt returns a text of at most limit code points as it is; of a longer one it returns a
// stretch around the first span, with the spans inside it, relative to its beginning.
func Excerpt(text string, spans []Span, limit int) (string, []Span) {
	if len(text) <= limit {
		return text, spans
	}
	runes := []rune(text)
	if len(runes) <= limit {
		return text, spans
	}
	start := 0
	if len(spans) > 0 {
		start = max(0, min(spans[0].From-min(before, limit/4), len(runes)-limit))
	}
	// A mark is nothing without its base.
	for start > 0 && start < len(runes) && unicode.IsMark(runes[start]) {
		start++
	}
	end := min(start+limit, len(runes))
	var inside []Span
	for _, s := range spans {
		s.From, s.To = max(s.From, start)-start, min(s.To, end)-start
		if s.From < s.To {
			inside = append(inside, s)
		}
	}
	return string(runes[start:end]), inside
}
