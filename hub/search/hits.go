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
		spans = t.find(w, spans)
	}
	return joined(spans)
}

// find appends where a term is.
func (t *folded) find(w term, spans []Span) []Span {
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
		case w.begins && strings.HasPrefix(t.textOf(r), w.text):
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
