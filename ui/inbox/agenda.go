package inbox

import (
	"sort"
	"strings"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/look"
	"parley/ui/screen"
)

// closingWithin is how near the end of a reply window is for the agenda to count it.
const closingWithin = 30 * time.Minute

// Agenda says what there is to do while no conversation is shown.
type Agenda struct {
	*screen.Screen
	list  *List
	turns *Turns
	// finished are the conversations that the user finished here, and when.
	finished map[model.ConversationID]time.Time
	drawn    drawn
}

// agenda is what there is to do, and what was done.
type agenda struct {
	// closing and waiting are customers who wait and can be answered: in the next half hour
	// only, and in all. closed can't be answered.
	closing, waiting, closed int
	// first is with whom to begin; someone: there is somebody.
	first   inbox.Row
	someone bool
	// done is how many were done today, as far as that is known here.
	done int
	// next is when the numbers change by time alone; zero: never.
	next time.Time
}

// count counts what there is to do on the Page that is shown, or on all.
func (m *Agenda) count() agenda {
	now := m.Now()
	a := agenda{closed: m.Inbox.Counts(m.Query.Page).Blocked, done: m.doneToday(now)}
	a.first, a.someone = m.turns.Peek()
	v := m.Inbox.View(inbox.Query{Filter: inbox.FilterWaiting, Sort: inbox.SortClosing, Page: m.Query.Page})
	for _, part := range pinnedApart(v) {
		closed := part.until(func(r inbox.Row) bool { at := r.ClosedAt(); return at == nil || !now.Before(*at) })
		soon := part.until(func(r inbox.Row) bool {
			at := r.WindowUntil
			return at == nil || !now.Before(*at) || at.Sub(now) > closingWithin
		})
		a.waiting += closed
		a.closing += soon
		if r, ok := v.At(part.from); ok && closed > 0 {
			a.next = earlier(a.next, *r.ClosedAt())
		}
		if r, ok := v.At(part.from + soon); ok && soon < closed && r.WindowUntil != nil && now.Before(*r.WindowUntil) {
			a.next = earlier(a.next, r.WindowUntil.Add(-closingWithin))
		}
	}
	return a
}

// part is rows of a view in one order: pinned ones come first, in an order of their own.
type part struct {
	rows     Rows
	from, to int
}

func pinnedApart(v Rows) [2]part {
	n := sort.Search(v.Len(), func(i int) bool {
		r, _ := v.At(i)
		return !r.Pinned
	})
	return [2]part{{v, 0, n}, {v, n, v.Len()}}
}

// until returns how many rows come before the first for which beyond holds; it holds for all
// after that.
func (p part) until(beyond func(inbox.Row) bool) int {
	return sort.Search(p.to-p.from, func(i int) bool {
		r, _ := p.rows.At(p.from + i)
		return beyond(r)
	})
}

// doneToday counts the conversations that are done and in which something was said today, and
// those that the user finished here today. Nobody keeps when a conversation was done, so that
// others' work on older ones is missing.
func (m *Agenda) doneToday(now time.Time) int {
	today := look.Midnight(now.In(m.Look.Zone))
	n := 0
	for _, part := range pinnedApart(m.Inbox.View(inbox.Query{Filter: inbox.FilterDone, Page: m.Query.Page})) {
		n += part.until(func(r inbox.Row) bool { return r.UpdatedAt.Before(today) })
	}
	for id, at := range m.finished {
		r, ok := m.Inbox.Conversation(id)
		if ok && r.Status == model.Done && !at.Before(today) && r.UpdatedAt.Before(today) && (m.Query.Page == "" || m.Query.Page == r.PageID) {
			n++
		}
	}
	return n
}

// FinishedNow remembers that the user finished a conversation, or opened it again.
func (m *Agenda) FinishedNow(c model.Conversation) {
	if c.Status != model.Done {
		delete(m.finished, c.ID)
		return
	}
	if m.finished == nil {
		m.finished = map[model.ConversationID]time.Time{}
	}
	if _, ok := m.finished[c.ID]; !ok {
		m.finished[c.ID] = m.Now()
	}
}

// drawn is the agenda as it was drawn last, since to look for who is first costs more the
// more there are who wait.
type drawn struct {
	on    agendaGround
	lines []string
	next  time.Time
}

// agendaGround is what an agenda depends on besides the time.
type agendaGround struct {
	w, h int
	look uint32
	page model.PageID
	// filter is the one shown; list is how often the list was refreshed.
	filter inbox.Filter
	list   uint64
}

// Lines says what there is to do while no conversation is shown, in exactly h lines of
// exactly w cells: how much, and with whom it begins; or that there is nothing left. next is
// when that changes by time alone; zero: never.
func (m *Agenda) Lines(w, h int) (lines []string, next time.Time) {
	on := agendaGround{w, h, m.Look.Version, m.Query.Page, m.Query.Filter, m.list.refreshed}
	if d := m.drawn; d.lines != nil && d.on == on && (d.next.IsZero() || m.Now().Before(d.next)) {
		return d.lines, d.next
	}
	var said []look.Piece
	if m.Inbox.AllComplete() && m.Inbox.Counts(m.Query.Page).All > 0 { // else the list says what this is for
		said, next = m.said(m.count())
	}
	m.drawn = drawn{on, centred(m.Look, said, w, h), next}
	return m.drawn.lines, next
}

// Leave drops the agenda as it was drawn: a conversation is shown, and who is first may
// be another afterwards.
func (m *Agenda) Leave() { m.drawn = drawn{} }

func (m *Agenda) said(a agenda) ([]look.Piece, time.Time) {
	th := m.Look.Theme
	if !a.someone && a.waiting == 0 {
		return m.nothingLeft(a), look.NextDay(m.Now().In(m.Look.Zone))
	}
	var counts []string
	count := func(n int, one, many i18n.ID) {
		switch {
		case n == 1:
			counts = append(counts, m.Say(one))
		case n > 1:
			counts = append(counts, m.Say(many, "N", look.Thousands(n)))
		}
	}
	count(a.closing, i18n.AgendaClosingOne, i18n.AgendaClosing)
	count(a.waiting, i18n.AgendaWaitingOne, i18n.AgendaWaiting)
	count(a.closed, i18n.AgendaClosedOne, i18n.AgendaClosed)
	all := look.Piece{Text: strings.Join(counts, " "+th.Bullet+" "), Style: th.Text}
	if !a.someone { // nobody can be answered now: the banner says why
		return []look.Piece{all}, a.next
	}
	name, key := m.Look.Name(a.first.Customer), m.KeyOf("next_waiting")
	begin, next := m.Say(i18n.AgendaFirst, "Key", key, "Name", name), a.next
	if u := a.first.Reply.Until; a.first.Reply.Allowed && u != nil {
		left, changes := m.Look.LeftSaid(m.Now(), *u, a.first.Reply.Uncertain)
		begin = m.Say(i18n.AgendaFirstLeft, "Key", key, "Name", name, "Left", left)
		next = earlier(next, changes)
	}
	return []look.Piece{all, {Text: begin, Style: th.Muted}}, next
}

// nothingLeft says that everybody is answered, and where there is something to be seen.
func (m *Agenda) nothingLeft(a agenda) []look.Piece {
	th := m.Look.Theme
	said := m.Say(i18n.AgendaZero)
	switch {
	case a.done == 1:
		said = m.Say(i18n.AgendaZeroOne)
	case a.done > 1:
		said = m.Say(i18n.AgendaZeroDone, "N", look.Thousands(a.done))
	}
	out := []look.Piece{{Text: said, Style: th.Good}}
	if f, n := m.nextFilled(); n > 0 {
		out = append(out, look.Piece{
			Text:  m.Say(i18n.AgendaNext, "Key", m.KeyOf("filter_"+string(f)), "Filter", m.Say(i18n.FilterName(string(f))), "N", look.Thousands(n)),
			Style: th.Muted,
		})
	}
	return out
}

// nextFilled returns the next filter that holds something, and how much.
func (m *Agenda) nextFilled() (inbox.Filter, int) {
	counts := m.Inbox.Counts(m.Query.Page)
	at := 0
	for i, f := range Filters {
		if f == m.Query.Filter {
			at = i
		}
	}
	for i := range Filters {
		f := Filters[(at+i+1)%len(Filters)]
		if n := counts.Of(f); n > 0 && f != m.Query.Filter {
			return f, n
		}
	}
	return "", 0
}

// Zero says that everybody is answered and something was done today, for a list that holds
// nothing and is alone on the screen, and when that changes by time alone; nil: that is not so.
func (m *Agenda) Zero() ([]look.Piece, time.Time) {
	if !m.Inbox.AllComplete() {
		return nil, time.Time{}
	}
	a := m.count()
	if a.someone || a.waiting > 0 || a.done == 0 {
		return nil, a.next
	}
	return m.nothingLeft(a), look.NextDay(m.Now().In(m.Look.Zone))
}
