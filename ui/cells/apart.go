package cells

import (
	"strings"
	"unicode/utf8"
)

// holder carries a character that would combine with its neighbour.
const holder = "◌"

// Apart returns a text that can stand beside blanks: no line begins or ends with a character
// that a terminal draws in one cell with the blank beside it, which would shift all that
// follows.
func (m Measure) Apart(s string) string {
	if s == "" || !m.anyJoins(s) {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if first, _ := utf8.DecodeRuneInString(l); m.joinsBlank(first, before) {
			l = holder + l
		}
		if last, _ := utf8.DecodeLastRuneInString(l); m.joinsBlank(last, after) {
			l += holder
		}
		lines[i] = l
	}
	return strings.Join(lines, "\n")
}

// anyJoins reports whether a line of the text begins or ends with such a character.
func (m Measure) anyJoins(s string) bool {
	for l := range strings.SplitSeq(s, "\n") {
		first, _ := utf8.DecodeRuneInString(l)
		last, _ := utf8.DecodeLastRuneInString(l)
		if m.joinsBlank(first, before) || m.joinsBlank(last, after) {
			return true
		}
	}
	return false
}

// side is the side of a blank.
type side bool

const (
	before side = false
	after  side = true
)

// joinsBlank reports whether a character beside a blank has another width than the two by
// themselves.
func (m Measure) joinsBlank(r rune, blank side) bool {
	if r < utf8.RuneSelf || r == utf8.RuneError {
		return false
	}
	one := string(r)
	both := " " + one
	if blank == after {
		both = one + " "
	}
	return m.Width(both) != m.Width(one)+1
}
