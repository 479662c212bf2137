package term

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"parley/ui/link"
)

// canvas is the content of the terminal, as far as we wrote it. It produces the bytes that turn
// one frame into the next.
type canvas struct {
	w, h   int
	method ansi.Method
	pens   *pens
	// lines is the last frame, rows the cells of its lines.
	lines   []string
	rows    [][]cell
	scratch []cell

	// x and y are the terminal's cursor, valid only if known; ink is its current style.
	x, y  int
	known bool
	ink   pen
	// link is the one that is open; plain: the terminal knows no links.
	link  uint16
	plain bool

	buf []byte
}

func newCanvas() *canvas { return &canvas{pens: newPens(colorprofile.TrueColor)} }

// clear starts with an empty screen, of a size, colour profile and width method.
func (c *canvas) clear(w, h int, p colorprofile.Profile, m ansi.Method) {
	if p != c.pens.profile || c.pens.full() {
		c.pens = newPens(p)
	}
	if w != c.w || h != c.h || len(c.rows) != h {
		c.w, c.h = w, h
		c.lines = make([]string, h)
		c.rows = make([][]cell, h)
		all := make([]cell, w*(h+1))
		for y := range c.rows {
			c.rows[y], all = all[:w:w], all[w:]
		}
		c.scratch = all
	}
	c.method = m
	for y := range c.rows {
		c.lines[y] = ""
		for x := range c.rows[y] {
			c.rows[y][x] = blank
		}
	}
	c.buf = append(c.buf, sgrReset+ansi.EraseEntireScreen...)
	if c.link != 0 {
		c.buf = append(c.buf, link.Close...)
	}
	c.ink, c.link, c.known = 0, 0, false
}

// draw turns the content of the terminal into a frame.
func (c *canvas) draw(content string) {
	content = Guard(content)
	for y := range c.rows {
		line, rest, _ := strings.Cut(content, "\n")
		content = rest
		if line == c.lines[y] {
			c.lines[y] = line // so that the older frame can be freed
			continue
		}
		c.pens.rowOf(c.scratch, line, c.method)
		c.turn(y, c.rows[y], c.scratch)
		c.rows[y], c.scratch = c.scratch, c.rows[y]
		c.lines[y] = line
	}
	c.pen(0)
	c.anchor(0)
}

// cursor moves the terminal's cursor to a position on the screen.
func (c *canvas) cursor(x, y int) {
	if c.w > 0 && c.h > 0 {
		c.move(min(max(x, 0), c.w-1), min(max(y, 0), c.h-1))
	}
}

// move moves the cursor, from wherever it is.
func (c *canvas) move(x, y int) {
	switch {
	case c.known && c.y == y && c.x == x:
		return
	case c.known && c.y == y:
		c.buf = append(c.buf, "\x1b["...)
		c.buf = strconv.AppendInt(c.buf, int64(x+1), 10)
		c.buf = append(c.buf, 'G')
	default:
		c.buf = append(c.buf, "\x1b["...)
		c.buf = strconv.AppendInt(c.buf, int64(y+1), 10)
		c.buf = append(c.buf, ';')
		c.buf = strconv.AppendInt(c.buf, int64(x+1), 10)
		c.buf = append(c.buf, 'H')
	}
	c.x, c.y, c.known = x, y, true
}

func (c *canvas) pen(to pen) {
	c.buf = c.pens.turn(c.buf, c.ink, to)
	c.ink = to
}

// anchor opens a link, or closes the one that is open.
func (c *canvas) anchor(to uint16) {
	if to == c.link || c.plain {
		return
	}
	c.buf = append(c.buf, c.pens.links[to]...)
	c.link = to
}

// put writes a cell at the cursor.
func (c *canvas) put(cell cell) {
	n := int(cell.width)
	if cell.unsure && n > 1 {
		// Clear the cells first: the terminal may draw the text narrower.
		x, y := c.x, c.y
		c.buf = append(c.buf, blanks[:n]...)
		c.known = false
		c.move(x, y)
	}
	c.buf = append(c.buf, cell.text...)
	c.x += n
	// Terminals also differ after the last column.
	c.known = !cell.unsure && c.x < c.w
}

const blanks = "                "

// blanks must be long enough for the widest cluster.
const _ = uint(len(blanks) - mostWide)
