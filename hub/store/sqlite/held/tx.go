package held

import (
	"time"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// tx is a transaction of a Page that knows the state of the store.
type tx struct {
	store.PageTx
	on   *sqldb.Session
	s    *State
	page model.PageID
}

// Before returns a transaction that reads only what is not held, and holds what it writes.
func (s *State) Before(t store.PageTx, on *sqldb.Session, page model.PageID) store.PageTx {
	return tx{t, on, s, page}
}

// hit returns what is held, as the caller's own copy.
func hit[T any](t tx, what string, held T, read func() (T, error)) (T, error) {
	if err := t.on.Check(); err != nil {
		var none T
		return none, err
	}
	if t.s.check != nil {
		stored, err := read()
		if err != nil {
			t.s.check(what, held, err)
		} else {
			t.s.check(what, copied(held), copied(stored))
		}
	}
	return copied(held), nil
}

// Page implements [store.PageReader].
func (t tx) Page(id model.PageID) (store.Page, error) {
	p := t.s.pageOf(id)
	read := func() (store.Page, error) { return t.PageTx.Page(id) }
	if p.known {
		return hit(t, "page", p.page, read)
	}
	is, err := read()
	if err == nil {
		p.known, p.page = true, copied(is)
	}
	return is, err
}

// PutPage implements [store.PageWriter].
func (t tx) PutPage(put *store.Page) error {
	t.s.changed = true
	t.s.pageOf(put.ID).known = false
	err := t.PageTx.PutPage(put)
	if err == nil {
		p := t.s.pageOf(put.ID)
		p.known, p.page = true, copied(*put)
	}
	return err
}

// Conversation implements [store.ConversationReader].
func (t tx) Conversation(id model.ConversationID) (store.Conversation, error) {
	c := t.s.conversationOf(id)
	read := func() (store.Conversation, error) { return t.PageTx.Conversation(id) }
	if c.known {
		return hit(t, "conversation", c.conversation, read)
	}
	is, err := read()
	if err == nil {
		c.known, c.conversation = true, copied(is)
	}
	return is, err
}

// PutConversation implements [store.ConversationWriter].
func (t tx) PutConversation(put *store.Conversation) error {
	t.s.changed = true
	err := t.PageTx.PutConversation(put) // it may ask what is stored until then
	c := t.s.conversationOf(put.ID)
	c.known = err == nil
	if c.known {
		c.conversation = copied(engine.Kept(*put))
	}
	return err
}

// DeleteConversation implements [store.DeletionWriter].
func (t tx) DeleteConversation(id model.ConversationID, until time.Time) error {
	t.s.changed = true
	t.s.forget(id)
	t.s.pageOf(t.page).asked = false
	return t.PageTx.DeleteConversation(id, until)
}

// Newest implements [store.MessageReader].
func (t tx) Newest(id model.ConversationID, upTo int64) (store.Message, error) {
	read := func() (store.Message, error) { return t.PageTx.Newest(id, upTo) }
	if upTo != 0 {
		return read()
	}
	c := t.s.conversationOf(id)
	if c.newest != nil {
		return hit(t, "newest message", *c.newest, read)
	}
	is, err := read()
	if err == nil {
		m := copied(is)
		t.s.setNewest(id, c, &m)
	}
	return is, err
}

// PutMessage implements [store.MessageWriter].
func (t tx) PutMessage(put *store.Message) error {
	t.s.changed = true
	err := t.PageTx.PutMessage(put)
	c := t.s.conversationOf(put.ConversationID)
	set := func(m *store.Message) { t.s.setNewest(put.ConversationID, c, m) }
	switch is := c.newest; {
	case err != nil:
		set(nil)
	case put.FirstSeq != put.Seq && (is == nil || is.ID != put.ID):
		// It was there before, maybe as another conversation's newest message.
		t.s.forgetNewest(put.ID)
		if is != nil && after(put.Mark(), is.Mark()) {
			set(nil)
		}
	case put.About() != nil:
		if is != nil && is.ID == put.ID {
			set(nil)
		}
	case is == nil: // there may be a newer one
	case is.ID == put.ID && after(is.Mark(), put.Mark()):
		set(nil) // another one may be newer now
	case is.ID == put.ID || after(put.Mark(), is.Mark()):
		m := *put
		m.Order = sqldb.Exact(m.Order)
		m = copied(m)
		set(&m)
	}
	return err
}

// after reports whether mark a is behind mark b, as they are stored.
func after(a, b store.Mark) bool {
	x, y := sqldb.Micros(a.Order), sqldb.Micros(b.Order)
	return x > y || x == y && a.FirstSeq > b.FirstSeq
}

// RemoveMessage implements [store.MessageWriter].
func (t tx) RemoveMessage(id model.MessageID) error {
	t.s.changed = true
	t.s.forgetNewest(id)
	return t.PageTx.RemoveMessage(id)
}

// ScheduledReplies implements [store.ReplyReader].
func (t tx) ScheduledReplies(id model.ConversationID) ([]store.Reply, error) {
	c := t.s.conversationOf(id)
	return replies(t, "scheduled replies", &c.noScheduled, func() ([]store.Reply, error) { return t.PageTx.ScheduledReplies(id) })
}

// UnsettledReplies implements [store.ReplyReader].
func (t tx) UnsettledReplies(id model.ConversationID) ([]store.Reply, error) {
	c := t.s.conversationOf(id)
	return replies(t, "unsettled replies", &c.noUnsettled, func() ([]store.Reply, error) { return t.PageTx.UnsettledReplies(id) })
}

// replies returns replies, without reading them if it is known that there are none.
func replies(t tx, what string, none *bool, read func() ([]store.Reply, error)) ([]store.Reply, error) {
	if *none {
		return hit(t, what, []store.Reply(nil), read)
	}
	list, err := read()
	*none = err == nil && len(list) == 0
	return list, err
}

// PutReply implements [store.ReplyWriter].
func (t tx) PutReply(r store.Reply) error {
	t.s.changed = true
	c := t.s.conversationOf(r.ConversationID)
	c.noScheduled, c.noUnsettled = false, false
	return t.PageTx.PutReply(r)
}
