package inbox_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/model"
	"parley/model/inbox"
)

// wire is a client with an Inbox, its connection to the hub, and the answers under
// way. Whatever it can do badly, a test may make it do.
type wire struct {
	w  *world
	in *inbox.Inbox
	// sent is up to where the hub has sent each Page that streams; nothing streams
	// while the client is not connected.
	sent map[model.PageID]int64
	// frames are on their way; past ones may come again.
	frames, past []any
	answers      []func()
	// failed are Pages of which a list was refused: their reload begins again.
	failed map[model.PageID]bool
	// behind is how far a client may be behind before it has to reload.
	behind int64
	errs   []error
}

func newWire(w *world) *wire {
	c := &wire{w: w, in: inbox.NewInbox(me), failed: map[model.PageID]bool{}, behind: 12}
	c.in.Advance(w.now)
	return c
}

func (c *wire) connect() {
	c.frames, c.past, c.sent = nil, nil, map[model.PageID]int64{}
	c.hello()
}

func (c *wire) disconnect() { c.frames, c.past, c.sent = nil, nil, nil }

// hello asks for every Page; the hub answers in the order of its frames.
func (c *wire) hello() {
	if c.sent == nil {
		return
	}
	resume := c.in.Resume()
	answer := c.w.welcome()
	for id, wp := range answer.Pages {
		at, named := resume[id]
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
	for id := range c.w.pages {
		c.failed[id] = c.failed[id] || !c.in.Complete(id)
	}
	maps.DeleteFunc(c.failed, func(_ model.PageID, is bool) bool { return !is })
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
		c.in.Advance(f.Now)
		c.in.Welcome(f)
	case model.Batch:
		receipt, _, err := c.in.ApplyBatch(f)
		if err != nil {
			c.errs = append(c.errs, err)
		}
		if receipt == inbox.BatchHole {
			c.hello()
		}
	case model.Heads:
		c.in.Advance(f.Now)
		if len(c.in.Behind(f)) > 0 {
			c.hello()
		}
	case model.Access:
		c.in.Access(f)
	}
	c.reload()
}

// reload begins the reloads that are due.
func (c *wire) reload() {
	due := slices.AppendSeq(c.in.ToReload(), maps.Keys(c.failed))
	clear(c.failed)
	slices.Sort(due)
	for _, id := range slices.Compact(due) {
		r, ok := c.in.BeginReload(id)
		if ok {
			c.ask(r, nil, true)
		}
	}
}

// ask reads a list now; its answer comes later.
func (c *wire) ask(r inbox.Reload, after *model.Conversation, first bool) {
	p := c.w.pages[r.Page]
	if !p.sees() {
		c.failed[r.Page] = true
		return
	}
	list, more := p.list(after, 3)
	asOf := p.position()
	c.answers = append(c.answers, func() { c.listed(r, list, asOf, more, first) })
}

func (c *wire) listed(r inbox.Reload, list []model.Conversation, asOf model.Position, more, first bool) {
	_, err := c.in.AddList(r, list, asOf)
	switch {
	case errors.Is(err, inbox.ErrReloadOver):
		return
	case errors.Is(err, inbox.ErrReloadAgain):
		c.reload()
		return
	case err != nil:
		c.errs = append(c.errs, err)
		return
	}
	if first {
		c.hello()
		pages, notices := c.w.pageList(), c.w.noticeList()
		c.answers = append(c.answers, func() {
			c.in.SetPages(pages)
			c.in.AddNotices(notices)
		})
	}
	if more {
		c.ask(r, &list[len(list)-1], false)
		return
	}
	if _, err := c.in.EndReload(r); err != nil {
		c.errs = append(c.errs, err)
	}
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
	fmt.Fprintf(&b, "to reload %v, sent %v, failed %v", c.in.ToReload(), c.sent, c.failed)
	return b.String()
}

func (c *wire) rests() bool {
	for id, p := range c.w.pages {
		at, _ := c.in.Position(id)
		if p.sees() != c.in.Complete(id) || p.sees() && at != p.position() {
			return false
		}
	}
	return len(c.in.ToReload()) == 0
}
