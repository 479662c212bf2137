package search

import (
	"unicode"
	"unicode/utf8"

	"parley/model/fold"
)

// kind says how a run of characters is indexed.
type kind int

const (
	none kind = iota
	// word is indexed as it is.
	word
	// pairs is indexed in pairs.
	pairs
	// picture is one character, indexed as it is.
	picture
)

// run is an unbroken stretch of folded text, in bytes.
type run struct {
	kind       kind
	start, end int
}

// folded is text in the form in which it is compared.
type folded struct {
	text []byte
	runs []run
	// from has the stretch of the original that each byte of text came from.
	from []Span
	// open: the last run may still grow.
	open bool
}

// read folds a text.
func read(text string) *folded {
	if len(text) > MaxText {
		text = text[:MaxText]
	}
	t := &folded{text: make([]byte, 0, len(text)), from: make([]Span, 0, len(text))}
	fold.Text(text, t.add, func() bool { return len(t.text) >= MaxText })
	return t
}

func (t *folded) add(r rune, s Span) {
	k := pairs
	if !common(r) {
		if ignored(r) {
			return
		}
		k = t.kindOf(r)
	}
	if k == none {
		t.open = false
		return
	}
	if !t.open || t.runs[len(t.runs)-1].kind != k {
		t.runs = append(t.runs, run{kind: k, start: len(t.text)})
	}
	t.text = utf8.AppendRune(t.text, r)
	for len(t.from) < len(t.text) {
		t.from = append(t.from, s)
	}
	t.runs[len(t.runs)-1].end = len(t.text)
	t.open = k != picture
}

func (t *folded) kindOf(r rune) kind {
	switch {
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		return word
	case r < utf8.RuneSelf:
		return none
	case unicode.IsMark(r):
		if t.open {
			return t.runs[len(t.runs)-1].kind
		}
		return none
	case dense(r):
		return pairs
	case unicode.IsLetter(r), unicode.IsNumber(r):
		return word
	case r != utf8.RuneError && unicode.Is(unicode.So, r):
		return picture
	}
	return none
}

// textOf returns the text of a run; if the word is too long, its beginning.
func (t *folded) textOf(r run) string {
	s := string(t.text[r.start:r.end])
	if r.kind != word || len(s) <= maxWord {
		return s
	}
	n := maxWord
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// eachPair calls f for every pair of adjacent characters of a run.
func eachPair(run string, f func(pair string)) {
	_, first := utf8.DecodeRuneInString(run)
	for first < len(run) {
		_, second := utf8.DecodeRuneInString(run[first:])
		f(run[:first+second])
		run, first = run[first:], second
	}
}

// last returns the last character of a run.
func last(run string) string {
	_, size := utf8.DecodeLastRuneInString(run)
	return run[len(run)-size:]
}
