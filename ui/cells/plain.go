package cells

import "strings"

// Shown returns the text as the terminal draws it in as many cells as are measured. One
// that measures clusters draws everything as it is. For any other, emoji sequences are
// taken apart: variation selectors, joiners, skin tones and keycaps go, so that what is
// left is as wide as each of its characters.
func (m Measure) Shown(s string) string {
	if m.graphemes {
		return s
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

// joinsEmoji tells whether a character has no width of its own, but changes that of the
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
