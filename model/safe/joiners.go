package safe

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	zwnj = '\u200C'
	zwj  = '\u200D'

	textStyle  = '\uFE0E' // variation selector 15
	emojiStyle = '\uFE0F' // variation selector 16
	keycap     = '\u20E3'
	blackFlag  = '\U0001F3F4'
)

// judge removes the joiners and selectors that have no effect where they stand, or all of
// them unless lenient. It reports whether it removed any.
func (c *cleaner) judge(lenient bool) bool {
	var at setting
	c.spare = c.spare[:0]
	for p := c.buf; len(p) > 0; {
		r, n := utf8.DecodeRune(p)
		p = p[n:]
		if isJoiner(r) {
			next, _ := utf8.DecodeRune(p)
			if !lenient || !at.needs(r, next) {
				c.hidden = c.hidden || !at.harmless(r)
				at.before = r
				continue
			}
		}
		at.pass(r)
		c.spare = utf8.AppendRune(c.spare, r)
	}
	removed := len(c.spare) < len(c.buf)
	c.buf, c.spare = c.spare, c.buf
	return removed
}

// setting is the context before a joiner.
type setting struct {
	before rune // the character before, even if it was removed
	prev   rune // the last one kept
	base   rune // the last one kept that is neither mark nor joiner
	virama bool // whether a virama came after base
}

// pass moves past a character that is kept.
func (at *setting) pass(r rune) {
	at.before, at.prev = r, r
	switch {
	case isJoiner(r):
	case isMark(r):
		at.virama = at.virama || isVirama(r)
	case isSkinTone(r) && isPictograph(at.base):
	default:
		at.base, at.virama = r, false
	}
}

// needs reports whether correct writing needs the joiner r between the text before and next.
func (at *setting) needs(r, next rune) bool {
	switch r {
	case zwj:
		return at.emoji() && isPictograph(next) || at.conjunct(next)
	case zwnj:
		return at.letter() && unicode.IsLetter(next) && sameScript(at.base, next)
	case emojiStyle:
		return isPictograph(at.prev) || isKeycapBase(at.prev) && next == keycap
	case textStyle:
		return isPictograph(at.prev)
	}
	return false
}

// emoji reports whether an emoji came before, with its skin tone and selector.
func (at *setting) emoji() bool {
	return isPictograph(at.base) &&
		(at.prev == at.base || at.prev == emojiStyle || isSkinTone(at.prev))
}

// letter reports whether a letter came before, with its marks.
func (at *setting) letter() bool {
	return unicode.IsLetter(at.base) && (at.prev == at.base || isMark(at.prev))
}

// conjunct reports whether a joiner before next shapes Indic letters: between a
// virama and a letter, or a letter and a virama (Bengali ya-phalaa).
func (at *setting) conjunct(next rune) bool {
	if !at.letter() || !sameScript(at.base, next) {
		return false
	}
	return at.virama && unicode.IsLetter(next) || isVirama(next)
}

// harmless reports whether r can be removed without setting [Text.Hidden], because it asks
// for a shape that terminals don't have: a variant of an ideograph or of a Mongolian letter,
// or a half form at the end of a word.
func (at *setting) harmless(r rune) bool {
	switch {
	case r == zwj:
		return isVirama(at.before) && at.letter()
	case r == zwnj, r == textStyle, r == emojiStyle:
		return false
	case unicode.Is(unicode.Mongolian, r):
		return unicode.Is(unicode.Mongolian, at.before) && unicode.IsLetter(at.before)
	}
	return unicode.Is(unicode.Han, at.before)
}

// isJoiner reports whether r is invisible and affects its neighbours.
func isJoiner(r rune) bool {
	return r == zwnj || r == zwj || r >= 0x180B && unicode.Is(unicode.Variation_Selector, r)
}

// joiningScripts are written with joiners: cursive scripts, and Indic ones.
var joiningScripts = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mandaic, unicode.Nko, unicode.Mongolian, unicode.Adlam,
	unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya,
	unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala,
	unicode.Khmer, unicode.Myanmar,
}

// sameScript reports whether a and b belong to the same script of [joiningScripts].
func sameScript(a, b rune) bool {
	if a < 0x600 || b < 0x600 {
		return false
	}
	for _, t := range joiningScripts {
		if unicode.Is(t, a) {
			return unicode.Is(t, b)
		}
	}
	return false
}

// isVirama reports whether r removes the vowel of the letter before it.
func isVirama(r rune) bool {
	if !isMark(r) {
		return false
	}
	var b [utf8.UTFMax]byte
	return norm.NFC.Properties(utf8.AppendRune(b[:0], r)).CCC() == 9
}

func isKeycapBase(r rune) bool {
	return '0' <= r && r <= '9' || r == '#' || r == '*'
}

// trimJoiner removes a joiner at the end of b, which no longer joins anything.
func trimJoiner(b []byte) []byte {
	if r, n := utf8.DecodeLastRune(b); r == zwj || r == zwnj {
		return b[:len(b)-n]
	}
	return b
}

// flagTags returns the length of the tags at the beginning of s that turn a black flag into
// one of three flags; 0: it stays a black flag.
func flagTags(s string) int {
	for _, tags := range [...]string{
		"\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", // England
		"\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F", // Scotland
		"\U000E0067\U000E0062\U000E0077\U000E006C\U000E0073\U000E007F", // Wales
	} {
		if strings.HasPrefix(s, tags) {
			return len(tags)
		}
	}
	return 0
}
