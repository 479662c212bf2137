package thread

import "parley/model"

// selection is the message that keys act on.
type selection struct {
	// newest: it is the last one, because there was none before.
	newest bool
	ref    ref
	index  int
}

// set selects a message.
func (s *selection) set(p *Pane, i int) { *s = selection{ref: p.ref(i), index: i} }

// update finds the selected message in new content. The selection stays on it while others
// come, so that a key always acts on the one that the user saw.
func (s *selection) update(p *Pane) {
	if s.newest {
		s.set(p, p.count()-1)
		s.newest = p.opening // until its messages are read
		return
	}
	s.set(p, p.resolve(s.ref))
}

// selected returns the index of the selected message.
func (p *Pane) selected() int { return p.sel.index }

// Selected returns the message that keys act on. One without an ID is a reply that the hub does
// not have yet; its ClientID is the Pending's.
func (p *Pane) Selected() (model.Message, bool) {
	if !p.filled || p.count() == 0 {
		return model.Message{}, false
	}
	return *p.at(p.selected()), true
}

// At returns the message on a line of the last drawing.
func (p *Pane) At(y int) (model.Message, bool) {
	if y < 0 || y >= len(p.drawn) || p.drawn[y] < 0 || p.drawn[y] >= p.count() {
		return model.Message{}, false
	}
	return *p.at(p.drawn[y]), true
}

// Asking returns the reply that sending again and dropping act on: the selected one if it asks,
// failed or is scheduled, else the oldest that asks, else the oldest that the hub does not have (which has
// no ID).
func (p *Pane) Asking() (model.Message, bool) {
	if m, ok := p.Selected(); ok && (needsHand(&m) || m.State == model.Scheduled) {
		return m, true
	}
	if p.asks >= 0 {
		return *p.at(p.asks), true
	}
	for i := range p.pending {
		if needsHand(&p.pending[i]) {
			return p.pending[i], true
		}
	}
	return model.Message{}, false
}

// Light selects a message, by its ID or, without one, its ClientID, and scrolls it into view.
// It returns false if it was selected already, or is not here.
func (p *Pane) Light(m model.Message) bool {
	for i := range p.count() {
		if idOf(p.at(i)) != idOf(&m) {
			continue
		}
		by := 1
		switch at := p.selected(); {
		case i == at:
			return false
		case i < at:
			by = -1
		}
		p.sel.set(p, i)
		p.opening = false
		p.reveal(i, by)
		return true
	}
	return false
}

// Follow selects a reply that is about to appear below all others.
func (p *Pane) Follow(client model.ClientID) {
	p.Bottom()
	p.sel = selection{ref: ref{id: itemID{client: client}, index: -1, fromEnd: -1}}
	if !p.filled {
		p.sel.newest = true
	}
}

// Reveal scrolls the selected message into view, and reports whether it was out of view.
func (p *Pane) Reveal() bool {
	if !p.filled || p.count() == 0 {
		return false
	}
	i := p.selected()
	first, last := p.span()
	if i >= first && i <= last {
		return false
	}
	by := 1
	if i < first {
		by = -1
	}
	p.reveal(i, by)
	return true
}

// Up moves the selection up by n messages.
func (p *Pane) Up(n int) { p.move(-1, n) }

// Down moves the selection down by n messages.
func (p *Pane) Down(n int) { p.move(+1, n) }

func (p *Pane) move(by, n int) {
	if !p.filled || p.count() == 0 {
		return
	}
	p.opening = false
	for range min(n, p.count()+keptLines) {
		if !p.step(by) {
			break
		}
	}
}

// step selects the next message, or scrolls in this one if it is higher than the pane. It
// returns false at either end.
func (p *Pane) step(by int) bool {
	i := p.selected()
	b := p.block(i)
	first, last := pos{i, b.prelude}, pos{i, len(b.lines) - 1}
	lowest := p.forth(p.top, p.rows()-1)
	shown := !last.before(p.top) && !lowest.before(first)
	if shown && len(b.lines)-b.prelude > p.rows() {
		if by < 0 && first.before(p.top) || by > 0 && lowest.before(last) {
			p.scroll(by)
			return true
		}
	}
	next := i + by
	if next < 0 {
		p.top = pos{}
		p.settle()
		return false
	}
	if next == p.count() {
		p.top = p.bottom()
		p.settle()
		return false
	}
	p.sel.set(p, next)
	p.reveal(next, by)
	return true
}

// reveal scrolls as little as possible to show a message; of one higher than the pane, the end
// that comes first in that direction.
func (p *Pane) reveal(i, by int) {
	b := p.block(i)
	first, last := pos{i, b.prelude}, pos{i, len(b.lines) - 1}
	if len(b.lines) <= p.rows() {
		first.line = 0
	}
	end, _ := p.back(last, p.rows()-1)
	higher := last.line-first.line >= p.rows()
	switch {
	case higher && by < 0:
		p.top = end
	case higher:
		p.top = first
	case first.before(p.top):
		p.top = first
	case p.top.before(end):
		p.top = end
	}
	p.settle()
}

// Page moves by that many half pages; the selection stays on the screen.
func (p *Pane) Page(halves int) {
	if !p.filled || p.count() == 0 || halves == 0 {
		return
	}
	p.opening = false
	before := p.top
	p.scroll(halves * max(1, p.h/2))
	first, last := p.span()
	i := p.selected()
	switch {
	case p.top == before && halves < 0:
		i = 0
	case p.top == before:
		i = p.count() - 1
	default:
		i = max(first, min(i, last))
	}
	p.sel.set(p, i)
}

// span returns the first and the last message that are at least partly on the screen.
func (p *Pane) span() (first, last int) {
	first, last = p.top.item, p.forth(p.top, p.rows()-1).item
	return first, max(first, last)
}

// Top selects the oldest message here.
func (p *Pane) Top() {
	if !p.filled || p.count() == 0 {
		return
	}
	p.opening = false
	p.top = pos{}
	p.sel.set(p, 0)
	p.settle()
}

// Bottom selects the newest message.
func (p *Pane) Bottom() {
	p.opening = false // also while messages are still being read
	if !p.filled || p.count() == 0 {
		return
	}
	p.top = p.bottom()
	p.sel.set(p, p.count()-1)
	p.settle()
}
