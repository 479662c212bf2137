package tables

import (
	"errors"
	"slices"
	"strings"
	"time"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// messageReader reads messages.
type messageReader struct{ *sqldb.Session }

// Message implements [store.Reader].
func (r messageReader) Message(id model.MessageID) (store.Message, error) {
	m, err := sqldb.One[store.Message](r.Session, `SELECT doc FROM messages WHERE page_id = ? AND id = ?`, id.Page(), id)
	return m, sqldb.Wrap(err, "read message %s", id)
}

// MessageByMID implements [store.Reader].
func (r messageReader) MessageByMID(page model.PageID, mid model.MID) (store.Message, error) {
	if mid == "" {
		return store.Message{}, sqldb.Wrap(store.ErrNotFound, "read message without mid")
	}
	m, err := sqldb.One[store.Message](r.Session,
		`SELECT doc FROM messages WHERE page_id = ? AND mid = ? AND mid <> ''`, page, mid)
	if errors.Is(err, store.ErrNotFound) {
		m, err = sqldb.One[store.Message](r.Session, `SELECT m.doc FROM attempts a
			JOIN messages m ON m.page_id = a.page_id AND m.id = a.message_id
			WHERE a.page_id = ? AND a.mid = ? AND a.mid <> '' ORDER BY a.number DESC LIMIT 1`, page, mid)
	}
	return m, sqldb.Wrap(err, "read message of page %s by mid", page)
}

// messagesList is the name of a conversation's messages in a cursor.
func messagesList(id model.ConversationID) string { return "messages:" + string(id) }

// visibleLine leaves out lines about records that the viewer may not see.
const visibleLine = ` AND (record = '' OR EXISTS (SELECT 1 FROM record_sights s WHERE s.user_id = ? AND s.until > ?
	AND messages.record = s.record_type || ':' || s.record_id))`

// Messages implements [store.Reader].
func (r messageReader) Messages(id model.ConversationID, before string, limit int, viewer store.Viewer) ([]store.Message, string, error) {
	list := messagesList(id)
	from, err := sqldb.ParseCursor(before, list)
	if err != nil || limit <= 0 {
		return nil, "", sqldb.Wrap(err, "read messages of %s", id)
	}
	query, args := `SELECT doc FROM messages WHERE page_id = ? AND conversation_id = ?`, sqldb.Args{id.Page(), id}
	if from != nil {
		query += ` AND (order_at, first_seq) < (?, ?)`
		args = append(args, from.At, from.Seq)
	}
	query += visibleLine + ` ORDER BY order_at DESC, first_seq DESC LIMIT ?`
	found, err := sqldb.Many[store.Message](r.Session, query, append(args, viewer.User, sqldb.Micros(viewer.Now), limit+1)...)
	if err != nil {
		return nil, "", sqldb.Wrap(err, "read messages of %s", id)
	}
	var cursor string
	if len(found) > limit {
		found = found[:limit]
		last := found[limit-1]
		cursor, err = sqldb.Place{List: list, At: sqldb.Micros(last.Order), Seq: last.FirstSeq}.Cursor()
	}
	slices.Reverse(found)
	return found, cursor, err
}

// Outgoing implements [store.Reader].
func (r messageReader) Outgoing(id model.ConversationID, until time.Time, states ...model.State) ([]store.Message, error) {
	if len(states) == 0 {
		return nil, nil
	}
	args := sqldb.Args{id.Page(), id, model.Out, sqldb.Micros(until)}
	list, err := sqldb.Many[store.Message](r.Session, `SELECT doc FROM messages
		WHERE page_id = ? AND conversation_id = ? AND direction = ? AND meta_time = 1 AND order_at <= ?
		AND state IN `+inList(states, &args)+` ORDER BY order_at, first_seq`, args...)
	return list, sqldb.Wrap(err, "read outgoing messages of %s", id)
}

// inList returns the placeholders of values and appends the values to the arguments.
func inList[T any](values []T, args *sqldb.Args) string {
	for _, v := range values {
		*args = append(*args, v)
	}
	return "(?" + strings.Repeat(", ?", len(values)-1) + ")"
}

// CountUnread implements [store.Reader].
func (r messageReader) CountUnread(id model.ConversationID, mark store.Mark) (int, error) {
	var n int
	err := r.Get(`SELECT COUNT(*) FROM messages
		WHERE page_id = ? AND conversation_id = ? AND direction = ? AND (order_at, first_seq) > (?, ?)`,
		sqldb.Args{id.Page(), id, model.In, sqldb.Micros(mark.Order), mark.FirstSeq}, &n)
	return n, sqldb.Wrap(err, "count unread messages of %s", id)
}

// AnsweredSince implements [store.Reader].
func (r messageReader) AnsweredSince(id model.ConversationID, user model.UserID, seq int64) (bool, error) {
	var answered bool
	err := r.Get(`SELECT EXISTS (SELECT 1 FROM messages
		WHERE page_id = ? AND conversation_id = ? AND first_seq > ? AND direction = ?
		AND (author_kind <> ? OR author_id <> ?) AND state NOT IN (?, ?, ?))`,
		sqldb.Args{id.Page(), id, seq, model.Out, model.ByUser, user, model.Failed, model.Dropped, model.Scheduled}, &answered)
	return answered, sqldb.Wrap(err, "look for answers in %s", id)
}

// Newest implements [store.Reader].
func (r messageReader) Newest(id model.ConversationID, upTo int64) (store.Message, error) {
	if upTo == 0 {
		m, err := sqldb.One[store.Message](r.Session, `SELECT doc FROM messages WHERE page_id = ? AND conversation_id = ?
			AND record = '' ORDER BY order_at DESC, first_seq DESC LIMIT 1`, id.Page(), id)
		return m, sqldb.Wrap(err, "read newest message of %s", id)
	}
	m, err := sqldb.One[store.Message](r.Session, `SELECT doc FROM messages
		WHERE page_id = ? AND conversation_id = ? AND first_seq <= ? AND record = ''
		ORDER BY order_at DESC, first_seq DESC LIMIT 1`, id.Page(), id, upTo)
	return m, sqldb.Wrap(err, "read newest message of %s", id)
}

// newestSaidQuery walks the index back to the newest message that was said.
const newestSaidQuery = `SELECT doc FROM messages
	WHERE page_id = ? AND conversation_id = ? AND direction IN ('in', 'out') AND state NOT IN ('failed', 'dropped')
	AND coalesce(json_extract(doc, '$.standby'), 0) = 0 AND coalesce(json_extract(doc, '$.deleted'), 0) = 0
	ORDER BY order_at DESC, first_seq DESC LIMIT 1`

// NewestSaid implements [store.Reader].
func (r messageReader) NewestSaid(id model.ConversationID) (store.Message, error) {
	m, err := sqldb.One[store.Message](r.Session, newestSaidQuery, id.Page(), id)
	return m, sqldb.Wrap(err, "read newest message between customer and page of %s", id)
}

// NewestIn implements [store.Reader].
func (r messageReader) NewestIn(id model.ConversationID) (store.Message, error) {
	m, err := sqldb.One[store.Message](r.Session, `SELECT doc FROM messages
		WHERE page_id = ? AND conversation_id = ? AND direction = ?
		ORDER BY order_at DESC, first_seq DESC LIMIT 1`, id.Page(), id, model.In)
	return m, sqldb.Wrap(err, "read newest message of the customer of %s", id)
}

// messageWriter writes messages.
type messageWriter struct{ pageBase }

// PutMessage implements [store.PageTx].
func (t messageWriter) PutMessage(m *store.Message) error {
	if err := errors.Join(t.own(m.ID.Page(), m.ID), t.own(m.ConversationID.Page(), m.ConversationID)); err != nil {
		return sqldb.Wrap(err, "put message")
	}
	if err := t.freeMID(m); err != nil {
		return sqldb.Wrap(err, "put message %s", m.ID)
	}
	was, err := t.stored(m.ID)
	if err != nil {
		return sqldb.Wrap(err, "put message %s", m.ID)
	}
	seq, err := t.change(store.KindMessage, string(m.ID))
	if err != nil {
		return sqldb.Wrap(err, "put message")
	}
	m.Seq, m.FirstSeq = seq, seq
	if was != nil {
		m.FirstSeq = was.FirstSeq
	}
	t.EraseIf(engine.Forgets(was, *m))
	err = t.writeMessage(*m)
	if err == nil {
		err = t.index().PutMessage(was, *m)
	}
	if err == nil {
		err = mediaWriter(t).removeMediaOf(was, *m)
	}
	if err == nil && store.TranscriptChanged(was, *m) {
		err = transcriptWriter(t).noteChange(m.ConversationID, seq)
	}
	return t.Spoil(sqldb.Wrap(err, "put message %s", m.ID))
}

// stored returns a message as it is stored, nil for a new one.
func (t messageWriter) stored(id model.MessageID) (*store.Message, error) {
	m, err := sqldb.One[store.Message](t.Session, `SELECT doc FROM messages WHERE page_id = ? AND id = ?`, t.page, id)
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
		sqldb.Args{t.page, m.MID}, &id)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && id == m.ID:
		return nil
	case err != nil:
		return err
	}
	return sqldb.Wrap(store.ErrConflict, "mid belongs to message %s", id)
}

func (t messageWriter) writeMessage(m store.Message) error {
	m.Order = sqldb.Exact(m.Order)
	doc, err := sqldb.Encode(m)
	if err != nil {
		return err
	}
	return t.Run(`INSERT INTO messages (page_id, id, conversation_id, mid, direction, state, author_kind,
		author_id, order_at, first_seq, meta_time, record, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (page_id, id) DO UPDATE SET conversation_id = excluded.conversation_id,
		mid = excluded.mid, direction = excluded.direction, state = excluded.state,
		author_kind = excluded.author_kind, author_id = excluded.author_id,
		order_at = excluded.order_at, meta_time = excluded.meta_time, record = excluded.record, doc = excluded.doc`,
		t.page, m.ID, m.ConversationID, m.MID, m.Direction, m.State, m.Author.Kind,
		m.Author.ID, sqldb.Micros(m.Order), m.FirstSeq, sqldb.Flag(m.MetaTime), engine.AboutRecord(m), doc)
}

// RemoveMessage implements [store.PageTx].
func (t messageWriter) RemoveMessage(id model.MessageID) error {
	if err := t.own(id.Page(), id); err != nil {
		return sqldb.Wrap(err, "remove message")
	}
	was, err := sqldb.One[store.Message](t.Session, `DELETE FROM messages WHERE page_id = ? AND id = ? RETURNING doc`, t.page, id)
	if err != nil {
		return sqldb.Wrap(err, "remove message %s", id)
	}
	t.EraseIf(true)
	if err := t.index().RemoveMessage(was); err != nil {
		return t.Spoil(sqldb.Wrap(err, "remove message %s", id))
	}
	if err := mediaWriter(t).removeMedia(`message_id = ?`, id); err != nil {
		return t.Spoil(sqldb.Wrap(err, "remove message %s", id))
	}
	for _, query := range []string{
		`DELETE FROM replies WHERE page_id = ? AND message_id = ?`,
		`DELETE FROM reacting WHERE page_id = ? AND message_id = ?`,
		`DELETE FROM carried WHERE page_id = ? AND message_id = ?`,
		`DELETE FROM attempts WHERE page_id = ? AND message_id = ?`,
	} {
		if err := t.Run(query, t.page, id); err != nil {
			return t.Spoil(sqldb.Wrap(err, "remove message %s", id))
		}
	}
	seq, err := t.change(store.KindRemoved, string(id))
	if err == nil {
		err = transcriptWriter(t).noteChange(was.ConversationID, seq)
	}
	return t.Spoil(sqldb.Wrap(err, "remove message %s", id))
}
