package term

import "strconv"

const (
	// nearby is how many equal cells are rewritten rather than skipped.
	nearby = 4
	// eraseFrom is how many blanks are erased rather than written.
	eraseFrom = 8
)

// turn turns a row of the terminal into another.
func (c *canvas) turn(y int, old, next []cell) {
	for x := 0; x < len(next); {
		if old[x] == next[x] {
			x++
			continue
		}
		to := run(old, next, x)
		c.write(y, next, x, to)
		x = to
	}
}

// run returns the end of what to write from where two rows begin to differ: what differs, and
// short equal parts in between. It never splits a wide character: where the old or the new row
// has one, the rows differ in its first cell, which is written whole, or in all of its cells.
func run(old, next []cell, x int) (to int) {
	for to = x + 1; to < len(next); {
		d := to
		for d < len(next)-1 && d < to+nearby && old[d] == next[d] {
			d++
		}
		if old[d] == next[d] {
			return to
		}
		to = d + 1
	}
	return to
}

// write writes some cells of a row.
func (c *canvas) write(y int, row []cell, from, to int) {
	end := to
	for end > from && row[end-1] == blank {
		end--
	}
	last := to == len(row) || allBlank(row[to:])
	if !last || to-end < eraseFrom/2 {
		end = to
	}
	for x := from; x < end; {
		if n := blanksAt(row[x:end]); n >= eraseFrom {
			c.move(x, y)
			c.pen(0)
			c.anchor(0)
			c.buf = append(c.buf, "\x1b["...)
			c.buf = strconv.AppendInt(c.buf, int64(n), 10)
			c.buf = append(c.buf, 'X')
			x += n
			continue
		}
		if row[x].apart {
			c.known = false
		}
		c.move(x, y)
		c.pen(row[x].pen)
		c.anchor(row[x].link)
		c.put(row[x])
		x += int(row[x].width)
	}
	if end < to {
		c.move(end, y)
		c.pen(0)
		c.anchor(0)
		c.buf = append(c.buf, "\x1b[K"...)
	}
}

func blanksAt(row []cell) int {
	n := 0
	for n < len(row) && row[n] == blank {
		n++
	}
	return n
}

func allBlank(row []cell) bool { return blanksAt(row) == len(row) }
