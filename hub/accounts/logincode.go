package accounts

import (
	"crypto/rand"
	"strings"
)

// The letters of a login code: none that are confused with another when read aloud or typed.
// There are 32, so that the low five bits of a random byte choose one evenly.
const codeLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

const (
	codeLength = 16 // 80 bits
	codeGroup  = 4
)

// newLoginCode returns a one-time code as people type it: ABCD-EFGH-JKLM-NPQR.
func newLoginCode() string {
	b := make([]byte, codeLength)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	var s strings.Builder
	for i, x := range b {
		if i > 0 && i%codeGroup == 0 {
			s.WriteByte('-')
		}
		s.WriteByte(codeLetters[int(x)%len(codeLetters)])
	}
	return s.String()
}

// normaliseCode tolerates case, spaces and missing hyphens.
func normaliseCode(typed string) string {
	var letters []rune
	for _, r := range strings.ToUpper(typed) {
		if strings.ContainsRune(codeLetters, r) {
			letters = append(letters, r)
		}
	}
	var s strings.Builder
	for i, r := range letters {
		if i > 0 && i%codeGroup == 0 {
			s.WriteByte('-')
		}
		s.WriteRune(r)
	}
	return s.String()
}
