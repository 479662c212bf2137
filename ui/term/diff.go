package term

import "strconv"

const (
	// nearby is how many equal cells are written again rather than jumped over.
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
		from, to := run(old, next, x)
		c.write(y, next, from, to)
		x = to
	}
}

// run returns the cells to write from where two rows begin to differ: what differs, with
// what is near, and all of each wide character that is touched, the old as the new.
func run(old, next []cell, x int) (from, to int) {
	whole := func(x int) bool { return x == len(next) || old[x].width > 0 && next[x].width > 0 }
	for from = x; !whole(from); from-- { //revive:disable-line:empty-block
	}
	for to, end := x+1, x+1; ; {
		for !whole(to) {
			to++
		}
		end = max(end, to)
		d := to
		for d < len(next) && d < to+nearby && old[d] == next[d] {
			d++
		}
		if d >= len(next) || old[d] == next[d] {
			return from, end
		}
		to = d + 1
	}
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
		c.put(row[x])
		x += int(row[x].width)
	}
	if end < to {
		c.move(end, y)
		c.pen(0)
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
