package inbox

import (
	"slices"

	"parley/model"
)

// Filter is one of the lists of the inbox.
type Filter string

// The filters of the inbox, with the hub's meaning. The empty one is FilterAll. A conversation
// that can't be answered is in FilterBlocked and no longer open; while its whole Page refuses
// replies, for minutes perhaps, it is in both: what was open does not leave with that.
const (
	FilterAll        Filter = "all"
	FilterOpen       Filter = "open"       // not done, not snoozed, not blocked by itself
	FilterMine       Filter = "mine"       // assigned to the user, not done
	FilterUnassigned Filter = "unassigned" // open, without assignee
	FilterSnoozed    Filter = "snoozed"    // snoozed, and the snooze has not ended
	FilterDone       Filter = "done"
	FilterBlocked    Filter = "blocked"   // not done, and no reply is allowed now
	FilterMentioned  Filter = "mentioned" // a note mentions the user, who has not opened it since
	FilterWaiting    Filter = "waiting"   // the customer waits, not done or snoozed; or a reply asks
)

// Query selects a view: a filter, further terms and an order, of one Page or of all. The zero
// value is everything, newest first.
type Query struct {
	Filter Filter
	Sort   Sort
	Page   model.PageID
	// Where are terms in the language of [query.Parse], as [query.Query] prints them. Words are
	// left out of account. What is no query asks for nothing.
	Where string
}

func (q Query) normal() Query {
	if q.Filter == "" {
		q.Filter = FilterAll
	}
	if q.Sort != SortWaiting && q.Sort != SortClosing {
		q.Sort = SortNewest
	}
	return q
}

// mostViews is how many orders are kept up to date; the least recently read is dropped. It is
// more than the screen reads at a time: what is shown, who waits, three saved views, and the
// order of all for each sort.
const mostViews = 14

// view keeps the rows of a query in order.
type view struct {
	query Query
	terms
	rows ordered
	used uint64
}

// holds reports whether a row belongs to the view.
func (v *view) holds(r *row) bool { return v.query.holds(r) && v.terms.hold(r) }

// holds reports whether a row belongs to the query, but for its terms.
func (q Query) holds(r *row) bool {
	if q.Page != "" && r.page.page.ID != q.Page {
		return false
	}
	switch q.Filter {
	case FilterAll:
		return true
	case FilterOpen:
		return r.class.has(isOpen)
	case FilterMine:
		return r.class.has(isMine)
	case FilterUnassigned:
		return r.class.has(isUnassigned)
	case FilterSnoozed:
		return r.class.has(isAsleep)
	case FilterDone:
		return r.class.has(isDone)
	case FilterMentioned:
		return r.class.has(isMentioned)
	case FilterWaiting:
		return r.class.has(isWaiting)
	case FilterBlocked:
		return r.class.has(isBlocked) || r.page.blocks && r.class.has(isUndone)
	}
	return false
}

// Holds reports whether a view of the query would hold that version of a conversation now.
func (t *table) Holds(q Query, c model.Conversation) bool {
	p, ok := t.pages[c.PageID]
	if !ok || !fitting(c.PageID, &c) {
		return false
	}
	r := p.pack(&c)
	r.class = t.judge(&r)
	return q.normal().holds(&r) && newTerms(q.Where, t.user.ID).hold(&r)
}

// View reads the conversations of a query, in its order, as they are at the time of reading.
// It is free to keep: the order behind it is built when first read, and kept up to date
// while it is among the few that were read last.
type View struct {
	of    *table
	query Query
}

// View returns the view of a query. An unknown filter holds nothing, an unknown sort is
// SortNewest.
func (t *table) View(q Query) View { return View{t, q.normal()} }

// Len returns how many conversations it holds.
func (v View) Len() int { return v.of.view(v.query).rows.n }

// At returns the ith conversation, 0 ≤ i < Len, and false beyond.
func (v View) At(i int) (Row, bool) {
	rows := &v.of.view(v.query).rows
	if i < 0 || i >= rows.n {
		return Row{}, false
	}
	return v.of.row(rows.at(i)), true
}

// Index returns the index of a conversation, and false if the view does not hold it.
func (v View) Index(id model.ConversationID) (int, bool) {
	held := v.of.view(v.query)
	r := v.of.find(id)
	if r == nil || !held.holds(r) {
		return 0, false
	}
	return held.rows.index(r), true
}

// Row is a conversation as a list shows it. Its Reply is the verdict now.
type Row struct {
	model.Conversation
	// Stale: the current reload has not confirmed it yet, or the hub has confirmed nothing of
	// what an earlier run kept.
	Stale bool
}

func (t *table) row(r *row) Row {
	c := r.unpack()
	c.Reply = model.CanReply(t.clock, r.page.page, c, t.user.ID)
	return Row{Conversation: c, Stale: r.stale() || !t.keptSince.IsZero()}
}

func (t *table) find(id model.ConversationID) *row {
	p, ok := t.pages[id.Page()]
	if !ok {
		return nil
	}
	return p.rows[id.Customer()]
}

// Conversation returns a conversation by its id.
func (t *table) Conversation(id model.ConversationID) (Row, bool) {
	r := t.find(id)
	if r == nil {
		return Row{}, false
	}
	return t.row(r), true
}

// view returns the order of a query, building it if it is not kept.
func (t *table) view(q Query) *view {
	t.uses++
	all := Query{Filter: FilterAll, Sort: q.Sort}
	var base *view // the other views of this sort are made from it
	for _, v := range t.views {
		if v.query == q {
			v.used = t.uses
			return v
		}
		if v.query == all {
			base = v
		}
	}
	if base == nil {
		base = &view{query: all, rows: t.sorted(q.Sort), used: t.uses}
		t.cacheView(base)
	}
	if q == all {
		return base
	}
	base.used = t.uses
	v := &view{query: q, terms: newTerms(q.Where, t.user.ID), rows: ordered{sort: q.Sort}, used: t.uses}
	for _, c := range base.rows.chunks {
		for _, r := range c {
			if v.holds(r) {
				v.rows.add(r)
			}
		}
	}
	t.cacheView(v)
	return v
}

// cacheView adds a view, and drops the least recently read one if there are too many.
func (t *table) cacheView(v *view) {
	if len(t.views) == mostViews {
		oldest := 0
		for i, w := range t.views {
			if w.used < t.views[oldest].used {
				oldest = i
			}
		}
		t.views = slices.Delete(t.views, oldest, oldest+1)
	}
	t.views = append(t.views, v)
}

// sorted returns all rows in an order, from scratch.
func (t *table) sorted(s Sort) ordered {
	type entry struct {
		key sortKey
		row *row
	}
	var list []entry
	for _, p := range t.pages {
		list = slices.Grow(list, len(p.rows))
		for _, r := range p.rows {
			list = append(list, entry{s.key(r), r})
		}
	}
	slices.SortFunc(list, func(a, b entry) int { return compareRows(a.key, b.key, a.row, b.row) })
	o := ordered{sort: s}
	for _, e := range list {
		o.add(e.row)
	}
	return o
}

// forgetBlocked drops the views whose members changed with a Page; the next read rebuilds
// them from the order of all.
func (t *table) forgetBlocked() {
	t.views = slices.DeleteFunc(t.views, func(v *view) bool { return v.query.Filter == FilterBlocked || v.blocked })
}

// put copies next into old, or adds a copy of next if old is nil.
func (t *table) put(old *row, next *row) {
	next.class = t.judge(next)
	if old == nil {
		r := new(row)
		*r = *next
		r.page.rows[r.psid()] = r
		r.page.counts.add(r.class, 1)
		t.schedule(r)
		t.linked.add(r)
		for _, v := range t.views {
			if v.holds(r) {
				v.rows.insert(r)
			}
		}
		return
	}
	next.due = old.due
	var moves uint // the views in which its place changes
	for i, v := range t.views {
		held, holds := v.holds(old), v.holds(next)
		if held && holds && v.query.Sort.key(old) == v.query.Sort.key(next) {
			continue
		}
		if held {
			v.rows.remove(old)
		}
		if holds {
			moves |= 1 << i
		}
	}
	old.page.counts.add(old.class, -1)
	psid := old.psid()
	t.linked.remove(old)
	*old = *next
	t.linked.add(old)
	old.page.counts.add(old.class, 1)
	t.schedule(old)
	for i, v := range t.views {
		if moves&(1<<i) != 0 {
			v.rows.insert(old)
		}
	}
	t.rekey(old, psid)
}

// rekey makes the index use the row's new string, so that the old one can be freed.
func (t *table) rekey(r *row, old model.PSID) {
	delete(r.page.rows, old)
	r.page.rows[r.psid()] = r
}

// removeRow removes one conversation.
func (t *table) removeRow(r *row) {
	for _, v := range t.views {
		if v.holds(r) {
			v.rows.remove(r)
		}
	}
	r.page.counts.add(r.class, -1)
	t.due.remove(r)
	t.linked.remove(r)
	delete(r.page.rows, r.psid())
}

// removeRows removes the conversations of a Page for which f holds, in one pass.
func (t *table) removeRows(p *inboxPage, f func(*row) bool) {
	gone := func(r *row) bool { return r.page == p && f(r) }
	for _, v := range t.views {
		v.rows.removeIf(gone)
	}
	t.due.removeIf(gone)
	for psid, r := range p.rows {
		if f(r) {
			p.counts.add(r.class, -1)
			t.linked.remove(r)
			delete(p.rows, psid)
		}
	}
}
