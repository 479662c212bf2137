package inbox

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/model"
)

// ErrUnreadable is told of an object that is none of its kind. What it said is not
// in the error: it may be a customer's.
var ErrUnreadable = errors.New("unreadable object")

// apply takes over a batch that follows what is held. One of a Page that is not held, or
// was lost, changes nothing; whoever follows the hub lets none get lost between.
func (in *Inbox) apply(b model.Batch) error {
	p, ok := in.pages[b.Page]
	switch {
	case !ok || !p.positioned():
		return nil
	case b.From != p.at.Seq:
		return fmt.Errorf("%w: page %s, changes after %d", errHole, b.Page, b.From)
	}
	for i := range b.Events {
		if err := in.event(p, &b.Events[i]); err != nil {
			in.lose(p)
			return fmt.Errorf("apply change %d of page %s: %w", b.Events[i].Seq, b.Page, err)
		}
		if p.hidden {
			return nil
		}
	}
	p.at.Seq, p.at.Proof = b.To, b.Proof
	in.tryComplete(p)
	return nil
}

// errHole is told of changes that don't follow what is held.
var errHole = errors.New("a hole before what came")

// event takes over one change. A kind that this version does not know is none of
// its business.
func (in *Inbox) event(p *inboxPage, ev *model.Change) error {
	switch ev.Kind {
	case model.ChangeConversation:
		return in.conversationEvent(p, ev)
	case model.ChangeMessage:
		return in.messageEvent(p, ev)
	case model.ChangeRemoved:
		return in.removedEvent(p, ev)
	case model.ChangePage:
		return in.pageEvent(p, ev)
	case model.ChangeNotice:
		return in.noticeEvent(p, ev)
	case model.ChangeLink:
		return in.linkEvent(p, ev)
	}
	return nil
}

func (in *Inbox) conversationEvent(p *inboxPage, ev *model.Change) error {
	c := &in.scratch.conversation
	defer func() { *c = model.Conversation{} }()
	if json.Unmarshal(ev.Object, c) != nil || !fitting(p.page.ID, c) {
		return ErrUnreadable
	}
	in.merge(p, c, p.run)
	return nil
}

// merge takes over a conversation if it is newer than what is held and than its
// removal. Newer or not, it confirms the row for that run of reloads.
func (in *Inbox) merge(p *inboxPage, c *model.Conversation, run uint32) {
	if seq, gone := p.removed[string(c.ID)]; gone && c.Seq <= seq {
		return
	}
	old := p.rows[c.ID.Customer()]
	if old != nil && c.Seq <= old.seq {
		if old.run != run && run == p.run {
			old.run = run
			in.headChanged(c.ID)
		}
		return
	}
	next := p.pack(c)
	next.run = run
	if old != nil && run != p.run {
		next.run = old.run
	}
	in.put(old, &next)
	in.headChanged(c.ID)
}

// Put takes over a conversation that the hub answered alone, as after a change of
// the user's own, if it is newer. Of a Page without position it is ignored: the
// reload brings it.
func (in *Inbox) Put(c model.Conversation) Changes {
	in.begin()
	p, ok := in.pages[c.ID.Page()]
	if ok && p.positioned() && fitting(p.page.ID, &c) {
		// A reload is not answered by this: it may tell of before the reload.
		run := p.run
		if p.phase != complete {
			run--
		}
		in.merge(p, &c, run)
	}
	return in.changes
}

// removedEvent forgets a conversation or a message, and keeps its id so that
// nothing said before brings it back. What has come since under the same id stays.
func (in *Inbox) removedEvent(p *inboxPage, ev *model.Change) error {
	var gone model.Removed
	if json.Unmarshal(ev.Object, &gone) != nil {
		return ErrUnreadable
	}
	page, rest, ok := strings.Cut(gone.ID, model.PageSeparator)
	if !ok || model.PageID(page) != p.page.ID {
		return ErrUnreadable
	}
	p.entomb(gone.ID, ev.Seq)
	for id, t := range in.threads {
		if t.page == p && t.removed(id, gone.ID, ev.Seq) {
			in.threadChanged(id)
		}
	}
	if r := p.rows[model.PSID(rest)]; r != nil && r.seq <= ev.Seq {
		in.removeRow(r)
		delete(in.threads, model.ConversationID(gone.ID))
		in.headChanged(model.ConversationID(gone.ID))
	}
	return nil
}

// entomb notes a removal. Those that lie so far back that no answer still under
// way can be older are forgotten.
func (p *inboxPage) entomb(id string, seq int64) {
	if p.removed == nil {
		p.removed = map[string]int64{}
	}
	p.removed[id] = max(seq, p.removed[id])
	if len(p.removed) <= 2*model.ReloadBeyond || p.phase != complete {
		return
	}
	for other, at := range p.removed {
		if at <= seq-model.ReloadBeyond {
			delete(p.removed, other)
		}
	}
}

func (in *Inbox) pageEvent(p *inboxPage, ev *model.Change) error {
	var page model.Page
	if json.Unmarshal(ev.Object, &page) != nil || page.ID != p.page.ID {
		return ErrUnreadable
	}
	if !model.CanSee(in.user.ID, page) {
		in.hide(p)
		p.page = page.Public()
		return nil
	}
	in.putPage(p, page)
	return nil
}

// mostNotices is how many notices of a Page are kept.
const mostNotices = 100

func (in *Inbox) noticeEvent(p *inboxPage, ev *model.Change) error {
	var n model.Notice
	if json.Unmarshal(ev.Object, &n) != nil || n.ID == "" || n.PageID != p.page.ID {
		return ErrUnreadable
	}
	in.putNotice(p, n)
	return nil
}

// addNotices takes over a list of notices. Those of a Page without position are ignored;
// the newest of each Page are kept.
func (in *Inbox) addNotices(list []model.Notice) {
	for _, n := range list {
		if p, ok := in.pages[n.PageID]; ok && p.positioned() {
			in.putNotice(p, n)
		}
	}
}

func (in *Inbox) putNotice(p *inboxPage, n model.Notice) {
	at := slices.IndexFunc(p.notices, func(held model.Notice) bool { return held.ID == n.ID })
	if at >= 0 {
		if n.Seq <= p.notices[at].Seq {
			return
		}
		p.notices = slices.Delete(p.notices, at, at+1)
	}
	place, _ := slices.BinarySearchFunc(p.notices, n, newestNotice)
	if place == mostNotices {
		return
	}
	p.notices = slices.Insert(p.notices, place, n)
	if len(p.notices) > mostNotices {
		p.notices = slices.Delete(p.notices, mostNotices, len(p.notices))
	}
	in.changes.Notices = true
}

func newestNotice(a, b model.Notice) int {
	return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
}
