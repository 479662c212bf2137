package cells

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Shown returns the text in the form that the terminal draws in as many cells as we measure.
// A terminal that measures by cluster draws nearly everything as it is, see based. For others,
// emoji sequences are taken apart: variation selectors, joiners, skin tones and keycaps are
// removed, so that each remaining character has its own width.
func (m Measure) Shown(s string) string {
	if m.graphemes {
		return based(s)
	}
	if _, plain := ascii(s); plain || !strings.ContainsFunc(s, joinsEmoji) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if joinsEmoji(r) {
			return -1
		}
		return r
	}, s)
}

// joinsEmoji reports whether a character has no width of its own, but changes that of the
// emoji before it.
func joinsEmoji(r rune) bool {
	switch {
	case r < 0x200D:
		return false
	case r == 0x200D, r == 0xFE0E, r == 0xFE0F, r == 0x20E3:
		return true
	}
	return r >= 0x1F3FB && r <= 0x1F3FF || r >= 0xE0020 && r <= 0xE007F
}

// base carries a character that would combine with the one before it.
const base = "◌"

// based separates ASCII characters from what would form a cluster with them: in a measured
// line each ASCII character counts as one cell, so the rest would be shifted. A follower with
// a width of its own gets a base, one without is removed: a keycap becomes its digit.
func based(s string) string {
	if _, plain := ascii(s); plain {
		return s
	}
	var b strings.Builder
	from := 0
	// The text must not combine with what precedes it either, at least a space.
	if first, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth); s[0] >= utf8.RuneSelf {
		if k, n := ansi.FirstGraphemeCluster(" "+first, ansi.GraphemeWidth); len(k) > 1 && n != 1+ansi.GraphemeWidth.StringWidth(first) {
			if ansi.GraphemeWidth.StringWidth(first) == 0 {
				return based(s[len(first):])
			}
			b.WriteString(base)
		}
	}
	for i := range len(s) - 1 {
		if s[i] < ' ' || s[i] > '~' || s[i+1] < utf8.RuneSelf {
			continue
		}
		k, n := ansi.FirstGraphemeCluster(s[i:], ansi.GraphemeWidth)
		rest := ansi.GraphemeWidth.StringWidth(k[1:])
		if 1+rest == n {
			continue
		}
		b.WriteString(s[from : i+1])
		from = i + 1
		if rest == 0 {
			from = i + len(k)
		} else {
			b.WriteString(base)
		}
	}
	if b.Len() == 0 {
		return s
	}
	return b.String() + s[from:]
}
