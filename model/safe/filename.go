package safe

import (
	"strings"
	"unicode"

	"parley/model"
)

// FileName returns the last part of a name that a customer gave a file, of letters, digits and a
// few signs of any script, so that it names no folder, hidden file or option; it may be empty.
func FileName(u model.Untrusted) string {
	name := strings.ToValidUTF8(string(u), "_")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.M, r), strings.ContainsRune(" ._-()+,", r):
			return r
		}
		return '_'
	}, name)
	return strings.TrimLeft(name, ".- _")
}
