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

// ErrUnreadable says that an object does not decode as its kind. The error does not quote
// the object, which may hold a customer's text.
var ErrUnreadable = errors.New("unreadable object")

// apply applies a batch that follows the position held. A batch of a Page that is not held,
// or is to be reloaded, is ignored: the stream reloads it.
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
			in.requireReload(p)
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

// errHole says that a batch does not follow the position held.
var errHole = errors.New("a hole before what came")

// event applies one change. Kinds that this version does not know are ignored.
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

// merge applies a conversation if it is newer than the one held and than its removal. Either
// way it confirms the row for that reload.
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

// Put applies a conversation from the hub's answer to a request of the user, if it is
// newer. It is ignored for a Page without position: the reload brings it.
func (in *Inbox) Put(c model.Conversation) Changes {
	in.beginReport()
	p, ok := in.pages[c.ID.Page()]
	if ok && p.positioned() && fitting(p.page.ID, &c) {
		// The answer may be older than the reload, so it does not confirm the row.
		run := p.run
		if p.phase != complete {
			run--
		}
		in.merge(p, &c, run)
	}
	return in.changes
}

// removedEvent removes a conversation or a message and remembers its id, so that an older
// object does not bring it back. A newer one with the same id stays.
func (in *Inbox) removedEvent(p *inboxPage, ev *model.Change) error {
	var gone model.Removed
	if json.Unmarshal(ev.Object, &gone) != nil {
		return ErrUnreadable
	}
	page, rest, ok := strings.Cut(gone.ID, model.PageSeparator)
	if !ok || model.PageID(page) != p.page.ID {
		return ErrUnreadable
	}
	p.recordRemoval(gone.ID, ev.Seq)
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

// recordRemoval remembers a removal. It forgets those so old that no pending answer can be older.
func (p *inboxPage) recordRemoval(id string, seq int64) {
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

// mostNotices is how many notices are kept per Page.
const mostNotices = 100

func (in *Inbox) noticeEvent(p *inboxPage, ev *model.Change) error {
	var n model.Notice
	if json.Unmarshal(ev.Object, &n) != nil || n.ID == "" || n.PageID != p.page.ID {
		return ErrUnreadable
	}
	in.changes.Notices = p.putNotice(n) || in.changes.Notices
	return nil
}

// addNotices applies a list of notices; the newest of each Page are kept. It ignores Pages
// without position.
func (in *Inbox) addNotices(list []model.Notice) {
	for _, n := range list {
		if p, ok := in.pages[n.PageID]; ok && p.positioned() {
			in.changes.Notices = p.putNotice(n) || in.changes.Notices
		}
	}
}

// putNotice keeps a notice if it is new, or newer than the one held, and one of the newest; it
// reports whether it did.
func (p *inboxPage) putNotice(n model.Notice) bool {
	at := slices.IndexFunc(p.notices, func(held model.Notice) bool { return held.ID == n.ID })
	if at >= 0 {
		if n.Seq <= p.notices[at].Seq {
			return false
		}
		p.notices = slices.Delete(p.notices, at, at+1)
	}
	place, _ := slices.BinarySearchFunc(p.notices, n, newestNotice)
	if place == mostNotices {
		return false
	}
	p.notices = slices.Insert(p.notices, place, n)
	if len(p.notices) > mostNotices {
		p.notices = slices.Delete(p.notices, mostNotices, len(p.notices))
	}
	return true
}

func newestNotice(a, b model.Notice) int {
	return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
}
