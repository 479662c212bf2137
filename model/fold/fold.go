// Package fold folds text into the form in which it is compared, in search and for names:
// without case, width, and accents that don't distinguish words; katakana is hiragana.
package fold

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"parley/model"
)

// Text folds text until enough of it is folded. It passes each folded character to emit, with
// the stretch of the original that it came from, in code points.
func Text(text string, emit func(r rune, s model.Span), enough func() bool) {
	f := folder{fold: cases.Fold(), emit: emit, enough: enough}
	f.text(text)
}

// Character is a folded character, and the stretch of the original that it came from.
type Character struct {
	Rune rune
	From model.Span
}

// Characters folds a whole text.
func Characters(text string) []Character {
	out := make([]Character, 0, len(text))
	Text(text, func(r rune, s model.Span) { out = append(out, Character{r, s}) }, func() bool { return false })
	return out
}

// folder folds text.
type folder struct {
	fold   cases.Caser
	emit   func(r rune, s model.Span)
	enough func() bool
}

func (f *folder) text(text string) {
	for at := 0; text != "" && !f.enough(); {
		if c := text[0]; c < utf8.RuneSelf && (len(text) == 1 || text[1] < utf8.RuneSelf) {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			f.emit(rune(c), model.Span{From: at, To: at + 1})
			text = text[1:]
			at++
			continue
		}
		if r, size := utf8.DecodeRuneInString(text); settled(r) && staysApart(text[size:]) {
			f.emit(hiragana(r), model.Span{From: at, To: at + 1})
			text = text[size:]
			at++
			continue
		}
		size := max(norm.NFKC.NextBoundaryInString(text, true), 1)
		segment := text[:size]
		s := model.Span{From: at, To: at + utf8.RuneCountInString(segment)}
		f.segment(norm.NFKC.String(segment), s)
		text, at = text[size:], s.To
	}
}

// settled reports the most common characters that are composed and have neither case nor marks:
// a shortcut, since they are most of what is written in Chinese and Japanese.
func settled(r rune) bool {
	return 'ぁ' <= r && r <= 'ゖ' || 'ァ' <= r && r <= 'ー' || '一' <= r && r <= '鿿' || '、' <= r && r <= '】'
}

// staysApart reports whether the beginning of a text does not combine with what precedes it.
func staysApart(text string) bool {
	if text == "" || text[0] < utf8.RuneSelf {
		return true
	}
	r, _ := utf8.DecodeRuneInString(text)
	return settled(r)
}

// segment folds a composed stretch that begins with a character which nothing before it can
// change.
func (f *folder) segment(composed string, s model.Span) {
	first, _ := utf8.DecodeRuneInString(composed)
	strip := plain(first)
	if strip || cased(composed) {
		composed = f.fold.String(composed)
	}
	if strip {
		composed = norm.NFD.String(composed)
	}
	base := rune(0)
	for _, r := range composed {
		if !unicode.IsMark(r) {
			base = r
		} else if dropped(r, base) {
			continue
		}
		f.emit(hiragana(r), s)
	}
}

// cased reports text that case folding may change, in scripts that are not plain.
func cased(s string) bool {
	for _, r := range s {
		if unicode.SimpleFold(r) != r {
			return true
		}
	}
	return false
}

// plain reports the scripts whose marks are stripped.
func plain(r rune) bool { return unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic) }

// dropped reports whether a mark does not belong to the word of its base.
func dropped(mark, base rune) bool {
	switch {
	case unicode.Is(unicode.Me, mark):
		return true
	case base == 0 || !unicode.IsLetter(base):
		return unicode.Is(unicode.Inherited, mark)
	}
	return plain(base)
}

// hiragana returns the hiragana for a katakana, if there is one.
func hiragana(r rune) rune {
	const apart = 'ァ' - 'ぁ'
	if 'ァ' <= r && r <= 'ヶ' || r == 'ヽ' || r == 'ヾ' {
		return r - apart
	}
	return r
}
