// Package cells measures, cuts, pads and wraps text by terminal cells.
//
// Terminals measure in two ways: by character, or by cluster. A [Measure] is one of the two,
// and all code that aligns columns uses the same one. Input must be safe already
// (parley/model/safe) or our own text: no control character but the newline, and no escape
// sequence; so is the output.
package cells

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Measure is how the terminal measures. The zero value is by character, as every terminal
// starts.
type Measure struct{ graphemes bool }

// Graphemes returns the measure of terminals that report measuring by cluster (DEC mode
// 2027).
func Graphemes() Measure { return Measure{graphemes: true} }

func (m Measure) method() ansi.Method {
	if m.graphemes {
		return ansi.GraphemeWidth
	}
	return ansi.WcWidth
}

// Width returns the width of a text of one line.
func (m Measure) Width(s string) int {
	if n, ok := ascii(s); ok {
		return n
	}
	return m.method().StringWidth(s)
}

// ascii returns the width of a text, and whether it is plain ASCII.
func ascii(s string) (int, bool) {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return 0, false
		}
	}
	return len(s), true
}

// next returns the first cluster and its width.
func (m Measure) next(s string) (string, int) {
	if s[0] >= ' ' && s[0] <= '~' && (len(s) == 1 || s[1] < 0x80) {
		return s[:1], 1
	}
	k, n := ansi.FirstGraphemeCluster(s, m.method())
	return k, n
}

// Cut returns at most width cells of the text; if it is longer, it ends with the ellipsis.
func (m Measure) Cut(s string, width int, ellipsis string) string {
	if width <= 0 {
		return ""
	}
	if m.Width(s) <= width {
		return s
	}
	room := width - m.Width(ellipsis)
	if room < 0 {
		return strings.Repeat(".", width)
	}
	head, _ := m.Head(s, room)
	return head + ellipsis
}

// Head returns as much of the text as fits into width cells, and its width.
func (m Measure) Head(s string, width int) (string, int) {
	used, end := 0, 0
	for end < len(s) {
		k, n := m.next(s[end:])
		if used+n > width {
			break
		}
		used += n
		end += len(k)
	}
	return s[:end], used
}

// Fit returns the text in exactly width cells: cut, or padded with spaces.
func (m Measure) Fit(s string, width int, ellipsis string) string {
	s = m.Cut(s, width, ellipsis)
	return s + Spaces(width-m.Width(s))
}

// Right returns the text in exactly width cells, right-aligned.
func (m Measure) Right(s string, width int, ellipsis string) string {
	s = m.Cut(s, width, ellipsis)
	return Spaces(width-m.Width(s)) + s
}

const spaces = "                                                                                                                                "

// Spaces returns n spaces, "" if n is negative.
func Spaces(n int) string {
	switch {
	case n <= 0:
		return ""
	case n <= len(spaces):
		return spaces[:n]
	}
	return strings.Repeat(" ", n)
}
