package safe

import (
	"strings"
	"unicode"

	"parley/model"
)

// Typed returns a text that the user of this terminal typed, a draft or a reply that
// comes back, for them to go on with. It is valid UTF-8 and holds no control character
// but newline and tab; what shows it while it is edited makes it safe like any other.
// A text that somebody else wrote is none.
func Typed(u model.Untrusted) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(u), "\uFFFD"))
}
