package inbox_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/model"
	"parley/model/inbox"
)

// wire is a client with an Inbox, its connection to the hub, and the answers under
// way. It follows the hub in the simplest way, and hands the Inbox what package stream
// would. Whatever may go badly, a test may make it do.
type wire struct {
	w  *world
	in *inbox.Inbox
	// held is how far it is with each Page.
	held map[model.PageID]*following
	// sent is up to where the hub has sent each Page that streams; nothing streams
	// while the client is not connected.
	sent map[model.PageID]int64
	// frames are on their way; past ones may come again.
	frames, past []any
	answers      []func()
	// behind is how far a client may be behind before it has to reload.
	behind int64
	// listings counts the times that the Pages were listed because access may have changed.
	listings int
	errs     []error
}

// following is how far a client is with a Page.
type following struct {
	model.Position
	// placed: changes go on from there. reading: its lists are being read.
	placed, reading bool
	first           int64
}

func newWire(w *world) *wire {
	c := &wire{w: w, in: inbox.NewInbox(me), held: map[model.PageID]*following{}, behind: 12}
	c.in.Advance(w.now)
	return c
}

// hands hands updates on.
func (c *wire) hands(updates ...inbox.Update) {
	if _, err := c.in.Apply(updates...); err != nil {
		c.errs = append(c.errs, err)
	}
}

func (c *wire) connect() {
	c.frames, c.past, c.sent = nil, nil, map[model.PageID]int64{}
	c.hello()
}

func (c *wire) disconnect() { c.frames, c.past, c.sent = nil, nil, nil }

// restart starts a client that has what this one knows of the Pages that it holds completely, and
// goes on from there.
func (c *wire) restart() {
	c.disconnect()
	c.answers = nil
	old, held := c.in, map[model.PageID]*following{}
	c.in = inbox.NewInbox(old.User())
	c.in.Advance(c.w.now)
	opened := old.Opened()
	for _, id := range slices.Sorted(maps.Keys(c.held)) {
		at, ok := old.Position(id)
		if !ok || !old.Complete(id) || at.Seq != c.held[id].Seq {
			continue
		}
		page, _ := old.Page(id)
		rows := slices.SortedFunc(old.Held(id), func(a, b model.Conversation) int { return cmp.Compare(a.ID, b.ID) })
		part := inbox.Restored{Page: page, At: at, AsOf: c.w.now}
		first, last := part, part
		first.First, first.Conversations = true, rows[:len(rows)/2]
		last.Last, last.Conversations = true, rows[len(rows)/2:]
		for _, n := range old.Notices() {
			if n.PageID == id {
				first.Notices = append(first.Notices, n)
			}
		}
		for _, o := range opened {
			if o.Conversation.Page() == id {
				last.Opened = append(last.Opened, o)
			}
		}
		c.hands(first, last)
		held[id] = &following{Position: at, placed: true, first: at.Seq}
	}
	c.held = held
}

// hello asks for every Page; the hub answers in the order of its frames.
func (c *wire) hello() {
	if c.sent == nil {
		return
	}
	answer := c.w.welcome()
	for id, wp := range answer.Pages {
		at, held := c.held[id]
		named := held && at.placed
		_, streams := c.sent[id]
		switch {
		case named && at.Epoch == wp.Epoch && at.Seq <= wp.Seq && wp.Seq-at.Seq <= c.behind:
			wp.Resume = model.ResumeOK
			c.sent[id] = at.Seq
		case !named && streams:
			wp.Resume = model.ResumeOK
		default:
			delete(c.sent, id)
		}
		answer.Pages[id] = wp
	}
	c.frames = append(c.frames, answer)
}

// stream puts a batch of each Page on the wire.
func (c *wire) stream(step int64) {
	for _, id := range slices.Sorted(maps.Keys(c.sent)) {
		p := c.w.pages[id]
		from := c.sent[id]
		to := min(from+step, p.head)
		if p.sees() && to > from {
			c.frames = append(c.frames, p.batch(from, to))
			c.sent[id] = to
		}
	}
}

func (c *wire) heads() {
	if c.sent == nil {
		return
	}
	h := model.Heads{Type: model.FrameHeads, Now: c.w.now, Pages: map[model.PageID]int64{}}
	for id, p := range c.w.pages {
		if p.sees() {
			h.Pages[id] = p.head
		}
	}
	c.frames = append(c.frames, h)
}

// flip changes who sees a Page. What is queued of it is discarded first.
func (c *wire) flip(id model.PageID) {
	p := c.w.pages[id]
	saw := p.sees()
	p.page.Visibility = map[model.Visibility]model.Visibility{
		model.Private: model.Shared, model.Shared: model.Private,
	}[p.page.Visibility]
	if saw && !p.sees() {
		p.lost++
	}
	p.page.Seq = p.next(model.ChangePage, string(id))
	of := func(f any) bool {
		b, ok := f.(model.Batch)
		return ok && b.Page == id
	}
	c.frames, c.past = slices.DeleteFunc(c.frames, of), slices.DeleteFunc(c.past, of)
	delete(c.sent, id)
	if c.sent == nil {
		return
	}
	c.frames = append(c.frames, model.Access{
		Type: model.FrameAccess, Page: id, Sees: p.sees(), Visibility: p.page.Visibility,
	})
}

// replace gives a Page another store: its stream begins anew, what was asked of the
// old one gets no answer.
func (c *wire) replace(id model.PageID) {
	c.disconnect()
	c.answers = nil
	p := c.w.pages[id]
	convs := slices.SortedFunc(maps.Values(p.convs), func(a, b *model.Conversation) int { return cmp.Compare(a.ID, b.ID) })
	p.clear()
	p.store++
	p.page.Seq = p.next(model.ChangePage, string(id))
	for i, old := range convs {
		if i%2 == 0 {
			p.convs[old.ID] = old
			p.touch(old)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.held)) {
		if c.held[id].reading { // what was asked for is lost
			c.reload(id)
		}
	}
}

// deliver hands the client the next frame.
func (c *wire) deliver() {
	if len(c.frames) == 0 {
		return
	}
	f := c.frames[0]
	c.frames = c.frames[1:]
	c.past = append(c.past, f)
	c.take(f)
}

func (c *wire) take(f any) {
	switch f := f.(type) {
	case model.Welcome:
		c.welcomed(f)
	case model.Batch:
		c.batch(f)
	case model.Heads:
		c.hands(inbox.HubTime{Now: f.Now})
		for id, head := range f.Pages {
			if p, ok := c.held[id]; !ok || p.placed && head > p.Seq {
				c.hello()
				return
			}
		}
	case model.Access:
		c.drop(f.Page, false)
		c.listPages()
		if f.Sees {
			c.reload(f.Page)
		}
	}
}

func (c *wire) welcomed(w model.Welcome) {
	c.hands(inbox.Welcomed{Now: w.Now, User: w.User})
	for _, id := range slices.Sorted(maps.Keys(c.held)) {
		if _, named := w.Pages[id]; !named {
			c.drop(id, false)
		}
	}
	c.listPages()
	for _, id := range slices.Sorted(maps.Keys(w.Pages)) {
		wp, p := w.Pages[id], c.held[id]
		switch {
		case p != nil && p.placed && (p.Epoch != wp.Epoch || p.Seq > wp.Seq):
			c.drop(id, true)
			c.reload(id)
		case p != nil && p.reading && !p.placed, p != nil && p.placed && wp.Resume == model.ResumeOK:
		default:
			c.reload(id)
		}
	}
}

// listPages lists the Pages after access may have changed.
func (c *wire) listPages() {
	c.listings++
	c.hands(inbox.PagesListed{Pages: c.w.pageList()})
}

// batch hands changes on that follow those before; a hole is asked to be filled.
func (c *wire) batch(b model.Batch) {
	p, ok := c.held[b.Page]
	switch {
	case !ok || !p.placed || b.To <= p.Seq:
	case b.From != p.Seq:
		c.hello()
	default:
		p.Seq = b.To
		c.hands(changed(b))
	}
}

func (c *wire) drop(id model.PageID, anew bool) {
	delete(c.held, id)
	c.hands(inbox.Dropped{Page: id, Anew: anew})
}

// reload reads a Page anew.
func (c *wire) reload(id model.PageID) {
	p := &following{reading: true}
	c.held[id] = p
	c.hands(reloading(id))
	c.ask(id, p, nil)
}

// ask reads a list now; its answer comes later.
func (c *wire) ask(id model.PageID, run *following, after *model.Conversation) {
	p := c.w.pages[id]
	if !p.sees() { // the hub refuses
		c.answers = append(c.answers, func() {
			if c.held[id] == run {
				c.drop(id, false)
			}
		})
		return
	}
	list, more := p.list(after, 3)
	asOf := p.position()
	c.answers = append(c.answers, func() {
		if c.held[id] == run { // else another began
			c.listed(id, run, list, asOf, more)
		}
	})
}

func (c *wire) listed(id model.PageID, p *following, list []model.Conversation, asOf model.Position, more bool) {
	if p.placed && (asOf.Epoch != p.Epoch || asOf.Seq < p.first) {
		c.reload(id)
		return
	}
	first := !p.placed
	if first {
		p.Position, p.placed, p.first = asOf, true, asOf.Seq
	}
	c.hands(listed(id, list, asOf))
	if first {
		c.hello()
	}
	if more {
		c.ask(id, p, &list[len(list)-1])
		return
	}
	pages, notices, listings := c.w.pageList(), c.w.noticeList(), c.listings
	c.answers = append(c.answers, func() {
		if c.held[id] == p {
			p.reading = false
			if c.listings != listings { // they may have been read before access changed
				pages = c.w.pageList()
			}
			c.hands(inbox.PagesListed{Pages: pages}, noticed(notices...), complete(id))
		}
	})
}

// open opens a conversation and reads its newest messages if need be.
func (c *wire) open(id model.ConversationID) {
	o, read := c.in.Open(id)
	p := c.w.pages[id.Page()]
	if !read || !p.sees() {
		return
	}
	list, cursor := p.messages(id, "", 3)
	asOf := p.position()
	c.answers = append(c.answers, func() { c.in.SetMessages(o, list, cursor, asOf) })
}

// older reads what comes before the messages of an opened conversation.
func (c *wire) older(id model.ConversationID) {
	th, ok := c.in.Thread(id)
	p := c.w.pages[id.Page()]
	if !ok || th.Cursor == "" || !p.sees() {
		return
	}
	o, _ := c.in.Open(id)
	list, cursor := p.messages(id, th.Cursor, 3)
	asOf := p.position()
	c.answers = append(c.answers, func() {
		if now, _ := c.in.Thread(id); now.Cursor == th.Cursor { // a client asks one at a time
			c.in.AddOlder(o, list, cursor, asOf)
		}
	})
}

func (c *wire) answer() {
	if len(c.answers) > 0 {
		f := c.answers[0]
		c.answers = c.answers[1:]
		f()
	}
}

// settle lets everything come to rest, without losses; false if it doesn't.
func (c *wire) settle() bool {
	if c.sent == nil {
		c.connect()
	}
	for range 500 {
		c.stream(5)
		c.heads()
		for len(c.frames) > 0 {
			c.deliver()
		}
		for len(c.answers) > 0 {
			c.answer()
		}
		if c.rests() {
			return true
		}
	}
	return false
}

// state says how far each Page has come.
func (c *wire) state() string {
	var b strings.Builder
	for id, p := range c.w.pages {
		at, held := c.in.Position(id)
		fmt.Fprintf(&b, "page %s: sees %v, hub %v, held %v %v, complete %v; ",
			id, p.sees(), p.position(), held, at, c.in.Complete(id))
	}
	fmt.Fprintf(&b, "sent %v", c.sent)
	return b.String()
}

func (c *wire) rests() bool {
	for id, p := range c.w.pages {
		at, _ := c.in.Position(id)
		if p.sees() != c.in.Complete(id) || p.sees() && at != p.position() {
			return false
		}
	}
	return true
}
