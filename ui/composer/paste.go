package composer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// PasteRefused says that a pasted text did not fit and was not inserted: half a text would be
// sent as if it were whole.
type PasteRefused struct{}

// breaks are all kinds of line ends.
var breaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n", "\t", "    ")

// clean returns a text in the form of the text area: normalization form C, as other programs
// expect typed text, and no control character but the newline. It is idempotent, so that a
// draft never changes by being stored.
func clean(s string) string {
	s = breaks.Replace(strings.ToValidUTF8(s, ""))
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(s)
}
