package inbox

import (
	"slices"
	"time"
)

// Advance sets the hub's time. Its cost depends on what that changes: snoozes that end,
// windows that close, another app's hold that ends, Pages that may send again. If time goes
// back past any of these, every row is judged again.
func (in *Inbox) Advance(now time.Time) Changes {
	in.beginReport()
	in.advance(now)
	return in.changes
}

func (in *Inbox) advance(now time.Time) {
	in.clock, in.now = now, stamp(now.UnixMicro())
	if in.now < in.passed {
		in.judgeAll()
		in.manyChanged()
	}
	for len(in.due.list) > 0 && in.due.list[0].at <= in.now {
		r := in.due.list[0].row
		next := *r
		in.headChanged(r.id())
		in.put(r, &next)
	}
	for _, p := range in.pages {
		in.judgePage(p)
	}
}

// Now returns the hub's time as of the last Advance.
func (t *table) Now() time.Time { return t.clock }

// judgeAll judges every conversation again.
func (t *table) judgeAll() {
	t.passed, t.views, t.due = never, nil, timetable{}
	for _, p := range t.pages {
		p.counts = tally{}
		for _, r := range p.rows {
			r.due = 0
			r.class = t.judge(r)
			p.counts.add(r.class, 1)
			t.schedule(r)
		}
	}
}

// Next returns when something changes by time alone: call Advance then. It is zero if
// nothing does.
func (t *table) Next() time.Time {
	var next time.Time
	sooner := func(at time.Time) {
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	if len(t.due.list) > 0 {
		sooner(t.due.list[0].at.time())
	}
	for _, p := range t.pages {
		if len(p.rows) == 0 {
			continue
		}
		if at := p.page.RateLimitedUntil; at != nil && t.clock.Before(*at) {
			sooner(*at)
		}
		if r := p.page.Restricted; r != nil && r.RetryAt != nil && t.clock.Before(*r.RetryAt) {
			sooner(*r.RetryAt)
		}
	}
	return next
}

// judge returns the class of a row now. It also records in passed which of the row's times
// are over.
func (t *table) judge(r *row) class {
	for _, at := range r.times() {
		if at <= t.now && at > t.passed {
			t.passed = at
		}
	}
	var c class
	switch {
	case r.window > t.now:
		c |= windowOpen
	case r.uncertainUntil() > t.now:
		c |= windowUncertain
	}
	if r.facts.has(factAsks) {
		c |= isWaiting
	}
	if r.extra != nil && slices.Contains(r.extra.mentioned, t.user.ID) {
		c |= isMentioned
	}
	if r.facts.has(factDone) {
		return c | isDone
	}
	c |= isUndone
	if r.blocked(t.now) {
		c |= isBlocked
	}
	if until := r.snoozedUntil(); r.facts.has(factSnoozed) && (until == never || t.now < until) {
		c |= isAsleep
	} else {
		if !c.has(isBlocked) {
			c |= isOpen
		}
		if r.facts.has(factWaiting) {
			c |= isWaiting
		}
	}
	switch {
	case !r.facts.has(factAssigned):
		if c.has(isOpen) {
			c |= isUnassigned
		}
	case r.assignee.Value().ID == t.user.ID:
		c |= isMine
	}
	if r.unread > 0 {
		c |= isUnread
	}
	return c
}

// blocked is [conversationVerdict] for a packed row.
func (r *row) blocked(now stamp) bool {
	if !r.facts.has(factStarted) || r.window <= now && r.uncertainUntil() <= now || r.facts.has(factUnreachable) {
		return true
	}
	until := r.otherAppUntil()
	return r.facts.has(factOtherApp) && (until == never || now < until)
}

// times are when a row's class may change; never for none.
func (r *row) times() [4]stamp {
	list := [4]stamp{r.window, never, never, r.uncertainUntil()}
	if r.facts.has(factSnoozed) {
		list[1] = r.snoozedUntil()
	}
	if r.facts.has(factOtherApp) {
		list[2] = r.otherAppUntil()
	}
	return list
}

// schedule puts a row into the timetable with the next time at which its class may change,
// or removes it.
func (t *table) schedule(r *row) {
	next := never
	for _, at := range r.times() {
		if at > t.now && (next == never || at < next) {
			next = at
		}
	}
	if next == never {
		t.due.remove(r)
		return
	}
	t.due.set(r, next)
}

// timetable is a heap of rows by when they change; each row knows its index.
type timetable struct{ list []dueRow }

type dueRow struct {
	at  stamp
	row *row
}

func (t *timetable) set(r *row, at stamp) {
	if r.due == 0 {
		t.list = append(t.list, dueRow{row: r})
		r.due = int32(len(t.list)) //nolint:gosec // a client holds fewer rows than 2^31
	}
	i := int(r.due) - 1
	t.list[i].at = at
	t.fix(i)
}

func (t *timetable) remove(r *row) {
	if r.due == 0 {
		return
	}
	i, last := int(r.due)-1, len(t.list)-1
	t.swap(i, last)
	t.list[last] = dueRow{}
	t.list = t.list[:last]
	r.due = 0
	if i < last {
		t.fix(i)
	}
}

func (t *timetable) removeIf(f func(*row) bool) {
	old := t.list
	t.list = nil
	for _, d := range old {
		d.row.due = 0
		if !f(d.row) {
			t.set(d.row, d.at)
		}
	}
}

func (t *timetable) swap(i, j int) {
	l := t.list
	l[i], l[j] = l[j], l[i]
	l[i].row.due, l[j].row.due = int32(i+1), int32(j+1) //nolint:gosec // see set
}

// fix restores the heap after a change of the entry at i.
func (t *timetable) fix(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if t.list[parent].at <= t.list[i].at {
			break
		}
		t.swap(i, parent)
		i = parent
	}
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(t.list); child++ {
			if t.list[child].at < t.list[least].at {
				least = child
			}
		}
		if least == i {
			return
		}
		t.swap(i, least)
		i = least
	}
}
