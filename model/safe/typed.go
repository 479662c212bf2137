package safe

import (
	"strings"
	"unicode"

	"parley/model"
)

// Typed returns a text that the user of this terminal typed themselves (a draft, or a reply
// that comes back) for further editing. It is valid UTF-8 without control characters other
// than newline and tab; the editor makes it safe when drawing it, like any other text. It must
// not be used for text that somebody else wrote.
func Typed(u model.Untrusted) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(u), "\uFFFD"))
}
