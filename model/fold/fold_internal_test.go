package fold

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// TestCased: folding leaves alone what is not cased.
func TestCased(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= utf8.MaxRune; r++ {
		s := norm.NFKC.String(string(r))
		first, _ := utf8.DecodeRuneInString(s)
		if folded := cases.Fold().String(s); folded != s && !plain(first) && !cased(s) {
			t.Errorf("%U is cased: %+q", r, folded)
		}
	}
}

// TestShortCut: the characters that take the short cut are those that folding
// leaves alone, but for their kana.
func TestShortCut(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if !settled(r) {
			continue
		}
		if s := string(r); !norm.NFKC.IsNormalString(s) || cases.Fold().String(s) != s || plain(r) ||
			!norm.NFKC.PropertiesString(s).BoundaryBefore() || unicode.IsMark(r) {
			t.Errorf("%U is not settled", r)
		}
	}
}
