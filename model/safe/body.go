package safe

import "parley/model"

const (
	maxLine = 4 << 10  // bytes of a line
	maxBody = 64 << 10 // bytes of a message before "show all"

	ellipsis = "…"
)

// Body makes text of many lines safe: messages and notes. Every kind of line break becomes a
// newline and a tab becomes four spaces. A line is cut after 4 KiB and the whole after
// 64 KiB, each between two clusters and with "…"; then [Text.Cut] is true.
func Body(u model.Untrusted) Text {
	s := string(u)
	if plainBody(s, maxBody) {
		return Text{s: s}
	}
	b := body{limit: maxBody}
	b.run(s)
	return b.text(s)
}

// BodyAll is [Body] without limits: nothing is cut, and a line of more than 4 KiB is
// continued on the next.
func BodyAll(u model.Untrusted) Text {
	s := string(u)
	if plainBody(s, len(s)) {
		return Text{s: s}
	}
	b := body{limit: unlimited, wrap: true}
	b.run(s)
	return b.text(s)
}

const unlimited = int(^uint(0) >> 1)

// plainBody reports whether s is shown as it is.
func plainBody(s string, limit int) bool {
	if len(s) > limit {
		return false
	}
	for {
		n := plain(s)
		if n > maxLine {
			return false
		}
		if n == len(s) {
			return true
		}
		if s[n] != '\n' {
			return false
		}
		s = s[n+1:]
	}
}

// body collects the lines of a message.
type body struct {
	limit int
	wrap  bool // long lines are continued on the next instead of being cut

	c     cleaner
	out   []byte
	start int // where the last line begins in out
	fit   int // the last place in out where "…" may end the text
	cut   bool
}

// run adds the lines of s until the limit.
func (b *body) run(s string) {
	b.out = make([]byte, 0, min(len(s)+len(s)/8, b.limit))
	for {
		line, rest, more := nextLine(s)
		if !b.line(line) {
			return
		}
		if !more {
			return
		}
		if len(b.out) == b.limit {
			b.end()
			return
		}
		b.newline()
		s = rest
	}
}

func (b *body) newline() {
	b.out = append(b.out, '\n')
	b.start = len(b.out)
	b.mark()
}

// line adds one line. It returns false when the limit was reached.
func (b *body) line(s string) bool {
	room := b.limit - len(b.out)
	if len(s) <= min(maxLine, room)-len(ellipsis) && plain(s) == len(s) {
		b.out = append(b.out, s...)
		b.mark()
		return true
	}
	b.c.reset()
	b.c.filter(s)
	b.c.settle()
	for p := b.c.buf; len(p) > 0; {
		k := nextCluster(p)
		if k.dropped {
			b.c.hidden = true
		}
		full := len(b.out)-b.start+k.bytes() > maxLine
		if full && b.wrap {
			b.out = trimJoiner(b.out)
			b.newline()
			full = false
		}
		if full {
			b.end()
			return true
		}
		if len(b.out)+k.bytes() > b.limit {
			b.end()
			return false
		}
		b.out = k.draw(b.out, p)
		b.mark()
		p = p[k.size:]
	}
	return true
}

// mark records that the text may be cut here.
func (b *body) mark() {
	if n := len(b.out); n-b.start <= maxLine-len(ellipsis) && n <= b.limit-len(ellipsis) {
		b.fit = n
	}
}

// end puts "…" at the last place that has room for it.
func (b *body) end() {
	b.out = append(trimJoiner(b.out[:b.fit]), ellipsis...)
	b.cut = true
}

func (b *body) text(s string) Text {
	t := Text{s: s}
	if string(b.out) != s {
		t.s = string(b.out)
	}
	if b.c.hidden || t.s == "" && visible(s) {
		t.flags |= hidden
	}
	if b.cut {
		t.flags |= cut
	}
	return t
}
