package composer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// PasteRefused says that a pasted text was not taken, because it would not have fitted:
// half a text would be sent as if it were a whole one.
type PasteRefused struct{}

// breaks are all the ways to end a line.
var breaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n", "\t", "    ")

// clean returns a text as it may stand in the text area: in form C, as other programs
// expect text that is typed, and with no control character but the newline. What it
// gives it also takes as it is, so that a draft never changes by being kept.
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
