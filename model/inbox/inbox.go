// Package inbox holds what a user's client knows, as rows, views and counts. It is a reducer
// over the hub's updates: no I/O, no clock.
package inbox

import (
	"maps"
	"slices"
	"time"

	"parley/model"
)

// Inbox is what a user's client knows: the Pages, the head of every conversation that the
// user may see, recent notices, and the messages of the conversations opened last. It is a
// reducer: the client applies what the hub sends (frames of the stream, lists), the screen
// reads the result.
//
// It has no clock. Advance sets the hub's time, and everything that depends on time
// (filters, counts, orders, verdicts) is as of then; before the first Advance no time has
// passed. Times are kept to the microsecond.
//
// It owns what it is given and shares what it returns: neither may be modified. It is not
// safe for concurrent use: one goroutine owns it.
//
// Three invariants hold after every call:
//   - Of a Page that the user may not see, it holds only what anybody may know.
//   - An object is replaced only by a newer one, and a removed one is not brought back by
//     anything older than its removal.
//   - Once a Page is complete, it holds exactly what a fresh client would hold at that
//     position.
type Inbox struct {
	table
	report

	// feedback is where users can report what they miss.
	feedback model.Untrusted
	// order is the hub's order of Pages.
	order []model.PageID
	// named: the hub has said which Pages there are, even if none.
	named bool
	// runs counts reloads; each has a number of its own.
	runs    uint32
	threads threads

	scratch struct {
		conversation model.Conversation
		message      model.Message
	}
}

// table holds the rows of all Pages and what is derived from them: counts, orders, the
// timetable.
type table struct {
	user  model.User
	clock time.Time
	// keptSince is as of when what an earlier run kept is; zero: the hub has confirmed it.
	keptSince time.Time
	now       stamp // clock
	// passed is the latest time that has passed of all that any row waits for.
	passed stamp

	pages  map[model.PageID]*inboxPage
	due    timetable
	linked linkIndex
	views  []*view
	uses   uint64
}

// report collects the changes of one call.
type report struct {
	changes Changes
	// heard counts the changes of opened conversations' messages.
	heard uint64
	// version counts the changes of heads; recent are those of the last few.
	version uint64
	recent  [namedChanges]model.ConversationID
}

// phase is how far the loading of a Page is.
type phase uint8

const (
	notHeld   phase = iota // nothing is held: it is hidden, or the hub has not named it yet
	wanted                 // to be reloaded; what is held is stale
	begun                  // the reload has begun and waits for its first list
	restoring              // what an earlier run kept is being read; batches apply
	listing                // the first list set the position; batches apply
	listed                 // all lists are in; the position has not reached them yet
	complete               // everything up to the position is held
)

// inboxPage is what is held of one Page.
type inboxPage struct {
	page   model.Page
	hidden bool // the hub said that the user may not see its content
	phase  phase

	// at is the position of what is held; placed says whether there is one. It counts as
	// applied only from listing on.
	at     model.Position
	placed bool
	// run is the current or last reload; rows of another run are stale.
	run uint32
	// first and target are the positions of the first and of the newest list.
	first, target int64
	// known: page can be compared by seq. pageRead: it was read after the first list.
	known, pageRead bool

	rows map[model.PSID]*row
	// blocks: the Page refuses every reply now.
	blocks bool
	counts tally
	// hubCounts are the hub's counts while the Page is being reloaded; nil: none.
	hubCounts *Counts
	// removed maps what was removed to the seq of its removal.
	removed map[string]int64
	notices []model.Notice
}

// positioned reports whether batches apply.
func (p *inboxPage) positioned() bool { return p.phase >= restoring }

// NewInbox returns an empty Inbox of a user.
func NewInbox(user model.User) *Inbox {
	return &Inbox{
		table:   table{user: user, now: never, passed: never, pages: map[model.PageID]*inboxPage{}, linked: linkIndex{}},
		threads: threads{},
	}
}

// User returns the user whose inbox this is.
func (in *Inbox) User() model.User { return in.user }

// FeedbackURL is where users can report what they miss; empty: nowhere.
func (in *Inbox) FeedbackURL() model.Untrusted { return in.feedback }

// setUser sets the user's name, address or role. A user with another id starts empty: all
// that is held is dropped. A user without id is ignored.
func (in *Inbox) setUser(user model.User) {
	if user.ID == "" || user == in.user {
		return
	}
	if user.ID != in.user.ID {
		for _, p := range in.pages {
			in.drop(p)
		}
		in.pages, in.order, in.named = map[model.PageID]*inboxPage{}, nil, false
		in.views, in.threads = nil, threads{}
		in.passed = never
	}
	in.user = user
	in.changes.Pages = true
}

// Changes says what a call changed, so that the screen redraws only that.
type Changes struct {
	// Lists: a view or a count may have changed: its members, their order, or a row.
	Lists bool
	// Pages: a Page's object or loading phase changed.
	Pages bool
	// Notices: the notices changed.
	Notices bool
	// Conversations are those whose head was changed, added or removed. It may name one
	// twice, and is valid until the next call that changes the Inbox.
	Conversations []model.ConversationID
	// Many: more changed than Conversations names; treat all as changed.
	Many bool
	// Threads are the opened conversations whose messages changed, as in Conversations. Those
	// of a dropped Page go without being named.
	Threads []model.ConversationID
	// Links are the conversations whose links were received, even if they are the same: a
	// record may have changed. As in Conversations.
	Links []model.ConversationID
}

// Any reports whether anything changed.
func (c Changes) Any() bool {
	return c.Lists || c.Pages || c.Notices || c.Many || len(c.Conversations)+len(c.Threads) > 0
}

// namedChanges is how many conversations Changes names before it is Many.
const namedChanges = 64

// beginReport starts the report of a call.
func (r *report) beginReport() {
	// Don't keep ids alive in the backing arrays.
	clear(r.changes.Conversations)
	clear(r.changes.Threads)
	clear(r.changes.Links)
	r.changes = Changes{
		Conversations: r.changes.Conversations[:0],
		Threads:       r.changes.Threads[:0],
		Links:         r.changes.Links[:0],
	}
}

// headChanged reports a change of a conversation's head.
func (r *report) headChanged(id model.ConversationID) {
	r.version++
	r.recent[r.version%namedChanges] = id
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

// manyChanged reports that any conversation may have changed, and drops the names reported
// so far.
func (r *report) manyChanged() {
	r.changes.Lists, r.changes.Many = true, true
	r.changes.Conversations = nil
	r.version += namedChanges + 1 // nobody's version reaches back to before
	r.recent = [namedChanges]model.ConversationID{}
}

// ChangedSince returns the conversations whose head was changed, added or removed since a version
// of what is held, perhaps named twice, and the version now; false: too many were to name them.
// The first version is 0.
func (r *report) ChangedSince(version uint64) (ids []model.ConversationID, now uint64, ok bool) {
	if version > r.version || r.version-version > namedChanges {
		return nil, r.version, false
	}
	for v := version + 1; v <= r.version; v++ {
		ids = append(ids, r.recent[v%namedChanges])
	}
	return ids, r.version, true
}

// threadChanged reports a change of an opened conversation's messages.
func (r *report) threadChanged(id model.ConversationID) {
	r.heard++
	if n := len(r.changes.Threads); n == 0 || r.changes.Threads[n-1] != id {
		r.changes.Threads = append(r.changes.Threads, id)
	}
}

// page returns a Page, adding it if it is new.
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

// Pages returns every known Page in the hub's order; of those that the user may not see, only
// what anybody may know.
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

// setPages applies the list of all Pages. Pages that the user does not see, by this list,
// are dropped. The reverse is up to the stream: a Page that it hid stays hidden until it
// says otherwise. A Page that is not listed is forgotten unless something of it is held.
//
// A reload needs this list, read after the first list of conversations, or a change of the
// Page in between would be missed; until then the Page is not complete.
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

// putPage applies the object of a Page that the user sees, if it is newer.
func (in *Inbox) putPage(p *inboxPage, page model.Page) {
	p.pageRead = true
	if p.known && page.Seq <= p.page.Seq {
		return
	}
	page.Sees = true
	if page.Name != p.page.Name {
		in.forgetNamed()
	}
	p.page, p.known = page, true
	in.changes.Pages = true
	in.judgePage(p)
}

// judgePage recomputes whether the Page refuses every reply. Verdicts of its conversations
// are never stored, so only views of blocked ones are rebuilt, when they are next read.
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

// hide drops all of a Page that the user may not see, except what anybody may know.
func (in *Inbox) hide(p *inboxPage) {
	in.drop(p)
	p.hidden, p.phase, p.blocks = true, notHeld, true
	p.page = p.page.Public()
	in.changes.Pages = true
}

// drop drops what is held of a Page: conversations, messages, notices, counts, position. The
// Page's object stays until another comes.
func (in *Inbox) drop(p *inboxPage) {
	if len(p.rows) > 0 {
		in.removeRows(p, func(*row) bool { return true })
		in.forgetTerms()
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
	in.dropHubCounts(p)
	in.changes.Pages = true
}

// Notices returns the newest notices of all Pages, newest first.
func (in *Inbox) Notices() []model.Notice {
	var list []model.Notice
	for _, p := range in.pages {
		list = append(list, p.notices...)
	}
	slices.SortFunc(list, newestNotice)
	return list
}
