package term

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// canvas is what stands on the terminal, as far as we wrote it. It makes the bytes that
// turn one frame into the next.
type canvas struct {
	w, h   int
	method ansi.Method
	pens   *pens
	// lines are those of the last frame, rows what became of them.
	lines   []string
	rows    [][]cell
	scratch []cell

	// x and y are where the terminal's cursor is, ink how it writes. Where it is is known
	// only as long as known.
	x, y  int
	known bool
	ink   pen

	buf []byte
}

func newCanvas() *canvas { return &canvas{pens: newPens(colorprofile.TrueColor)} }

// clear begins on an empty screen of a size, with a number of colours and a way to
// measure.
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
	c.ink, c.known = 0, false
}

// draw turns what is on the terminal into a frame.
func (c *canvas) draw(content string) {
	content = Guard(content)
	for y := range c.rows {
		line, rest, _ := strings.Cut(content, "\n")
		content = rest
		if line == c.lines[y] {
			c.lines[y] = line // so that the older frame can go
			continue
		}
		c.pens.rowOf(c.scratch, line, c.method)
		c.turn(y, c.rows[y], c.scratch)
		c.rows[y], c.scratch = c.scratch, c.rows[y]
		c.lines[y] = line
	}
	c.pen(0)
}

// cursor puts the terminal's cursor somewhere on the screen.
func (c *canvas) cursor(x, y int) {
	if c.w > 0 && c.h > 0 {
		c.move(min(max(x, 0), c.w-1), min(max(y, 0), c.h-1))
	}
}

// move puts the cursor somewhere, from wherever it is.
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

// put writes a cell where the cursor is.
func (c *canvas) put(cell cell) {
	n := int(cell.width)
	if cell.unsure && n > 1 {
		// However narrow the terminal draws it, nothing old stays beside it.
		x, y := c.x, c.y
		c.buf = append(c.buf, blanks[:n]...)
		c.known = false
		c.move(x, y)
	}
	c.buf = append(c.buf, cell.text...)
	c.x += n
	// Behind the last column terminals differ, too.
	c.known = !cell.unsure && c.x < c.w
}

const blanks = "                "

// There are enough of them.
const _ = uint(len(blanks) - mostWide)
