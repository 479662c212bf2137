package thread

import (
	"time"

	"parley/model"
)

// groupWithin is how long after its first message a group grows.
const groupWithin = 5 * time.Minute

// flags say what precedes a message, and what of it is shown.
type flags uint8

const (
	// newDay: a line with the day's name precedes it.
	newDay flags = 1 << iota
	// newHere: the rule "New" precedes it.
	newHere
	// heads: it is the first of its group, with author and time.
	heads
	// begins: nothing precedes it.
	begins
	// ticked: it shows its own state.
	ticked
	// expanded: the text before its edit is shown.
	expanded
)

// item is what a message gets from its neighbours.
type item struct {
	group int
	flags flags
}

// group is consecutive messages of one author.
type group struct {
	first int
	// state is shown beside author and time: the state of the newest message, ignoring those
	// that need a decision, which show it themselves. If the first one needs one, it is the
	// first one's, since that is right below.
	state model.State
}

// arrange splits the messages into days and groups.
func (p *Pane) arrange() {
	p.items, p.groups, p.asks = p.items[:0], p.groups[:0], -1
	n := len(p.c.Thread.Messages) + len(p.pending)
	var from, to time.Time // the day of the message before
	for i := range n {
		m := p.at(i)
		var f flags
		if i == 0 {
			f |= begins
		}
		if i == 0 || m.SentAt.Before(from) || !m.SentAt.Before(to) {
			from, to = dayOf(m.SentAt, p.look.Zone)
			f |= newDay
		}
		if m.ID != "" && m.ID == p.c.FirstUnread {
			f |= newHere
		}
		if f != 0 || !p.joins(i, m) {
			f |= heads
			p.groups = append(p.groups, group{first: i, state: m.State})
		}
		last := len(p.groups) - 1
		if g := &p.groups[last]; !needsHand(m) && !needsHand(p.at(g.first)) {
			g.state = m.State
		}
		p.items = append(p.items, item{group: last, flags: f})
		if p.asks < 0 && m.State == model.Ask {
			p.asks = i
		}
	}
}

// dayOf returns when the day of a time begins, and when the next one does.
func dayOf(t time.Time, zone *time.Location) (from, to time.Time) {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone), time.Date(y, m, d+1, 0, 0, 0, 0, zone)
}

// joins reports whether a message belongs to the last group.
func (p *Pane) joins(i int, m *model.Message) bool {
	before := p.at(i - 1)
	if m.Direction != before.Direction {
		return false
	}
	if m.Direction == model.System {
		return true
	}
	first := p.at(p.groups[len(p.groups)-1].first)
	return sameAuthor(&m.Author, &before.Author) && m.SentAt.Sub(first.SentAt) <= groupWithin
}

func sameAuthor(a, b *model.Author) bool {
	if a.Kind != b.Kind || a.ID != b.ID {
		return false
	}
	// Without an id, users differ by name; a conversation has one customer.
	return a.ID != "" || a.Kind == model.ByCustomer || a.Name == b.Name
}

// needsHand reports whether a reply waits for somebody to send it again or drop it.
func needsHand(m *model.Message) bool { return m.State == model.Ask || m.State == model.Failed }
