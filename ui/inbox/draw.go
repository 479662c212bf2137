package inbox

import (
	"time"

	"parley/model"
	"parley/model/inbox"
	"parley/ui/look"
)

// Context is what the drawing of a list depends on besides its rows.
type Context struct {
	Now time.Time
	Me  model.UserID
	// Focused: the list has the keyboard.
	Focused bool
	// Draft reports whether a conversation has a draft.
	Draft func(model.ConversationID) bool
	// Empty is the text if there are no rows: what this place is for, and the key to start.
	Empty []look.Piece
}

// memo caches drawn rows.
type memo map[drawing][rowLines]string

// memoRows is how many rows are cached; more than a few screens are no use.
const memoRows = 400

// Lines draws the list: exactly h lines of exactly w cells. next is when something in it
// changes by time alone; zero if never.
func (l *List) Lines(lk look.Look, c Context) (lines []string, next time.Time) {
	p := painter{Look: lk, me: c.Me, w: l.w}
	lines = make([]string, 0, l.h)
	l.Visible = l.Visible[:0]
	if l.rows.Len() == 0 {
		return l.empty(lines, p, c), next
	}
	for i := l.top; len(lines)+rowLines <= l.h; i++ {
		r, ok := l.rows.At(i)
		if !ok {
			break
		}
		d, changes := l.drawing(i, r, p, c)
		next = earlier(next, changes)
		row, ok := l.drawn[d]
		if !ok {
			row = p.row(r, d)
			l.keep(d, row)
		}
		lines = append(lines, row[:]...)
		l.Visible = append(l.Visible, r.ID)
	}
	for len(lines) < l.h {
		lines = append(lines, space(l.w))
	}
	return lines, next
}

func (l *List) keep(d drawing, row [rowLines]string) {
	if len(l.drawn) >= memoRows || l.drawn == nil {
		l.drawn = make(memo, memoRows)
	}
	l.drawn[d] = row
}

// drawing returns everything that the look of a row depends on, and when that changes by time
// alone.
func (l *List) drawing(i int, r inbox.Row, p painter, c Context) (drawing, time.Time) {
	d := drawing{
		id: r.ID, seq: r.Seq, w: l.w, look: p.Version, code: r.Reply.Code, stale: r.Stale,
		selected: r.ID == l.selected, focused: c.Focused && r.ID == l.selected, draft: c.Draft != nil && c.Draft(r.ID),
		chosen: l.chosen.ids[r.ID], asleep: r.Asleep(c.Now), linked: len(r.Links) > 0,
	}
	age, next := p.Age(c.Now, r.UpdatedAt)
	d.age = age
	d.need = needOf(r, d.draft, c.Now)
	if r.Reply.Allowed && r.Reply.Until != nil {
		left, changes := p.soonOver(c.Now, *r.Reply.Until, r.Reply.Uncertain)
		d.left, d.urgency = left, look.UrgencyOf(r.Reply.Until.Sub(c.Now))
		if left != "" && !d.need.waits() {
			d.urgency = look.Calm
		}
		next = earlier(next, changes)
	}
	if f, ok := l.rows.(*foundRows); ok {
		d.hit = f.hit(i)
		d.found = d.hit != ""
	}
	return d, next
}

// soonOver words the time left to answer a customer if it is soon over, and returns when that
// changes.
func (p painter) soonOver(now, until time.Time, uncertain bool) (string, time.Time) {
	if left := until.Sub(now); left > look.SoonOver {
		return "", until.Add(-look.SoonOver)
	}
	return p.LeftSaid(now, until, uncertain)
}

// empty draws the text for no rows, centred.
func (l *List) empty(lines []string, p painter, c Context) []string {
	return append(lines, centred(p.Look, c.Empty, l.w, l.h)...)
}

// centred draws sentences in the middle of exactly h lines of exactly w cells.
func centred(l look.Look, sentences []look.Piece, w, h int) []string {
	var said []look.Piece
	for _, s := range sentences {
		for _, part := range l.Clauses(s.Text, max(2, w-2)) {
			said = append(said, look.Piece{Text: l.Cut(part, w), Style: s.Style})
		}
	}
	said = said[:min(len(said), h)]
	lines := make([]string, 0, h)
	for range (h - len(said)) / 2 {
		lines = append(lines, space(w))
	}
	for _, s := range said {
		n := l.Cells.Width(s.Text)
		lines = append(lines, space((w-n)/2)+s.Style.Paint(s.Text)+space(w-n-(w-n)/2))
	}
	for len(lines) < h {
		lines = append(lines, space(w))
	}
	return lines
}

// earlier returns the earlier of two times; a zero time is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
