package tables

import (
	"errors"
	"slices"
	"time"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/lists"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// messageReader reads messages.
type messageReader struct{ *pgdb.Session }

// Message implements [store.Reader].
func (r messageReader) Message(id model.MessageID) (store.Message, error) {
	m, err := pgdb.One[store.Message](r.Session, `SELECT doc FROM messages WHERE page_id = ? AND id = ?`, id.Page(), id)
	return m, pgdb.Wrap(err, "read message %s", id)
}

// MessageByMID implements [store.Reader].
func (r messageReader) MessageByMID(page model.PageID, mid model.MID) (store.Message, error) {
	read := func() (store.Message, error) { return r.messageByMID(page, mid) }
	if known := aheadOf(r.Session).message(mid); known != nil && (known.doc != nil || !known.attempt) {
		m, err := decoded[store.Message](known.doc)
		return told(r.Session, "message by mid", m, err, read)
	}
	return read()
}

func (r messageReader) messageByMID(page model.PageID, mid model.MID) (store.Message, error) {
	if mid == "" {
		return store.Message{}, pgdb.Wrap(store.ErrNotFound, "read message without mid")
	}
	m, err := pgdb.One[store.Message](r.Session,
		`SELECT doc FROM messages WHERE page_id = ? AND mid = ? AND mid <> ''`, page, mid)
	if errors.Is(err, store.ErrNotFound) {
		m, err = pgdb.One[store.Message](r.Session, `SELECT m.doc FROM attempts a
			JOIN messages m ON m.page_id = a.page_id AND m.id = a.message_id
			WHERE a.page_id = ? AND a.mid = ? AND a.mid <> '' ORDER BY a.number DESC LIMIT 1`, page, mid)
	}
	return m, pgdb.Wrap(err, "read message of page %s by mid", page)
}

// messagesList is the name of a conversation's messages in a cursor.
func messagesList(id model.ConversationID) string { return "messages:" + string(id) }

// visibleLine leaves out lines about records that the viewer may not see.
const visibleLine = ` AND (record = '' OR EXISTS (SELECT 1 FROM record_sights s WHERE s.user_id = ? AND s.until > ?
	AND messages.record = s.record_type || ':' || s.record_id))`

// Messages implements [store.Reader].
func (r messageReader) Messages(id model.ConversationID, before string, limit int, viewer store.Viewer) ([]store.Message, string, error) {
	list := messagesList(id)
	from, err := engine.ParseCursor(before, list)
	if err != nil || limit <= 0 {
		return nil, "", pgdb.Wrap(err, "read messages of %s", id)
	}
	query, args := `SELECT doc FROM messages WHERE page_id = ? AND conversation_id = ?`, pgdb.Args{id.Page(), id}
	if from != nil {
		query += ` AND (order_at, first_seq) < (?, ?)`
		args = append(args, from.At, from.Seq)
	}
	query += visibleLine + ` ORDER BY order_at DESC, first_seq DESC LIMIT ?`
	found, err := pgdb.Many[store.Message](r.Session, query, append(args, viewer.User, engine.Micros(viewer.Now), limit+1)...)
	if err != nil {
		return nil, "", pgdb.Wrap(err, "read messages of %s", id)
	}
	var cursor string
	if len(found) > limit {
		found = found[:limit]
		last := found[limit-1]
		cursor, err = engine.Place{List: list, At: engine.Micros(last.Order), Seq: last.FirstSeq}.Cursor()
	}
	slices.Reverse(found)
	return found, cursor, err
}

// Outgoing implements [store.Reader].
func (r messageReader) Outgoing(id model.ConversationID, until time.Time, states ...model.State) ([]store.Message, error) {
	if len(states) == 0 {
		return nil, nil
	}
	list, err := pgdb.Many[store.Message](r.Session, `SELECT doc FROM messages
		WHERE page_id = ? AND conversation_id = ? AND direction = ? AND meta_time AND order_at <= ?
		AND state = ANY(?) ORDER BY order_at, first_seq`, id.Page(), id, model.Out, engine.Micros(until), states)
	return list, pgdb.Wrap(err, "read outgoing messages of %s", id)
}

// CountUnread implements [store.Reader].
func (r messageReader) CountUnread(id model.ConversationID, mark store.Mark) (int, error) {
	var n int
	err := r.Get(`SELECT COUNT(*) FROM messages
		WHERE page_id = ? AND conversation_id = ? AND direction = ? AND (order_at, first_seq) > (?, ?)`,
		pgdb.Args{id.Page(), id, model.In, engine.Micros(mark.Order), mark.FirstSeq}, &n)
	return n, pgdb.Wrap(err, "count unread messages of %s", id)
}

// AnsweredSince implements [store.Reader].
func (r messageReader) AnsweredSince(id model.ConversationID, user model.UserID, seq int64) (bool, error) {
	var answered bool
	err := r.Get(`SELECT EXISTS (SELECT 1 FROM messages
		WHERE page_id = ? AND conversation_id = ? AND first_seq > ? AND direction = ?
		AND (author_kind <> ? OR author_id <> ?) AND state NOT IN (?, ?, ?))`,
		pgdb.Args{id.Page(), id, seq, model.Out, model.ByUser, user, model.Failed, model.Dropped, model.Scheduled}, &answered)
	return answered, pgdb.Wrap(err, "look for answers in %s", id)
}

// Newest implements [store.Reader].
func (r messageReader) Newest(id model.ConversationID, upTo int64) (store.Message, error) {
	read := func() (store.Message, error) { return r.newest(id, upTo) }
	if known := aheadOf(r.Session).conversation(id); known != nil && upTo == 0 {
		m, err := decoded[store.Message](known.newest)
		return told(r.Session, "newest message", m, err, read)
	}
	return read()
}

func (r messageReader) newest(id model.ConversationID, upTo int64) (store.Message, error) {
	if upTo == 0 {
		m, err := pgdb.One[store.Message](r.Session, `SELECT doc FROM messages WHERE page_id = ? AND conversation_id = ?
			AND record = '' ORDER BY order_at DESC, first_seq DESC LIMIT 1`, id.Page(), id)
		return m, pgdb.Wrap(err, "read newest message of %s", id)
	}
	m, err := pgdb.One[store.Message](r.Session, `SELECT doc FROM messages
		WHERE page_id = ? AND conversation_id = ? AND first_seq <= ? AND record = ''
		ORDER BY order_at DESC, first_seq DESC LIMIT 1`, id.Page(), id, upTo)
	return m, pgdb.Wrap(err, "read newest message of %s", id)
}

// newestSaidQuery walks the index back to the newest message that was said.
const newestSaidQuery = `SELECT doc FROM messages
	WHERE page_id = ? AND conversation_id = ? AND said
	ORDER BY order_at DESC, first_seq DESC LIMIT 1`

// NewestSaid implements [store.Reader].
func (r messageReader) NewestSaid(id model.ConversationID) (store.Message, error) {
	m, err := pgdb.One[store.Message](r.Session, newestSaidQuery, id.Page(), id)
	return m, pgdb.Wrap(err, "read newest message between customer and page of %s", id)
}

// NewestIn implements [store.Reader].
func (r messageReader) NewestIn(id model.ConversationID) (store.Message, error) {
	m, err := pgdb.One[store.Message](r.Session, `SELECT doc FROM messages
		WHERE page_id = ? AND conversation_id = ? AND direction = ?
		ORDER BY order_at DESC, first_seq DESC LIMIT 1`, id.Page(), id, model.In)
	return m, pgdb.Wrap(err, "read newest message of the customer of %s", id)
}

// messageWriter writes messages.
type messageWriter struct{ pageBase }

// PutMessage implements [store.PageTx].
func (t messageWriter) PutMessage(m *store.Message) error {
	if err := errors.Join(t.own(m.ID.Page(), m.ID), t.own(m.ConversationID.Page(), m.ConversationID)); err != nil {
		return pgdb.Wrap(err, "put message")
	}
	was, fresh, err := t.before(m)
	if err != nil {
		return pgdb.Wrap(err, "put message %s", m.ID)
	}
	seq, err := t.change(store.KindMessage, string(m.ID))
	if err != nil {
		return pgdb.Wrap(err, "put message")
	}
	m.Seq, m.FirstSeq = seq, seq
	if was != nil {
		m.FirstSeq = was.FirstSeq
	}
	err = t.writeMessage(*m, fresh)
	if err == nil {
		err = mediaWriter(t).removeMediaOf(was, *m)
	}
	if err == nil && store.TranscriptChanged(was, *m) {
		err = transcriptWriter(t).noteChange(m.ConversationID, seq)
	}
	return t.Spoil(pgdb.Wrap(err, "put message %s", m.ID))
}

// before returns a message as it is stored, nil if it is not, and refuses Meta's id of another one.
// fresh: that it is new is known without asking, since nothing has its mid, and whoever puts it has
// just made it. (If its id were stored all the same, the transaction would fail.)
func (t messageWriter) before(m *store.Message) (was *store.Message, fresh bool, err error) {
	if known := aheadOf(t.Session).message(m.MID); known != nil && known.doc == nil && m.FirstSeq == 0 && m.Seq == 0 {
		return nil, true, nil
	}
	if err := t.freeMID(m); err != nil {
		return nil, false, err
	}
	was, err = t.stored(m.ID)
	return was, false, err
}

// stored returns a message as it is stored, nil for a new one.
func (t messageWriter) stored(id model.MessageID) (*store.Message, error) {
	m, err := pgdb.One[store.Message](t.Session, `SELECT doc FROM messages WHERE page_id = ? AND id = ?`, t.page, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &m, err
}

// freeMID refuses Meta's id of another message, before a seq is taken.
func (t messageWriter) freeMID(m *store.Message) error {
	if m.MID == "" {
		return nil
	}
	var id model.MessageID
	err := t.Get(`SELECT id FROM messages WHERE page_id = ? AND mid = ? AND mid <> ''`,
		pgdb.Args{t.page, m.MID}, &id)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && id == m.ID:
		return nil
	case err != nil:
		return err
	}
	return pgdb.Wrap(store.ErrConflict, "mid belongs to message %s", id)
}

// insertMessage stores a new message.
const insertMessage = `INSERT INTO messages (page_id, id, conversation_id, mid, direction, state, author_kind,
		author_id, order_at, first_seq, meta_time, said, long, record, words, doc)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::text::tsvector, ?)`

// writeMessage stores a message; fresh: it is known to be new.
func (t messageWriter) writeMessage(m store.Message, fresh bool) error {
	m.Order = engine.Exact(m.Order)
	doc, err := pgdb.Encode(m)
	if err != nil {
		return err
	}
	vector, long := lists.Vector(t.page, string(engine.Searched(m.Message)))
	values := pgdb.Args{
		t.page, m.ID, m.ConversationID, m.MID, m.Direction, m.State, m.Author.Kind,
		m.Author.ID, engine.Micros(m.Order), m.FirstSeq, m.MetaTime, m.Said(), long, engine.AboutRecord(m), vector, doc,
	}
	if a := aheadOf(t.Session); fresh && a != nil {
		a.added(m, doc)
		return t.Note(insertMessage, values...)
	}
	return t.Run(insertMessage+`
		ON CONFLICT (page_id, id) DO UPDATE SET conversation_id = excluded.conversation_id,
		mid = excluded.mid, direction = excluded.direction, state = excluded.state,
		author_kind = excluded.author_kind, author_id = excluded.author_id,
		order_at = excluded.order_at, meta_time = excluded.meta_time, said = excluded.said,
		long = excluded.long, record = excluded.record, words = excluded.words, doc = excluded.doc`, values...)
}

// RemoveMessage implements [store.PageTx].
func (t messageWriter) RemoveMessage(id model.MessageID) error {
	if err := t.own(id.Page(), id); err != nil {
		return pgdb.Wrap(err, "remove message")
	}
	t.Writes()
	was, err := pgdb.One[store.Message](t.Session, `DELETE FROM messages WHERE page_id = ? AND id = ? RETURNING doc`, t.page, id)
	if err != nil {
		return pgdb.Wrap(err, "remove message %s", id)
	}
	if err := mediaWriter(t).removeMedia(`message_id = ?`, id); err != nil {
		return t.Spoil(pgdb.Wrap(err, "remove message %s", id))
	}
	for _, query := range []string{
		`DELETE FROM replies WHERE page_id = ? AND message_id = ?`,
		`DELETE FROM reacting WHERE page_id = ? AND message_id = ?`,
		`DELETE FROM carried WHERE page_id = ? AND message_id = ?`,
		`DELETE FROM attempts WHERE page_id = ? AND message_id = ?`,
	} {
		if err := t.Run(query, t.page, id); err != nil {
			return t.Spoil(pgdb.Wrap(err, "remove message %s", id))
		}
	}
	seq, err := t.change(store.KindRemoved, string(id))
	if err == nil {
		err = transcriptWriter(t).noteChange(was.ConversationID, seq)
	}
	return t.Spoil(pgdb.Wrap(err, "remove message %s", id))
}
