package tables

import (
	"errors"
	"time"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// deletionReader reads what was deleted.
type deletionReader struct{ *pgdb.Session }

// Tombstone implements [store.Reader].
func (r deletionReader) Tombstone(id model.ConversationID) (time.Time, error) {
	read := func() (time.Time, error) { return r.tombstone(id) }
	switch known := aheadOf(r.Session).conversation(id); {
	case known == nil:
		return read()
	case known.until == nil:
		return told(r.Session, "tombstone", time.Time{}, store.ErrNotFound, read)
	default:
		return told(r.Session, "tombstone", engine.FromMicros(*known.until), nil, read)
	}
}

func (r deletionReader) tombstone(id model.ConversationID) (time.Time, error) {
	var until int64
	err := r.Get(`SELECT until FROM tombstones WHERE page_id = ? AND conversation_id = ?`,
		pgdb.Args{id.Page(), id}, &until)
	return engine.FromMicros(until), pgdb.Wrap(err, "read tombstone of %s", id)
}

// HeldUpTo implements [store.Reader].
func (r deletionReader) HeldUpTo(id model.ConversationID) (time.Time, error) {
	var newest int64
	for _, q := range []struct {
		query string
		arg   any
	}{
		{`SELECT MAX(order_at) FROM messages WHERE page_id = ? AND conversation_id = ? AND meta_time`, id},
		{`SELECT MAX(at) FROM raw_events WHERE page_id = ? AND customer = ?`, id.Customer()},
		{`SELECT MAX(at) FROM pending WHERE page_id = ? AND customer = ?`, id.Customer()},
	} {
		var at *int64
		if err := r.Get(q.query, pgdb.Args{id.Page(), q.arg}, &at); err != nil {
			return time.Time{}, pgdb.Wrap(err, "read how far %s goes", id)
		}
		if at != nil {
			newest = max(newest, *at)
		}
	}
	return engine.FromMicros(newest), nil
}

// Buried implements [store.Reader].
func (r deletionReader) Buried(page model.PageID, token string, mid model.MID) (bool, error) {
	read := func() (bool, error) { return r.buried(page, token, mid) }
	if known := aheadOf(r.Session).message(mid); known != nil && token == "" {
		return told(r.Session, "buried mid", known.buried, nil, read)
	}
	return read()
}

func (r deletionReader) buried(page model.PageID, token string, mid model.MID) (bool, error) {
	var buried bool
	err := r.Get(`SELECT EXISTS (SELECT 1 FROM buried_tokens WHERE page_id = ? AND token = ? AND token <> '')
		OR EXISTS (SELECT 1 FROM buried_mids WHERE page_id = ? AND mid = ? AND mid <> '')`,
		pgdb.Args{page, token, page, mid}, &buried)
	return buried, pgdb.Wrap(err, "look among what was deleted of page %s", page)
}

// BuriedEvent implements [store.Reader].
func (r deletionReader) BuriedEvent(page model.PageID, key string) (bool, error) {
	read := func() (bool, error) { return r.buriedEvent(page, key) }
	if known := aheadOf(r.Session).event(page, key); known != nil {
		return told(r.Session, "buried event", known.buried, nil, read)
	}
	return read()
}

func (r deletionReader) buriedEvent(page model.PageID, key string) (bool, error) {
	var buried bool
	err := r.Get(`SELECT EXISTS (SELECT 1 FROM buried_keys WHERE page_id = ? AND event = ?)`, pgdb.Args{page, engine.EventKey(page, key)}, &buried)
	return buried, pgdb.Wrap(err, "look among events that were deleted of page %s", page)
}

// BuriedReply implements [store.Reader].
func (r deletionReader) BuriedReply(page model.PageID, user model.UserID, client model.ClientID) (bool, error) {
	var buried bool
	err := r.Get(`SELECT EXISTS (SELECT 1 FROM buried_replies WHERE page_id = ? AND user_id = ? AND client_id = ?)`,
		pgdb.Args{page, user, client}, &buried)
	return buried, pgdb.Wrap(err, "look among replies that were deleted of page %s", page)
}

// deletionWriter deletes conversations.
type deletionWriter struct{ pageBase }

// BuryMID implements [store.PageTx].
func (t deletionWriter) BuryMID(mid model.MID) error {
	if mid == "" {
		return errors.New("bury mid: none")
	}
	err := t.Run(`INSERT INTO buried_mids (page_id, mid) VALUES (?, ?) ON CONFLICT DO NOTHING`, t.page, mid)
	return pgdb.Wrap(err, "bury mid of page %s", t.page)
}

// DeleteConversation implements [store.PageTx].
func (t deletionWriter) DeleteConversation(id model.ConversationID, until time.Time) error {
	if err := t.own(id.Page(), id); err != nil {
		return pgdb.Wrap(err, "delete conversation")
	}
	n, err := t.Exec(`DELETE FROM conversations WHERE page_id = ? AND id = ?`, t.page, id)
	if err != nil {
		return pgdb.Wrap(err, "delete conversation %s", id)
	}
	if n == 0 {
		return pgdb.Wrap(store.ErrNotFound, "delete conversation %s", id)
	}
	if err := t.bury(id, until); err != nil {
		return t.Spoil(pgdb.Wrap(err, "delete conversation %s", id))
	}
	if err := t.deleteContent(id); err != nil {
		return t.Spoil(pgdb.Wrap(err, "delete conversation %s", id))
	}
	err = t.Run(`INSERT INTO tombstones (page_id, conversation_id, until) VALUES (?, ?, ?)
		ON CONFLICT (page_id, conversation_id) DO UPDATE SET until = GREATEST(excluded.until, tombstones.until)`,
		t.page, id, engine.Micros(until))
	if err == nil {
		_, err = t.change(store.KindRemoved, string(id))
	}
	return t.Spoil(pgdb.Wrap(err, "delete conversation %s", id))
}

// unsure is how long before a tombstone's end a message may be that comes back with a later
// time: an import has whole seconds only.
const unsure = time.Second

// asReceived is the longest time between an event's time and its storing for which that time
// may be just the time of receipt, which is different when the event comes again.
const asReceived = time.Minute

// bury stores what identifies a conversation's messages and replies when they come again and
// the tombstone's time does not cover them.
func (t deletionWriter) bury(id model.ConversationID, until time.Time) error {
	for _, q := range []struct {
		query string
		args  pgdb.Args
	}{
		{`INSERT INTO buried_tokens (page_id, token) SELECT a.page_id, a.token FROM attempts a
			JOIN replies r ON r.page_id = a.page_id AND r.message_id = a.message_id
			WHERE a.page_id = ? AND r.conversation_id = ? AND a.token <> '' ON CONFLICT DO NOTHING`, pgdb.Args{t.page, id}},
		{`INSERT INTO buried_mids (page_id, mid) SELECT a.page_id, a.mid FROM attempts a
			JOIN replies r ON r.page_id = a.page_id AND r.message_id = a.message_id
			WHERE a.page_id = ? AND r.conversation_id = ? AND a.mid <> '' ON CONFLICT DO NOTHING`, pgdb.Args{t.page, id}},
		{`INSERT INTO buried_mids (page_id, mid) SELECT page_id, mid FROM messages
			WHERE page_id = ? AND conversation_id = ? AND mid <> '' AND (NOT meta_time OR order_at > ?)
			ON CONFLICT DO NOTHING`, pgdb.Args{t.page, id, engine.Micros(until.Add(-unsure))}},
		{`INSERT INTO buried_keys (page_id, event) SELECT page_id, event FROM raw_events
			WHERE page_id = ? AND customer = ? AND at >= received_at - ? ON CONFLICT DO NOTHING`, pgdb.Args{t.page, id.Customer(), asReceived.Microseconds()}},
		{`INSERT INTO buried_replies (page_id, user_id, client_id) SELECT page_id, user_id, client_id FROM replies
			WHERE page_id = ? AND conversation_id = ? AND client_id <> '' ON CONFLICT DO NOTHING`, pgdb.Args{t.page, id}},
	} {
		if err := t.Run(q.query, q.args...); err != nil {
			return err
		}
	}
	return nil
}

// deleteContent removes everything that belongs to a conversation.
func (t deletionWriter) deleteContent(id model.ConversationID) error {
	if err := mediaWriter(t).removeMedia(`conversation_id = ?`, id); err != nil {
		return err
	}
	for _, del := range []struct {
		query string
		arg   any
	}{
		{`DELETE FROM pending WHERE page_id = ? AND customer = ?`, id.Customer()},
		{`DELETE FROM pending WHERE page_id = ? AND mid <> '' AND mid IN
			(SELECT mid FROM messages WHERE page_id = pending.page_id AND conversation_id = ?)`, id},
		{`DELETE FROM raw_events WHERE page_id = ? AND customer = ?`, id.Customer()},
		{`DELETE FROM attempts WHERE page_id = ? AND message_id IN
			(SELECT id FROM messages WHERE page_id = attempts.page_id AND conversation_id = ?)`, id},
		{`DELETE FROM attempts WHERE page_id = ? AND message_id IN
			(SELECT message_id FROM replies WHERE page_id = attempts.page_id AND conversation_id = ?)`, id},
		{`DELETE FROM replies WHERE page_id = ? AND conversation_id = ?`, id},
		{`DELETE FROM reacting WHERE page_id = ? AND conversation_id = ?`, id},
		{`DELETE FROM carried WHERE page_id = ? AND conversation_id = ?`, id},
		{`DELETE FROM messages WHERE page_id = ? AND conversation_id = ?`, id},
		{`DELETE FROM names WHERE page_id = ? AND conversation_id = ?`, id},
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
