package tables

import (
	"database/sql"
	"fmt"
	"time"

	"parley/hub/store"
	"parley/hub/store/compact"
	"parley/hub/store/engine"
	"parley/hub/store/sqlite/desk"
	"parley/hub/store/sqlite/sqldb"
	"parley/hub/store/sqlite/tally"
	"parley/model"
	"parley/model/query"
)

// conversationReader reads conversations.
type conversationReader struct{ *sqldb.Session }

// Conversation implements [store.Reader].
func (r conversationReader) Conversation(id model.ConversationID) (store.Conversation, error) {
	c, err := sqldb.Conversation(r.Session, sqldb.SelectConversations+` WHERE page_id = ? AND id = ?`, id.Page(), id)
	return c, sqldb.Wrap(err, "read conversation %s", id)
}

// ConversationsBeginning implements [store.Reader].
func (r conversationReader) ConversationsBeginning(page model.PageID, id string, limit int) ([]store.Conversation, error) {
	list, err := sqldb.Conversations(r.Session, sqldb.SelectConversations+`
		WHERE page_id = ? AND id >= ? AND id < ? ORDER BY id LIMIT ?`,
		page, id, id+beyond, max(limit, 0))
	return list, sqldb.Wrap(err, "read conversations of page %s by a part of their id", page)
}

// beyond follows, in the order of bytes, whatever text can follow another.
const beyond = "\xff"

// Nameless implements [store.Reader].
func (r conversationReader) Nameless(before time.Time, limit int) ([]store.Conversation, error) {
	list, err := sqldb.Conversations(r.Session, sqldb.SelectConversations+`
		WHERE nameless = 1 AND profile_at < ? ORDER BY profile_at, page_id, id LIMIT ?`,
		sqldb.Micros(before), max(limit, 0))
	return list, sqldb.Wrap(err, "read conversations without a name")
}

// conversationWriter writes conversations.
type conversationWriter struct{ pageBase }

// PutConversation implements [store.PageTx].
func (t conversationWriter) PutConversation(c *store.Conversation) error {
	if err := t.own(c.ID.Page(), c.ID); err != nil {
		return sqldb.Wrap(err, "put conversation")
	}
	if err := t.own(c.PageID, c.ID); err != nil {
		return sqldb.Wrap(err, "put conversation")
	}
	switch c.Status {
	case model.Open, model.Snoozed, model.Done:
	default:
		return fmt.Errorf("put conversation %s: no status %q", c.ID, c.Status)
	}
	seq, err := t.change(store.KindConversation, string(c.ID))
	if err != nil {
		return sqldb.Wrap(err, "put conversation")
	}
	c.Seq = seq
	err = t.writeConversation(*c)
	if err == nil {
		err = t.index().PutName(*c)
	}
	return t.Spoil(sqldb.Wrap(err, "put conversation %s", c.ID))
}

func (t conversationWriter) writeConversation(c store.Conversation) error {
	c = engine.Kept(c)
	doc, err := compact.Conversation(c)
	if err != nil {
		return err
	}
	was, known := t.Stored(c.ID)
	if known {
		tally.Add(t.Session, t.page, tallied(was), -1)
	} else if err := tally.Forget(t.Session, t.page, c.ID); err != nil {
		return err
	}
	row := tallied(c)
	tally.Add(t.Session, t.page, row, 1)
	err = t.Run(`INSERT INTO conversations (page_id, id, seq, status, updated_at, assignee, awake_at,
		free_from, free_until, unread, nameless, profile_at, waits, entered, pinned, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (page_id, id) DO UPDATE SET seq = excluded.seq, status = excluded.status, updated_at = excluded.updated_at,
		assignee = excluded.assignee, awake_at = excluded.awake_at, free_from = excluded.free_from,
		free_until = excluded.free_until, unread = excluded.unread, nameless = excluded.nameless,
		profile_at = excluded.profile_at, waits = excluded.waits, entered = excluded.entered, pinned = excluded.pinned, doc = excluded.doc`,
		t.page, c.ID, c.Seq, c.Status, sqldb.Micros(c.UpdatedAt), row.Assignee, row.AwakeAt,
		row.FreeFrom, row.FreeUntil, c.Unread, sqldb.Flag(c.Customer.Name == ""), sqldb.Micros(c.ProfileAt), row.Waits,
		query.WayOf(c.Entry), sqldb.Flag(c.Pinned), doc)
	if err != nil {
		return err
	}
	if !known || len(was.Mentioned)+len(c.Mentioned) > 0 {
		if err := desk.PutMentions(t.Session, c.Conversation); err != nil {
			return err
		}
	}
	if !known || len(was.Labels)+len(c.Labels) > 0 {
		return desk.PutLabels(t.Session, c.Conversation)
	}
	return nil
}

// tallied returns what of a conversation is tallied.
func tallied(c store.Conversation) tally.Row {
	row := tally.Row{Status: c.Status, AwakeAt: engine.AwakeAt(c.Conversation), Unread: c.Unread, Waits: engine.Waits(c.Conversation)}
	if c.Assignee != nil {
		row.Assignee = sql.NullString{String: string(c.Assignee.ID), Valid: true}
	}
	row.FreeFrom, row.FreeUntil = engine.Free(c.Conversation)
	return row
}
