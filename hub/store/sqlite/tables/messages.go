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

// The queries of one message. The indexes have eight bytes of its ids.
const (
	messageQuery = sqldb.SelectMessages + ` WHERE substr(m.id, 1, 8) = substr(?, 1, 8) AND m.id = ? AND k.page_id = ?`
	byMIDQuery   = sqldb.SelectMessages + ` WHERE substr(m.mid, -8) = substr(?, -8) AND m.mid = ? AND k.page_id = ?`
)

// ofConversation selects the messages of a conversation, by its Page and its id.
const ofConversation = ` m.conversation = (SELECT key FROM search_conversations WHERE page_id = ? AND conversation_id = ?)`

// messagesOf begins a query of the messages of a conversation.
const messagesOf = sqldb.SelectMessages + ` WHERE` + ofConversation

// firstSeq is a message's first seq.
const firstSeq = `(m.key & 0x7ffffffff)`

// Message implements [store.Reader].
func (r messageReader) Message(id model.MessageID) (store.Message, error) {
	local := sqldb.LocalID(id)
	m, err := sqldb.Message(r.Session, messageQuery, local, local, id.Page())
	return m, sqldb.Wrap(err, "read message %s", id)
}

// MessageByMID implements [store.Reader].
func (r messageReader) MessageByMID(page model.PageID, mid model.MID) (store.Message, error) {
	if mid == "" {
		return store.Message{}, sqldb.Wrap(store.ErrNotFound, "read message without mid")
	}
	packed := sqldb.MID(mid)
	m, err := sqldb.Message(r.Session, byMIDQuery, packed, packed, page)
	if errors.Is(err, store.ErrNotFound) {
		var id model.MessageID
		err = r.Get(`SELECT message_id FROM attempts WHERE page_id = ? AND mid = ? AND mid <> '' ORDER BY number DESC LIMIT 1`,
			sqldb.Args{page, mid}, &id)
		if err == nil {
			m, err = r.Message(id)
		}
	}
	return m, sqldb.Wrap(err, "read message of page %s by mid", page)
}

// messagesList is the name of a conversation's messages in a cursor.
func messagesList(id model.ConversationID) string { return "messages:" + string(id) }

// visibleLine leaves out lines about records that the viewer may not see.
const visibleLine = ` AND (m.record IS NULL OR EXISTS (SELECT 1 FROM record_sights s WHERE s.user_id = ? AND s.until > ?
	AND m.record = s.record_type || ':' || s.record_id))`

// Messages implements [store.Reader].
func (r messageReader) Messages(id model.ConversationID, before string, limit int, viewer store.Viewer) ([]store.Message, string, error) {
	list := messagesList(id)
	from, err := sqldb.ParseCursor(before, list)
	if err != nil || limit <= 0 {
		return nil, "", sqldb.Wrap(err, "read messages of %s", id)
	}
	query, args := messagesOf, sqldb.Args{id.Page(), id}
	if from != nil {
		query += ` AND (m.order_at, m.key) < (?, ` + keyOf + `)`
		args = append(args, from.At, id.Page(), from.Seq)
	}
	query += visibleLine + ` ORDER BY m.order_at DESC, m.key DESC LIMIT ?`
	found, err := sqldb.Messages(r.Session, query, append(args, viewer.User, sqldb.Micros(viewer.Now), limit+1)...)
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
	args := sqldb.Args{id.Page(), id, sqldb.Direction(model.Out), sqldb.Micros(until)}
	stored := make([]any, len(states))
	for i, s := range states {
		stored[i] = sqldb.State(s)
	}
	list, err := sqldb.Messages(r.Session, messagesOf+` AND m.direction = ? AND m.flags & 1 AND m.order_at <= ?
		AND m.state IN `+inList(stored, &args)+` ORDER BY m.order_at, m.key`, args...)
	return list, sqldb.Wrap(err, "read outgoing messages of %s", id)
}

// inList returns the placeholders of values and appends the values to the arguments.
func inList[T any](values []T, args *sqldb.Args) string {
	for _, v := range values {
		*args = append(*args, v)
	}
	return "(?" + strings.Repeat(", ?", len(values)-1) + ")"
}

// keyOf is the key that a message of a Page with that first seq has, or would have.
const keyOf = `(SELECT coalesce(max(key), 0) << 35 FROM search_pages WHERE page_id = ?) + ?`

const countUnreadQuery = `SELECT COUNT(*) FROM messages m WHERE` + ofConversation + ` AND m.direction = ? AND (m.order_at, m.key) > (?, ` + keyOf + `)`

// CountUnread implements [store.Reader].
func (r messageReader) CountUnread(id model.ConversationID, mark store.Mark) (int, error) {
	var n int
	err := r.Get(countUnreadQuery,
		sqldb.Args{id.Page(), id, sqldb.Direction(model.In), sqldb.Micros(mark.Order), id.Page(), mark.FirstSeq}, &n)
	return n, sqldb.Wrap(err, "count unread messages of %s", id)
}

// answeredQuery has the direction in it, as the index of what went out does.
const answeredQuery = `SELECT EXISTS (SELECT 1 FROM messages m WHERE` + ofConversation + ` AND m.key > ` + keyOf + ` AND m.direction = 1
	AND m.author IS NOT ? AND m.state NOT IN (?, ?, ?))`

// AnsweredSince implements [store.Reader].
func (r messageReader) AnsweredSince(id model.ConversationID, user model.UserID, seq int64) (bool, error) {
	var answered bool
	err := r.Get(answeredQuery, sqldb.Args{
		id.Page(), id, id.Page(), seq, user, sqldb.State(model.Failed), sqldb.State(model.Dropped), sqldb.State(model.Scheduled),
	}, &answered)
	return answered, sqldb.Wrap(err, "look for answers in %s", id)
}

// Newest implements [store.Reader].
func (r messageReader) Newest(id model.ConversationID, upTo int64) (store.Message, error) {
	if upTo == 0 {
		m, err := sqldb.Message(r.Session, messagesOf+` AND m.record IS NULL`+newestFirst, id.Page(), id)
		return m, sqldb.Wrap(err, "read newest message of %s", id)
	}
	m, err := sqldb.Message(r.Session, messagesOf+` AND m.record IS NULL AND `+firstSeq+` <= ?`+newestFirst, id.Page(), id, upTo)
	return m, sqldb.Wrap(err, "read newest message of %s", id)
}

// newestFirst ends a query of the newest message, which walks the index back.
const newestFirst = ` ORDER BY m.order_at DESC, m.key DESC LIMIT 1`

// newestSaidQuery walks the index back to the newest message that was said.
const newestSaidQuery = messagesOf + ` AND m.flags & 2` + newestFirst

// NewestSaid implements [store.Reader].
func (r messageReader) NewestSaid(id model.ConversationID) (store.Message, error) {
	m, err := sqldb.Message(r.Session, newestSaidQuery, id.Page(), id)
	return m, sqldb.Wrap(err, "read newest message between customer and page of %s", id)
}

// NewestIn implements [store.Reader].
func (r messageReader) NewestIn(id model.ConversationID) (store.Message, error) {
	m, err := sqldb.Message(r.Session, messagesOf+` AND m.direction = ?`+newestFirst, id.Page(), id, sqldb.Direction(model.In))
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
	err = t.writeMessage(was, *m)
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
	m, err := messageReader{t.Session}.Message(id)
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
	packed := sqldb.MID(m.MID)
	other, err := sqldb.Message(t.Session, byMIDQuery, packed, packed, t.page)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && other.ID == m.ID:
		return nil
	case err != nil:
		return err
	}
	return sqldb.Wrap(store.ErrConflict, "mid belongs to message %s", other.ID)
}

const (
	insertMessage = `INSERT INTO messages (` + sqldb.MessageColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	updateMessage = `UPDATE messages SET id = ?2, conversation = ?3, mid = ?4, order_at = ?5, direction = ?6, state = ?7, flags = ?8,
		author = ?9, record = ?10, doc = ?11 WHERE key = ?1`
)

func (t messageWriter) writeMessage(was *store.Message, m store.Message) error {
	page, err := t.pageKey()
	if err != nil {
		return err
	}
	conversation, err := t.index().ConversationKey(m.ConversationID)
	if err != nil {
		return err
	}
	row, err := sqldb.MessageRow(page, conversation, m)
	switch {
	case err != nil:
		return err
	case was == nil:
		return t.Run(insertMessage, row...)
	}
	return t.Run(updateMessage, row...)
}

// RemoveMessage implements [store.PageTx].
func (t messageWriter) RemoveMessage(id model.MessageID) error {
	if err := t.own(id.Page(), id); err != nil {
		return sqldb.Wrap(err, "remove message")
	}
	was, err := messageReader{t.Session}.Message(id)
	if err == nil {
		var page int64
		if page, err = t.pageKey(); err == nil {
			err = t.Run(`DELETE FROM messages WHERE key = ?`, sqldb.MessageKey(page, was.FirstSeq))
		}
	}
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
