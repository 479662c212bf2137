// Package inbox holds what one user's client knows, as rows, views and counts: a reducer over
// what the hub said. It does no I/O and has no clock.
package inbox

import (
	"maps"
	"slices"
	"time"

	"parley/model"
)

// Inbox is what one user's client knows: the Pages, the head of every
// conversation that the user may see, recent notices, and the messages of the
// conversations opened last. It is a reducer: the client hands it what the hub
// says (frames of the stream, lists), the screen reads it.
//
// It has no clock. Advance tells it the hub's time, and everything that depends
// on time (filters, counts, orders, verdicts) stands as of then; before the first
// Advance no time has passed at all. Times are kept to the microsecond.
//
// What it is given belongs to it, what it hands out is shared with it: neither may
// be changed. It is not safe for concurrent use: one goroutine owns it.
//
// Three things hold after every call:
//   - It holds nothing of a Page that the user may not see, but what anybody may
//     know of it.
//   - An object is never replaced by one that is not newer, and what was removed
//     does not come back by what was said before.
//   - Once a Page is complete, what is held of it is what a fresh client would
//     hold at that position.
type Inbox struct {
	table
	report

	// feedback is where users say what they miss.
	feedback model.Untrusted
	// order is the hub's order of the Pages.
	order []model.PageID
	// named: the hub has said which Pages there are, be it none.
	named bool
	// runs counts reloads, so that each is told from those before it.
	runs    uint32
	threads map[model.ConversationID]*thread

	scratch struct {
		conversation model.Conversation
		message      model.Message
	}
}

// table holds the rows of all Pages, and keeps what is made of them: counts, orders, when
// time changes them.
type table struct {
	user  model.User
	clock time.Time
	now   stamp // clock
	// passed is the latest time, of all that conversations wait for, that is over.
	passed stamp

	pages  map[model.PageID]*inboxPage
	due    timetable
	linked linkIndex
	views  []*view
	uses   uint64
}

// report gathers what a call changes.
type report struct{ changes Changes }

// phase is how far the client has come with a Page.
type phase uint8

const (
	notHeld  phase = iota // nothing is held: hidden, or the hub has not named it yet
	wanted                // to be reloaded; what is held is stale
	begun                 // a reload has begun and waits for its first list
	listing               // the first list gave the position; batches apply
	listed                // all lists are in; the position has not reached them yet
	complete              // everything at the position is held
)

// inboxPage is what is held of one Page.
type inboxPage struct {
	page   model.Page
	hidden bool // the hub said that the user may not see into it
	phase  phase

	// at is the position of what is held; placed tells whether there is one. It
	// only counts as applied from listing on.
	at     model.Position
	placed bool
	// run is the reload under way, or the last: rows of another run are stale.
	run uint32
	// first and target are the positions of the first and of the newest list.
	first, target int64
	// known: page can be compared by seq; pageRead: it was read after the first list.
	known, pageRead bool

	rows map[model.PSID]*row
	// blocks: the Page itself refuses every reply now.
	blocks bool
	counts tally
	// told are the hub's own counts, of while the Page is read; nil: none.
	told *Counts
	// removed holds what is gone, with the seq at which it went.
	removed map[string]int64
	notices []model.Notice
}

// positioned tells whether batches apply.
func (p *inboxPage) positioned() bool { return p.phase >= listing }

// NewInbox returns an Inbox of that user that knows nothing yet.
func NewInbox(user model.User) *Inbox {
	return &Inbox{
		table:   table{user: user, now: never, passed: never, pages: map[model.PageID]*inboxPage{}, linked: linkIndex{}},
		threads: map[model.ConversationID]*thread{},
	}
}

// User returns whose inbox this is.
func (in *Inbox) User() model.User { return in.user }

// FeedbackURL is where users say what they miss; empty: nowhere.
func (in *Inbox) FeedbackURL() model.Untrusted { return in.feedback }

// setUser takes over a change of the user's name, address or role. Another user
// (by id) begins with nothing: all that is held is dropped. Without an id it does
// nothing.
func (in *Inbox) setUser(user model.User) {
	if user.ID == "" || user == in.user {
		return
	}
	if user.ID != in.user.ID {
		for _, p := range in.pages {
			in.drop(p)
		}
		in.pages, in.order, in.named = map[model.PageID]*inboxPage{}, nil, false
		in.views, in.threads = nil, map[model.ConversationID]*thread{}
		in.passed = never
	}
	in.user = user
	in.changes.Pages = true
}

// Changes says what a call changed, so that a screen draws only that again.
type Changes struct {
	// Lists: a view or a count may differ: members, order, what a row shows.
	Lists bool
	// Pages: a page object, or how far a Page is loaded.
	Pages bool
	// Notices: the notices.
	Notices bool
	// Conversations are those whose head changed, came or went. The slice may name
	// one twice, and holds until the next call that changes the Inbox.
	Conversations []model.ConversationID
	// Many: there are more than Conversations names; take all as changed.
	Many bool
	// Threads are the opened conversations whose messages changed; like
	// Conversations. Those of a Page that is dropped go without being named.
	Threads []model.ConversationID
	// Links are those of whose links it was told, which may be the same: a record may show
	// something else now. Like Conversations.
	Links []model.ConversationID
}

// Any tells whether anything changed.
func (c Changes) Any() bool {
	return c.Lists || c.Pages || c.Notices || c.Many || len(c.Conversations)+len(c.Threads) > 0
}

// namedChanges is how many conversations Changes names before it says Many.
const namedChanges = 64

// begin starts the report of one call.
func (r *report) begin() {
	// No id stays behind in what the slices stand on.
	clear(r.changes.Conversations)
	clear(r.changes.Threads)
	clear(r.changes.Links)
	r.changes = Changes{
		Conversations: r.changes.Conversations[:0],
		Threads:       r.changes.Threads[:0],
		Links:         r.changes.Links[:0],
	}
}

// headChanged reports a conversation.
func (r *report) headChanged(id model.ConversationID) {
	r.changes.Lists = true
	if r.changes.Many {
		return
	}
	if len(r.changes.Conversations) == namedChanges {
		r.changes.Many = true
		return
	}
	r.changes.Conversations = append(r.changes.Conversations, id)
}

// manyChanged reports that any conversation may have changed, and forgets the
// names of those reported before.
func (r *report) manyChanged() {
	r.changes.Lists, r.changes.Many = true, true
	r.changes.Conversations = nil
}

// threadChanged reports an opened conversation.
func (r *report) threadChanged(id model.ConversationID) {
	if n := len(r.changes.Threads); n == 0 || r.changes.Threads[n-1] != id {
		r.changes.Threads = append(r.changes.Threads, id)
	}
}

// page returns what is held of a Page, from now on at least its id.
func (in *Inbox) page(id model.PageID) *inboxPage {
	p, ok := in.pages[id]
	if !ok {
		p = &inboxPage{page: model.Page{ID: id, PageID: id.Meta()}, rows: map[model.PSID]*row{}, blocks: true}
		in.pages[id] = p
		in.order = append(in.order, id)
		in.changes.Pages = true
	}
	return p
}

// Pages returns every Page known, in the hub's order; of those that the user may
// not see into, only what anybody may know.
func (in *Inbox) Pages() []model.Page {
	list := make([]model.Page, 0, len(in.order))
	for _, id := range in.order {
		list = append(list, in.pages[id].page)
	}
	return list
}

// Page returns a Page by its id.
func (in *Inbox) Page(id model.PageID) (model.Page, bool) {
	p, ok := in.pages[id]
	if !ok {
		return model.Page{}, false
	}
	return p.page, true
}

// setPages takes over the list of all Pages. Of a Page that it says the user
// does not see, what is held is dropped. The other way round the stream is the
// authority: a Page that it hid stays hidden until it says otherwise. A Page that
// is absent is forgotten unless something of it is held.
//
// A reload needs it: read the Pages after the first list, or a change of the Page
// in between would be missed; until then the Page does not get complete.
func (in *Inbox) setPages(list []model.Page) {
	order := make([]model.PageID, 0, len(list))
	for _, page := range list {
		p := in.page(page.ID)
		if !slices.Contains(order, page.ID) {
			order = append(order, page.ID)
		}
		if !page.Sees && !p.hidden {
			in.hide(p)
		}
		if p.hidden {
			p.page = page.Public()
			in.changes.Pages = true
			continue
		}
		if p.phase == notHeld {
			p.phase = wanted
		}
		in.putPage(p, page)
		in.tryComplete(p)
	}
	for _, id := range in.order {
		if slices.Contains(order, id) {
			continue
		}
		if in.pages[id].phase == notHeld {
			delete(in.pages, id)
			in.changes.Pages = true
			continue
		}
		order = append(order, id)
	}
	if !in.named {
		in.named, in.changes.Pages = true, true
	}
	in.order = order
}

// putPage takes over a page object of a Page that the user sees, if it is newer.
func (in *Inbox) putPage(p *inboxPage, page model.Page) {
	p.pageRead = true
	if p.known && page.Seq <= p.page.Seq {
		return
	}
	page.Sees = true
	p.page, p.known = page, true
	in.changes.Pages = true
	in.judgePage(p)
}

// judgePage works out anew whether the Page refuses every reply. Verdicts of its
// conversations are never stored, so that only views of what is blocked are made
// anew, when they are next read.
func (in *Inbox) judgePage(p *inboxPage) {
	blocks := model.PageBlocks(in.clock, p.page) || !model.CanSee(in.user.ID, p.page)
	if blocks == p.blocks {
		return
	}
	p.blocks = blocks
	in.forgetBlocked()
	in.changes.Pages = true
	if len(p.rows) > 0 {
		in.manyChanged()
	}
}

// hide drops all of a Page that the user may not see into, but its public face.
func (in *Inbox) hide(p *inboxPage) {
	in.drop(p)
	p.hidden, p.phase, p.blocks = true, notHeld, true
	p.page = p.page.Public()
	in.changes.Pages = true
}

// drop forgets what a Page holds: conversations, messages, notices, counts,
// position. The page object stays until another comes.
func (in *Inbox) drop(p *inboxPage) {
	if len(p.rows) > 0 {
		in.removeRows(p, func(*row) bool { return true })
		in.manyChanged()
	}
	if len(p.notices) > 0 {
		in.changes.Notices = true
	}
	maps.DeleteFunc(in.threads, func(id model.ConversationID, t *thread) bool { return t.page == p })
	in.changes.Threads = slices.DeleteFunc(in.changes.Threads, func(id model.ConversationID) bool {
		return id.Page() == p.page.ID
	})
	p.rows, p.removed, p.notices = map[model.PSID]*row{}, nil, nil
	p.at, p.placed, p.first, p.target = model.Position{}, false, 0, 0
	p.known, p.pageRead = false, false
	in.forgetTold(p)
	in.changes.Pages = true
}

// Notices returns the newest notices of the Pages, newest first.
func (in *Inbox) Notices() []model.Notice {
	var list []model.Notice
	for _, p := range in.pages {
		list = append(list, p.notices...)
	}
	slices.SortFunc(list, newestNotice)
	return list
}
