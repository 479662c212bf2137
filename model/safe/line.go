package safe

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"parley/model"
)

const (
	lineCells  = 64
	returnSign = "⏎"
)

// Line makes text of one line safe, of at most 64 cells: names, subjects, file names, states,
// addresses. Besides what [Body] does, line breaks become "⏎", spaces at the ends are
// dropped, and what doesn't fit is replaced by "…".
func Line(u model.Untrusted) Text { return LineN(u, lineCells) }

// LineN is [Line] with another number of cells. The count is an upper bound for terminals
// that draw an emoji sequence as one picture and ambiguous characters narrow.
func LineN(u model.Untrusted, cells int) Text {
	s := string(u)
	if plainLine(s, cells) {
		return Text{s: s}
	}
	start, short := begin(s, max(maxBody, max(cells, 0)*maxBytes))
	var c cleaner
	for rest, more := start, true; more; {
		var line string
		line, rest, more = nextLine(rest)
		c.filter(line)
		if more {
			c.base(returnSign)
		}
	}
	if short {
		c.base(ellipsis)
	}
	c.settle()
	c.buf = bytes.TrimFunc(c.buf, isSpace)
	out, whole := fitCells(&c, cells)
	whole = whole && !short

	t := Text{s: s}
	if string(out) != s {
		t.s = string(out)
	}
	if c.hidden || t.s == "" && whole && visible(s) {
		t.flags |= hidden
	}
	if !whole {
		t.flags |= cut
	}
	return t
}

// begin returns at most the first n bytes of s, and whether there is more: a name of a MiB
// isn't worth the time.
func begin(s string, n int) (start string, short bool) {
	if len(s) <= n {
		return s, false
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n], true
}

// plainLine reports whether s is shown as it is.
func plainLine(s string, cells int) bool {
	if plain(s) != len(s) || len(s) > 0 && (s[0] == ' ' || s[len(s)-1] == ' ') {
		return false
	}
	if strings.HasPrefix(s, "\u3000") || strings.HasSuffix(s, "\u3000") {
		return false
	}
	if len(s) <= cells {
		return true // no character has more cells than bytes
	}
	n := 0
	for _, r := range s {
		if n += runeCells(r); n > cells {
			return false
		}
	}
	return true
}

// fitCells returns the clusters of c that fit into that many cells, and whether these are
// all.
func fitCells(c *cleaner, cells int) (out []byte, whole bool) {
	out = make([]byte, 0, min(len(c.buf), 4*max(cells, 0))+len(ellipsis))
	used, fit := 0, 0
	for p := c.buf; len(p) > 0; {
		k := nextCluster(p)
		if used += k.cells; used > cells {
			if cells < 1 {
				return nil, false
			}
			out = bytes.TrimRightFunc(trimJoiner(out[:fit]), isSpace)
			return append(out, ellipsis...), false
		}
		if k.dropped {
			c.hidden = true
		}
		out = k.draw(out, p)
		if used < cells {
			fit = len(out)
		}
		p = p[k.size:]
	}
	return out, true
}

// visible reports whether s holds more than white space.
func visible(s string) bool { return strings.TrimSpace(s) != "" }
