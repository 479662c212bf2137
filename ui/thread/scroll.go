package thread

import (
	"slices"
	"time"

	"parley/model"
)

// pos is a line of a message.
type pos struct{ item, line int }

func (a pos) before(b pos) bool {
	return a.item < b.item || a.item == b.item && a.line < b.line
}

// ref is a message to be found again in new content.
type ref struct {
	id itemID
	at time.Time
	// index and fromEnd are where it was: index stays valid when messages are added, fromEnd
	// when older ones are inserted before.
	index, fromEnd int
}

func (p *Pane) ref(i int) ref {
	m := p.at(i)
	return ref{id: idOf(m), at: m.SentAt, index: i, fromEnd: p.count() - i}
}

// resolve finds a message again; if it is gone, the one in its place.
func (p *Pane) resolve(r ref) int {
	n := p.count()
	for _, i := range [...]int{r.index, n - r.fromEnd} {
		if i >= 0 && i < n && idOf(p.at(i)) == r.id {
			return i
		}
	}
	if r.id.message != "" {
		if i, ok := p.find(r.id.message); ok {
			return i
		}
	}
	for i := n - 1; i >= 0 && r.id.client != ""; i-- {
		if p.at(i).ClientID == r.id.client { // the hub has accepted it meanwhile
			return i
		}
	}
	i, _ := slices.BinarySearchFunc(p.c.Thread.Messages, r.at, func(m model.Message, t time.Time) int {
		return m.SentAt.Compare(t)
	})
	return max(0, min(i, n-1))
}

// anchor is what stays in place when the content changes: a line of a message's body, and the
// line of the screen that it is on.
type anchor struct {
	ref
	line, row int
	// of is how many lines the body had, at width w.
	of, w int
}

// back returns the line n lines up, or the first, and how far that is.
func (p *Pane) back(at pos, n int) (pos, int) {
	moved := 0
	for {
		if k := min(at.line, n-moved); k > 0 {
			at.line -= k
			moved += k
		}
		if moved == n || at.item == 0 {
			return at, moved
		}
		at.item--
		at.line = len(p.block(at.item).lines) - 1
		moved++
	}
}

// forth returns the line n lines down, or the last.
func (p *Pane) forth(at pos, n int) pos {
	for {
		last := len(p.block(at.item).lines) - 1
		k := min(last-at.line, n)
		at.line += k
		n -= k
		if n == 0 || at.item == p.count()-1 {
			return at
		}
		at = pos{item: at.item + 1}
		n--
	}
}

// bottom returns the first line of the screen when the last line is on it.
func (p *Pane) bottom() pos {
	last := p.count() - 1
	top, _ := p.back(pos{last, len(p.block(last).lines) - 1}, p.rows()-1)
	return top
}

// rows returns the height, at least one.
func (p *Pane) rows() int { return max(1, p.h) }

// place scrolls to the right place after new content or a new size.
func (p *Pane) place() {
	if !p.filled || p.count() == 0 {
		p.top, p.stuck = pos{}, true
		return
	}
	p.reframe()
	p.sel.update(p)
	switch {
	case p.opening:
		p.open()
	case p.stuck:
		p.top = p.bottom()
	default:
		p.top = p.held()
	}
	p.settle()
}

// open finds the first position in a conversation, once it is read and there is a screen.
func (p *Pane) open() {
	p.opening = !p.c.Thread.Loaded || p.w == 0 || p.h == 0
	p.top, p.stuck = p.bottom(), true
	p.sel.newest = p.sel.newest && p.opening
	if !p.opening && p.asks >= 0 { // a reply that needs a decision is shown whole, with its keys
		p.sel.set(p, p.asks)
		p.reveal(p.asks, -1)
		return
	}
	i, ok := p.find(p.c.FirstUnread)
	if !ok || p.c.FirstUnread == "" {
		return
	}
	rule := pos{item: i}
	if p.items[i].flags&begins == 0 {
		rule.line = 1 // below the blank line
	}
	if rule.before(p.top) {
		p.top = rule
		p.sel.set(p, i)
	}
}

// held returns the first line of the screen that keeps the anchor in place.
func (p *Pane) held() pos {
	i := p.resolve(p.hold.ref)
	b := p.block(i)
	body := len(b.lines) - b.body
	n := p.hold.line
	if p.hold.w != p.w && p.hold.of > 0 {
		n = n * body / p.hold.of
	}
	top, _ := p.back(pos{i, max(0, b.body+min(n, body-1))}, p.hold.row)
	return top
}

// settle keeps the last line at the bottom, and records the anchor.
func (p *Pane) settle() {
	end := p.bottom()
	if !p.top.before(end) {
		p.top = end
	}
	p.stuck = p.top == end
	i, row := p.top.item, 0
	b := p.block(i)
	from := max(p.top.line, b.body)
	if row += from - p.top.line; row >= p.rows() {
		from, row = p.top.line, 0
	}
	p.hold = anchor{ref: p.ref(i), line: from - b.body, row: row, of: len(b.lines) - b.body, w: p.w}
}

// scroll moves by lines.
func (p *Pane) scroll(n int) {
	if n < 0 {
		p.top, _ = p.back(p.top, -n)
	} else {
		p.top = p.forth(p.top, n)
	}
	p.settle()
}

// Scroll moves the view by that many lines. The selection stays where it is.
func (p *Pane) Scroll(n int) {
	if !p.filled || p.count() == 0 {
		return
	}
	p.opening = false
	p.scroll(n)
}

// NearTop reports whether the oldest message here is less than a screen away.
func (p *Pane) NearTop() bool {
	if !p.filled || p.count() == 0 {
		return true
	}
	_, above := p.back(p.top, p.rows())
	return above < p.rows()
}

// AtBottom reports whether the last line is on the screen.
func (p *Pane) AtBottom() bool { return p.stuck }

// SeenUpTo returns the newest message whose last line is on the screen, of those by the customer
// and of the notes that mention the user.
func (p *Pane) SeenUpTo() (model.MessageID, bool) {
	var id model.MessageID
	if !p.filled || p.w == 0 {
		return "", false
	}
	row := -p.top.line
	for i := p.top.item; i < p.count(); i++ {
		if row += len(p.block(i).lines); row > p.h {
			break
		}
		if m := p.at(i); m.Direction == model.In || slices.ContainsFunc(m.Mentions, func(u model.UserRef) bool { return u.ID == p.c.Me }) {
			id = m.ID
		}
	}
	return id, id != ""
}
