package tables

import (
	"database/sql"
	"errors"
	"time"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
	"parley/hub/store/sqlite/tally"
	"parley/model"
)

// deletionReader reads what was deleted.
type deletionReader struct{ *sqldb.Session }

// Tombstone implements [store.Reader].
func (r deletionReader) Tombstone(id model.ConversationID) (time.Time, error) {
	var until int64
	err := r.Get(`SELECT until FROM tombstones WHERE page_id = ? AND conversation_id = ?`,
		sqldb.Args{id.Page(), id}, &until)
	return sqldb.FromMicros(until), sqldb.Wrap(err, "read tombstone of %s", id)
}

// HeldUpTo implements [store.Reader].
func (r deletionReader) HeldUpTo(id model.ConversationID) (time.Time, error) {
	var newest int64
	for _, q := range []struct {
		query string
		arg   any
	}{
		{`SELECT MAX(m.order_at) FROM messages m WHERE` + ofConversation + ` AND m.flags & 1`, id},
		{`SELECT MAX(at) FROM raw_events WHERE ` + ofCustomer, sqldb.Number(string(id.Customer()))},
		{`SELECT MAX(at) FROM pending WHERE page_id = ? AND customer = ?`, id.Customer()},
	} {
		var at sql.NullInt64
		if err := r.Get(q.query, sqldb.Args{id.Page(), q.arg}, &at); err != nil {
			return time.Time{}, sqldb.Wrap(err, "read how far %s goes", id)
		}
		newest = max(newest, at.Int64)
	}
	return sqldb.FromMicros(newest), nil
}

// Buried implements [store.Reader].
func (r deletionReader) Buried(page model.PageID, token string, mid model.MID) (bool, error) {
	var buried bool
	err := r.Get(`SELECT EXISTS (SELECT 1 FROM buried_tokens WHERE page_id = ? AND token = ? AND token <> '')
		OR EXISTS (SELECT 1 FROM buried_mids WHERE page_id = ? AND mid = ? AND mid <> '')`,
		sqldb.Args{page, token, page, mid}, &buried)
	return buried, sqldb.Wrap(err, "look among what was deleted of page %s", page)
}

// BuriedEvent implements [store.Reader].
func (r deletionReader) BuriedEvent(page model.PageID, key string) (bool, error) {
	var buried bool
	err := r.Get(`SELECT EXISTS (SELECT 1 FROM buried_keys WHERE page_id = ? AND key = ?)`, sqldb.Args{page, sqldb.EventKey(page, key)}, &buried)
	return buried, sqldb.Wrap(err, "look among events that were deleted of page %s", page)
}

// BuriedReply implements [store.Reader].
func (r deletionReader) BuriedReply(page model.PageID, user model.UserID, client model.ClientID) (bool, error) {
	var buried bool
	err := r.Get(`SELECT EXISTS (SELECT 1 FROM buried_replies WHERE page_id = ? AND user_id = ? AND client_id = ?)`,
		sqldb.Args{page, user, client}, &buried)
	return buried, sqldb.Wrap(err, "look among replies that were deleted of page %s", page)
}

// deletionWriter deletes conversations.
type deletionWriter struct{ pageBase }

// BuryMID implements [store.PageTx].
func (t deletionWriter) BuryMID(mid model.MID) error {
	if mid == "" {
		return errors.New("bury mid: none")
	}
	err := t.Run(`INSERT INTO buried_mids (page_id, mid) VALUES (?, ?) ON CONFLICT DO NOTHING`, t.page, mid)
	return sqldb.Wrap(err, "bury mid of page %s", t.page)
}

// DeleteConversation implements [store.PageTx].
func (t deletionWriter) DeleteConversation(id model.ConversationID, until time.Time) error {
	if err := t.own(id.Page(), id); err != nil {
		return sqldb.Wrap(err, "delete conversation")
	}
	if err := tally.Forget(t.Session, t.page, id); err != nil {
		return sqldb.Wrap(err, "delete conversation %s", id)
	}
	n, err := t.Exec(`DELETE FROM conversations WHERE page_id = ? AND id = ?`, t.page, id)
	if err != nil {
		return sqldb.Wrap(err, "delete conversation %s", id)
	}
	if n == 0 {
		return sqldb.Wrap(store.ErrNotFound, "delete conversation %s", id)
	}
	t.EraseIf(true)
	messages, err := sqldb.Messages(t.Session, messagesOf, t.page, id)
	if err == nil {
		err = t.index().RemoveConversation(id, messages)
	}
	if err == nil {
		err = t.bury(id, until, messages)
	}
	if err == nil {
		err = t.deleteContent(id, messages)
	}
	if err == nil {
		err = t.index().ForgetKey(id)
	}
	if err != nil {
		return t.Spoil(sqldb.Wrap(err, "delete conversation %s", id))
	}
	err = t.Run(`INSERT INTO tombstones (page_id, conversation_id, until) VALUES (?, ?, ?)
		ON CONFLICT (page_id, conversation_id) DO UPDATE SET until =
		CASE WHEN excluded.until > tombstones.until THEN excluded.until ELSE tombstones.until END`,
		t.page, id, sqldb.Micros(until))
	if err == nil {
		_, err = t.change(store.KindRemoved, string(id))
	}
	return t.Spoil(sqldb.Wrap(err, "delete conversation %s", id))
}

// unsure is how long before a tombstone's end a message may be that comes back with a later
// time: an import has whole seconds only.
const unsure = time.Second

// asReceived is the longest time between an event's time and its storing for which that time
// may be just the time of receipt, which is different when the event comes again.
const asReceived = time.Minute

// bury stores what identifies a conversation's messages and replies when they come again and
// the tombstone's time does not cover them.
func (t deletionWriter) bury(id model.ConversationID, until time.Time, messages []store.Message) error {
	for _, m := range messages {
		if m.MID == "" || m.MetaTime && !m.Order.After(until.Add(-unsure)) {
			continue
		}
		if err := t.BuryMID(m.MID); err != nil {
			return err
		}
	}
	for _, q := range []struct {
		query string
		args  sqldb.Args
	}{
		{`INSERT INTO buried_tokens (page_id, token) SELECT a.page_id, a.token FROM attempts a
			JOIN replies r ON r.page_id = a.page_id AND r.message_id = a.message_id
			WHERE a.page_id = ? AND r.conversation_id = ? AND a.token <> '' ON CONFLICT DO NOTHING`, sqldb.Args{t.page, id}},
		{`INSERT INTO buried_mids (page_id, mid) SELECT a.page_id, a.mid FROM attempts a
			JOIN replies r ON r.page_id = a.page_id AND r.message_id = a.message_id
			WHERE a.page_id = ? AND r.conversation_id = ? AND a.mid <> '' ON CONFLICT DO NOTHING`, sqldb.Args{t.page, id}},
		{
			`INSERT INTO buried_keys (page_id, key) SELECT ?, event FROM raw_events
			WHERE ` + ofCustomer + ` AND at >= received_at - ? ON CONFLICT DO NOTHING`,
			sqldb.Args{t.page, t.page, sqldb.Number(string(id.Customer())), asReceived.Microseconds()},
		},
		{`INSERT INTO buried_replies (page_id, user_id, client_id) SELECT page_id, user_id, client_id FROM replies
			WHERE page_id = ? AND conversation_id = ? AND client_id <> '' ON CONFLICT DO NOTHING`, sqldb.Args{t.page, id}},
	} {
		if err := t.Run(q.query, q.args...); err != nil {
			return err
		}
	}
	return nil
}

// deleteContent removes everything that belongs to a conversation.
func (t deletionWriter) deleteContent(id model.ConversationID, messages []store.Message) error {
	if err := mediaWriter(t).removeMedia(`conversation_id = ?`, id); err != nil {
		return err
	}
	for _, m := range messages {
		if m.MID != "" {
			if err := t.Run(`DELETE FROM pending WHERE page_id = ? AND mid = ?`, t.page, m.MID); err != nil {
				return err
			}
		}
		if m.Direction == model.Out {
			if err := t.Run(`DELETE FROM attempts WHERE page_id = ? AND message_id = ?`, t.page, m.ID); err != nil {
				return err
			}
		}
	}
	for _, del := range []struct {
		query string
		arg   any
	}{
		{`DELETE FROM pending WHERE page_id = ? AND customer = ?`, id.Customer()},
		{`DELETE FROM raw_events WHERE ` + ofCustomer, sqldb.Number(string(id.Customer()))},
		{`DELETE FROM attempts WHERE page_id = ? AND message_id IN
			(SELECT message_id FROM replies WHERE page_id = attempts.page_id AND conversation_id = ?)`, id},
		{`DELETE FROM replies WHERE page_id = ? AND conversation_id = ?`, id},
		{`DELETE FROM reacting WHERE page_id = ? AND conversation_id = ?`, id},
		{`DELETE FROM carried WHERE page_id = ? AND conversation_id = ?`, id},
		{`DELETE FROM messages AS m WHERE` + ofConversation, id},
		{`DELETE FROM links WHERE page_id = ? AND conversation_id = ?`, id},
		{`DELETE FROM mentions WHERE page_id = ? AND conversation_id = ?`, id},
		{`DELETE FROM conversation_labels WHERE page_id = ? AND conversation_id = ?`, id},
		{`DELETE FROM syncs WHERE page_id = ? AND conversation_id = ?`, id},
		{`DELETE FROM transcripts WHERE page_id = ? AND conversation_id = ?`, id},
		{`DELETE FROM transcript_records WHERE page_id = ? AND conversation_id = ?`, id},
	} {
		if err := t.Run(del.query, t.page, del.arg); err != nil {
			return err
		}
	}
	return nil
}
