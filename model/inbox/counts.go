package inbox

import "parley/model"

// class says which lists a row belongs to at the Inbox's time, by the conversation alone;
// whether its Page allows a reply is checked on reading.
type class uint16

const (
	isOpen class = 1 << iota // not done, not asleep, not blocked by its own rules
	isMine
	isUnassigned
	isAsleep
	isDone
	isUndone
	isUnread   // not done, and has unread messages
	isBlocked  // not done, and the conversation's rules allow no reply
	windowOpen // the reply window is open
	isWaiting  // not done, not asleep and the customer waits; or a reply asks
	// windowUncertain: the reply window is over, but Facebook may still accept a reply.
	windowUncertain
	isMentioned // a note mentions the user, who has not opened it since
	classes     = iota
)

func (c class) has(d class) bool { return c&d != 0 }

// tally counts the rows of each class.
type tally [classes]int

func (t *tally) add(c class, n int) {
	for i := range t {
		if c.has(1 << i) {
			t[i] += n
		}
	}
}

func (t *tally) of(c class) int {
	for i := range t {
		if c.has(1 << i) {
			return t[i]
		}
	}
	return 0
}

// Counts is how many conversations each filter holds, and how many of those not done have
// unread messages: the answer of GET /v1/counts.
type Counts struct {
	All        int `json:"all"`
	Open       int `json:"open"`
	Mine       int `json:"mine"`
	Unassigned int `json:"unassigned"`
	Snoozed    int `json:"snoozed"`
	Done       int `json:"done"`
	Blocked    int `json:"blocked"`
	Unread     int `json:"unread"`
	Waiting    int `json:"waiting"`
	Mentioned  int `json:"mentioned"`
}

// Of returns the count of a filter.
func (c Counts) Of(f Filter) int {
	switch f {
	case FilterAll, "":
		return c.All
	case FilterOpen:
		return c.Open
	case FilterMine:
		return c.Mine
	case FilterUnassigned:
		return c.Unassigned
	case FilterSnoozed:
		return c.Snoozed
	case FilterDone:
		return c.Done
	case FilterBlocked:
		return c.Blocked
	case FilterWaiting:
		return c.Waiting
	case FilterMentioned:
		return c.Mentioned
	}
	return 0
}

// Counts returns the counts of a Page, or of all Pages if page is empty. For a Page that is
// complete they count the rows held, which is exact at the Inbox's time. For a Page being
// reloaded they are the hub's counts if known, else of the rows held so far.
func (t *table) Counts(page model.PageID) Counts {
	var sum Counts
	for id, p := range t.pages {
		switch {
		case page != "" && id != page:
		case p.hubCounts != nil:
			sum.add(*p.hubCounts)
		default:
			sum.addHeld(p)
		}
	}
	return sum
}

// setCounts sets the hub's counts of a Page that is being reloaded, requested since the
// reload began. They apply until the Page is complete. They are ignored for other Pages,
// whose own counts are better.
func (in *Inbox) setCounts(page model.PageID, c Counts, asOf model.Position) {
	p, ok := in.pages[page]
	if !ok || p.phase != begun && p.phase != listing && p.phase != listed || p.positioned() && p.at.Epoch != asOf.Epoch {
		return
	}
	p.hubCounts = &c
	in.changes.Lists = true
}

// dropHubCounts forgets the hub's counts of a Page.
func (in *Inbox) dropHubCounts(p *inboxPage) {
	if p.hubCounts != nil {
		p.hubCounts = nil
		in.changes.Lists = true
	}
}

func (c *Counts) add(d Counts) {
	c.All += d.All
	c.Open += d.Open
	c.Mine += d.Mine
	c.Unassigned += d.Unassigned
	c.Snoozed += d.Snoozed
	c.Done += d.Done
	c.Blocked += d.Blocked
	c.Unread += d.Unread
	c.Waiting += d.Waiting
	c.Mentioned += d.Mentioned
}

func (c *Counts) addHeld(p *inboxPage) {
	t := &p.counts
	c.All += len(p.rows)
	c.Open += t.of(isOpen)
	c.Mine += t.of(isMine)
	c.Unassigned += t.of(isUnassigned)
	c.Snoozed += t.of(isAsleep)
	c.Done += t.of(isDone)
	c.Unread += t.of(isUnread)
	c.Waiting += t.of(isWaiting)
	c.Mentioned += t.of(isMentioned)
	if p.blocks {
		c.Blocked += t.of(isUndone)
		return
	}
	c.Blocked += t.of(isBlocked)
}
