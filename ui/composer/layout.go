package composer

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"parley/model"
	"parley/model/safe"
	"parley/ui/cells"
)

// layout is a text as drawn, and how positions in the two correspond.
type layout struct {
	m     cells.Measure
	w     int
	rows  []row
	lines []line
}

// row is the text between two newlines.
type row struct {
	raw   []rune
	drawn string
	// stops are the positions where the cursor may be: before each character and at the end.
	stops []stop
}

// stop is a position in the text, in code points of its row, and in the drawn text, in bytes.
type stop struct{ col, off int }

// line is one drawn line: part of a row. Spaces that a line break replaced belong to the line
// before it, and are not in text.
type line struct {
	row, from, to int
	text          string
}

// lay computes the layout. One column stays free, for a cursor after a full line.
func lay(text string, m cells.Measure, w int) layout {
	l := layout{m: m, w: w}
	for s := range strings.SplitSeq(text, "\n") {
		l.rows = append(l.rows, newRow(s, m))
		l.wrap(len(l.rows)-1, w-1)
	}
	return l
}

// newRow makes a row's text safe to draw, character by character if it isn't.
func newRow(s string, m cells.Measure) row {
	r := row{raw: []rune(s)}
	whole := draw(s, m) == s
	var b strings.Builder
	col, off := 0, 0
	for rest := s; rest != ""; {
		k, _ := ansi.FirstGraphemeCluster(rest, ansi.GraphemeWidth)
		rest = rest[len(k):]
		r.stops = append(r.stops, stop{col, off})
		col += len([]rune(k))
		if !whole {
			k = draw(k, m)
			b.WriteString(k)
		}
		off += len(k)
	}
	r.stops = append(r.stops, stop{col, off})
	r.drawn = s
	if !whole {
		r.drawn = b.String()
	}
	return r
}

// draw returns what may be drawn of a text without newlines, on one line.
func draw(s string, m cells.Measure) string {
	s = m.Shown(safe.Body(model.Untrusted(s)).String())
	return strings.ReplaceAll(s, "\n", " ")
}

// wrap appends the lines of a row.
func (l *layout) wrap(n, width int) {
	drawn, first := l.rows[n].drawn, len(l.lines)
	from := 0
	for i, text := range l.m.Wrap(drawn, width) {
		if i > 0 {
			// A line never begins with a space: spaces belong to the end of the line before.
			from += len(drawn[from:]) - len(strings.TrimLeft(drawn[from:], " "))
			l.lines[len(l.lines)-1].to = from
		}
		l.lines = append(l.lines, line{row: n, from: from, text: text})
		from += len(text)
	}
	if len(l.lines) > first {
		l.lines[len(l.lines)-1].to = len(drawn)
	}
}

// find returns the line and column at which a position of the text is drawn.
func (l *layout) find(row, col int) (at, x int) {
	off := 0
	for _, s := range l.rows[row].stops {
		if s.col > col {
			break
		}
		off = s.off
	}
	for i, n := range l.lines {
		if n.row == row && n.from <= off {
			at = i
		}
	}
	x = l.m.Width(l.rows[row].drawn[l.lines[at].from:off])
	return at, min(x, max(0, l.w-1))
}

// at returns the position of the text at a column of a line, or the nearest one before it.
// There is none on a line that has only the rest of a character drawn as several.
func (l *layout) at(n, x int) (row, col int, ok bool) {
	ln := l.lines[n]
	r := l.rows[ln.row]
	last := n+1 == len(l.lines) || l.lines[n+1].row != ln.row
	for _, s := range r.stops {
		switch {
		case s.off < ln.from:
			continue
		case s.off > ln.to, s.off == ln.to && !last:
			return ln.row, col, ok
		case ok && l.m.Width(r.drawn[ln.from:s.off]) > x:
			return ln.row, col, true
		}
		col, ok = s.col, true
	}
	return ln.row, col, ok
}

// around returns how many code points the characters before and after a position have.
func (l *layout) around(row, col int) (before, after int) {
	for _, s := range l.rows[row].stops {
		switch {
		case s.col < col:
			before = col - s.col
		case s.col > col:
			return before, s.col - col
		}
	}
	return before, after
}
