package tables

import (
	"fmt"
	"time"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/lists"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
	"parley/model/query"
)

// conversationReader reads conversations.
type conversationReader struct{ *pgdb.Session }

// Conversation implements [store.Reader].
func (r conversationReader) Conversation(id model.ConversationID) (store.Conversation, error) {
	read := func() (store.Conversation, error) { return r.conversation(id) }
	known := aheadOf(r.Session).conversation(id)
	if known == nil {
		return read()
	}
	c, err := decoded[store.Conversation](known.doc)
	known.looked, known.name, known.labels, known.mentioned = true, c.Customer.Name, len(c.Labels) > 0, len(c.Mentioned) > 0
	return told(r.Session, "conversation", c, err, read)
}

func (r conversationReader) conversation(id model.ConversationID) (store.Conversation, error) {
	c, err := pgdb.One[store.Conversation](r.Session,
		`SELECT doc FROM conversations WHERE page_id = ? AND id = ?`, id.Page(), id)
	return c, pgdb.Wrap(err, "read conversation %s", id)
}

// ConversationsBeginning implements [store.Reader].
func (r conversationReader) ConversationsBeginning(page model.PageID, id string, limit int) ([]store.Conversation, error) {
	list, err := pgdb.Many[store.Conversation](r.Session, `SELECT doc FROM conversations
		WHERE page_id = ? AND id >= ? AND id < ? ORDER BY id LIMIT ?`,
		page, id, id+pgdb.Beyond, max(limit, 0))
	return list, pgdb.Wrap(err, "read conversations of page %s by a part of their id", page)
}

// Nameless implements [store.Reader].
func (r conversationReader) Nameless(before time.Time, limit int) ([]store.Conversation, error) {
	list, err := pgdb.Many[store.Conversation](r.Session, `SELECT doc FROM conversations
		WHERE nameless AND profile_at < ? ORDER BY profile_at, page_id, id LIMIT ?`,
		engine.Micros(before), max(limit, 0))
	return list, pgdb.Wrap(err, "read conversations without a name")
}

// conversationWriter writes conversations.
type conversationWriter struct{ pageBase }

// PutConversation implements [store.PageTx].
func (t conversationWriter) PutConversation(c *store.Conversation) error {
	if err := t.own(c.ID.Page(), c.ID); err != nil {
		return pgdb.Wrap(err, "put conversation")
	}
	if err := t.own(c.PageID, c.ID); err != nil {
		return pgdb.Wrap(err, "put conversation")
	}
	switch c.Status {
	case model.Open, model.Snoozed, model.Done:
	default:
		return fmt.Errorf("put conversation %s: no status %q", c.ID, c.Status)
	}
	seq, err := t.change(store.KindConversation, string(c.ID))
	if err != nil {
		return pgdb.Wrap(err, "put conversation")
	}
	c.Seq = seq
	err = t.writeConversation(*c)
	return t.Spoil(pgdb.Wrap(err, "put conversation %s", c.ID))
}

func (t conversationWriter) writeConversation(c store.Conversation) error {
	c = engine.Kept(c)
	doc, err := pgdb.Encode(c)
	if err != nil {
		return err
	}
	var assignee any
	if c.Assignee != nil {
		assignee = c.Assignee.ID
	}
	from, until := engine.Free(c.Conversation)
	known := aheadOf(t.Session).conversation(c.ID)
	put := t.Run
	if known != nil {
		put = t.Note
	}
	err = put(`INSERT INTO conversations (page_id, id, status, updated_at, assignee, awake_at,
		free_from, free_until, unread, nameless, profile_at, waits, entered, pinned, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (page_id, id) DO UPDATE SET status = excluded.status, updated_at = excluded.updated_at,
		assignee = excluded.assignee, awake_at = excluded.awake_at, free_from = excluded.free_from,
		free_until = excluded.free_until, unread = excluded.unread, nameless = excluded.nameless,
		profile_at = excluded.profile_at, waits = excluded.waits, entered = excluded.entered, pinned = excluded.pinned, doc = excluded.doc`,
		t.page, c.ID, c.Status, engine.Micros(c.UpdatedAt), assignee, engine.AwakeAt(c.Conversation),
		from, until, c.Unread, c.Customer.Name == "", engine.Micros(c.ProfileAt), engine.Waits(c.Conversation),
		query.WayOf(c.Entry), c.Pinned, doc)
	if err != nil {
		return err
	}
	return t.writeBeside(c, known, doc)
}

// writeBeside writes what is kept of a conversation beside it, unless it is known to be there.
func (t conversationWriter) writeBeside(c store.Conversation, known *aheadConversation, doc []byte) error {
	all := known == nil || !known.looked
	if all || known.doc == nil || known.name != c.Customer.Name {
		if err := lists.PutName(t.Session, c); err != nil {
			return err
		}
	}
	if all || known.mentioned || len(c.Mentioned) > 0 {
		if err := lists.PutMentions(t.Session, c.Conversation); err != nil {
			return err
		}
	}
	if all || known.labels || len(c.Labels) > 0 {
		if err := lists.PutLabels(t.Session, c.Conversation); err != nil {
			return err
		}
	}
	if known != nil {
		known.looked, known.doc, known.name, known.labels, known.mentioned = true, doc, c.Customer.Name, len(c.Labels) > 0, len(c.Mentioned) > 0
	}
	return nil
}
