package thread

import "parley/model"

// selection is the message that keys act on.
type selection struct {
	// newest: it is the last one, also when others come.
	newest bool
	ref    ref
	// asks: it waited for a hand when it was last seen.
	asks  bool
	index int
}

// set selects a message.
func (s *selection) set(p *Pane, i int) {
	*s = selection{newest: i == p.count()-1, ref: p.ref(i), index: i, asks: needsHand(p.at(i))}
}

// update finds the selected message in new content. Where it asks, it stays selected
// although others come, so that a key never acts on another than the one seen.
func (s *selection) update(p *Pane) {
	i := p.count() - 1
	if !s.newest || s.asks {
		i = p.resolve(s.ref)
	}
	s.set(p, i)
}

// selected returns which message is selected.
func (p *Pane) selected() int { return p.sel.index }

// Selected returns the message that keys act on. One without an ID is a reply that the
// hub has not taken yet; its ClientID is the Pending's.
func (p *Pane) Selected() (model.Message, bool) {
	if !p.filled || p.count() == 0 {
		return model.Message{}, false
	}
	return *p.at(p.selected()), true
}

// Asking returns the reply that sending again and dropping act on: the selected one if
// it asks or failed, else the oldest that asks, else the oldest that the hub did not
// take (which has no ID).
func (p *Pane) Asking() (model.Message, bool) {
	if m, ok := p.Selected(); ok && needsHand(&m) {
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

// Up selects the message before, so many times.
func (p *Pane) Up(n int) { p.move(-1, n) }

// Down selects the message after, so many times.
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

// step selects the next message, or shows more of this one where it is higher than the
// pane. It is false at either end.
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

// reveal scrolls as little as it takes to see a message; of one that is higher than the
// pane, the end that comes first on the way.
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

// Page moves by half the height, so many times; the selection stays on the screen.
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

// span returns the first and the last message of which something is on the screen.
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
	p.opening = false // also of what is still to be read
	if !p.filled || p.count() == 0 {
		return
	}
	p.top = p.bottom()
	p.sel.set(p, p.count()-1)
	p.settle()
}
