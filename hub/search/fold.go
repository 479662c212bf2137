package search

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// folder folds text until enough of it is folded. It passes each folded character to emit, with
// the stretch of the original that it came from, in code points.
type folder struct {
	fold   cases.Caser
	emit   func(r rune, s Span)
	enough func() bool
}

func (f *folder) text(text string) {
	for at := 0; text != "" && !f.enough(); {
		if c := text[0]; c < utf8.RuneSelf && (len(text) == 1 || text[1] < utf8.RuneSelf) {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			f.emit(rune(c), Span{From: at, To: at + 1})
			text = text[1:]
			at++
			continue
		}
		if r, size := utf8.DecodeRuneInString(text); settled(r) && staysApart(text[size:]) {
			f.emit(hiragana(r), Span{From: at, To: at + 1})
			text = text[size:]
			at++
			continue
		}
		size := max(norm.NFKC.NextBoundaryInString(text, true), 1)
		segment := text[:size]
		s := Span{From: at, To: at + utf8.RuneCountInString(segment)}
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
func (f *folder) segment(composed string, s Span) {
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

// common reports most dense characters at little cost.
func common(r rune) bool {
	return 'ぁ' <= r && r <= 'ゖ' || 'ァ' <= r && r <= 'ヺ' || 'ー' <= r && r <= 'ヾ' || '一' <= r && r <= '鿿' || '가' <= r && r <= '힣'
}

// dense reports characters of scripts that are indexed in pairs.
func dense(r rune) bool {
	switch {
	case r < 0x0E00: // before Thai
		return false
	case common(r):
		return true
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r))
}

// ignored reports invisible characters, and the skin tones of emoji.
func ignored(r rune) bool {
	const zeroWidthSpace = '\u200b' // it separates words
	return r >= 0x80 && r != zeroWidthSpace && (unicode.Is(unicode.Cf, r) ||
		unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) ||
		0x1F3FB <= r && r <= 0x1F3FF)
}
