package safe

import (
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// blankPattern is drawn blank but is not a space to Unicode.
const blankPattern = '\u2800'

// JSON returns a JSON document with every character escaped that a terminal would hide or
// act on; decoding it gives the same values. Escaped are control characters, characters that
// change the direction of text, invisible ones, and joiners except where writing needs them.
func JSON(doc []byte) []byte {
	var at setting
	out := make([]byte, 0, len(doc))
	for len(doc) > 0 {
		r, n := utf8.DecodeRune(doc)
		next, _ := utf8.DecodeRune(doc[n:])
		if shows(&at, r, next) {
			at.pass(r)
			out = append(out, doc[:n]...)
		} else {
			at.before = r
			out = escaped(out, r)
		}
		doc = doc[n:]
	}
	return out
}

// shows reports whether a character is visible, or has an effect, where it stands.
func shows(at *setting, r, next rune) bool {
	if r == blankPattern {
		return false
	}
	switch classify(r) {
	case control, tab:
		return r < ' ' // between values; within strings they are escaped already
	case direction, invisible, unknown:
		return false
	case joiner:
		return at.needs(r, next)
	default:
		return true
	}
}

func escaped(b []byte, r rune) []byte {
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		return fmt.Appendf(b, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(b, `\u%04x`, r)
}
