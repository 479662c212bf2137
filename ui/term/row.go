package term

import (
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"parley/ui/link"
)

// cell is the content of one cell of the terminal: the character or cluster that begins there,
// or, with width 0, the rest of a wide one.
type cell struct {
	text  string
	pen   pen
	link  uint16
	width uint8
	// unsure: terminals differ in its width.
	unsure bool
	// apart: a terminal could draw it combined with the cell before it.
	apart bool
}

var blank = cell{text: " ", width: 1}

// Limits of a cluster sent to a terminal. No real one is longer.
const (
	mostCluster = 64 // bytes
	mostWide    = 16 // cells
)

// rowOf draws a line of a frame into a row of cells: text, colour sequences and links. Anything
// else in it is not drawn.
func (p *pens) rowOf(row []cell, line string, method ansi.Method) {
	x, ink, to := 0, pen(0), uint16(0)
	begins := false // something undrawn precedes the next text
	for line != "" && x < len(row) {
		b := line[0]
		switch {
		case b == 0x1b:
			n := sequence(line)
			if n > 0 {
				ink = p.change(ink, line[:n])
			} else if n = link.Sequence(line); n > 0 {
				to = p.link(line[:n])
			}
			line, begins = line[max(1, n):], true
		case b < ' ' || b == 0x7f:
			line, begins = line[1:], true
		case b < utf8.RuneSelf && (len(line) == 1 || line[1] < utf8.RuneSelf):
			row[x] = cell{text: line[:1], pen: ink, link: to, width: 1}
			line, begins = line[1:], false
			x++
		default:
			cluster, width := ansi.FirstGraphemeCluster(line, method)
			line = line[len(cluster):]
			if width == 0 {
				begins = true
				continue
			}
			c := clusterCell(cluster, width)
			c.link = to
			if c.pen = ink; begins && x > 0 {
				c.apart = joins(before(row, x), c.text)
			}
			begins = false
			if x+int(c.width) > len(row) {
				line = ""
				continue
			}
			row[x] = c
			x++
			for range c.width - 1 {
				row[x] = cell{pen: ink, link: to}
				x++
			}
		}
	}
	for ; x < len(row); x++ {
		row[x] = blank
	}
}

// clusterCell returns the cell of a cluster, made harmless.
func clusterCell(cluster string, width int) cell {
	first, size := utf8.DecodeRuneInString(cluster)
	harmless := len(cluster) <= mostCluster && width <= mostWide && utf8.ValidString(cluster) && !unicode.IsControl(first)
	if !harmless {
		return cell{text: string(utf8.RuneError), width: 1}
	}
	c := cell{text: cluster, width: uint8(width)} //nolint:gosec // at most mostWide
	c.unsure = size < len(cluster) || width > 1 && !alwaysWide(first)
	return c
}

// alwaysWide reports whether every terminal draws a character in two cells: those of East Asian
// scripts, which were always wide, unlike emoji.
func alwaysWide(r rune) bool {
	switch {
	case r < 0x1100:
		return false
	case r >= 0x3000 && r <= 0x303E, r >= 0xFF01 && r <= 0xFF60, r >= 0xFFE0 && r <= 0xFFE6, r >= 0xAC00 && r <= 0xD7A3:
		return true
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// before returns the text of the cell that ends left of a column.
func before(row []cell, x int) string {
	for x--; x > 0 && row[x].width == 0; x-- { //revive:disable-line:empty-block
	}
	return row[x].text
}

// joins reports whether two adjacent texts form one cluster.
func joins(a, b string) bool {
	if len(a) == 1 && len(b) == 1 {
		return false
	}
	cluster, _ := ansi.FirstGraphemeCluster(a+b, ansi.GraphemeWidth)
	return len(cluster) > len(a)
}
