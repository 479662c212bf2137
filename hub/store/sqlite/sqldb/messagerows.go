package sqldb

import (
	"database/sql"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"parley/hub/store"
	"parley/hub/store/compact"
	"parley/hub/store/engine"
	"parley/model"
)

// A message's row. Its key is the number of its Page in the high bits and its first seq in the low
// ones, as many as the search index has for it.
const seqBits = 35

// MessageKey returns the key of the message of a Page with that first seq.
func MessageKey(page, firstSeq int64) int64 { return page<<seqBits | firstSeq }

// What the column flags is the sum of.
const (
	TimedByMeta = 1
	Said        = 2
)

// directions and states are what stands in columns as the number of its place here; what is not
// among them stands as it is. New ones are added at the end.
var (
	directions = []model.Direction{model.In, model.Out, model.Note, model.System}
	states     = []model.State{
		"", model.Scheduled, model.Queued, model.Posting, model.Sent, model.Delivered, model.Read, model.Failed, model.Unknown, model.Ask, model.Dropped,
	}
)

// Direction returns a direction as it stands in its column.
func Direction(d model.Direction) any { return placed(directions, d) }

// State returns a state as it stands in its column.
func State(s model.State) any { return placed(states, s) }

func placed[T ~string](among []T, v T) any {
	if i := slices.Index(among, v); i >= 0 {
		return int64(i)
	}
	return string(v)
}

func fromPlace[T ~string](among []T, v any) (T, error) {
	switch v := v.(type) {
	case int64:
		if v >= 0 && v < int64(len(among)) {
			return among[v], nil
		}
	case string:
		return T(v), nil
	}
	return "", fmt.Errorf("read column: %v is nothing that is known", v)
}

const (
	// midPrefix begins Meta's ids; leastMID is how long they are from which they are taken for bytes.
	midPrefix = "m_"
	leastMID  = 16
)

// LocalID returns the part of a message's id that its Page does not say, as it stands in its column:
// the bytes of a UUID, else the text.
func LocalID(id model.MessageID) any {
	_, local, _ := strings.Cut(string(id), model.PageSeparator)
	if b, ok := compact.UUID(local); ok {
		return b
	}
	return local
}

// MID returns Meta's id as it stands in its column: the bytes that it writes out, else the text; nil
// for none.
func MID(mid model.MID) any {
	if mid == "" {
		return nil
	}
	if text, ok := strings.CutPrefix(string(mid), midPrefix); ok && len(text) >= leastMID {
		b, err := base64.RawURLEncoding.DecodeString(text)
		if err == nil && base64.RawURLEncoding.EncodeToString(b) == text {
			return b
		}
	}
	return string(mid)
}

// ReadMID reverses [MID].
func ReadMID(v any) model.MID {
	switch v := v.(type) {
	case []byte:
		return model.MID(midPrefix + base64.RawURLEncoding.EncodeToString(v))
	case string:
		return model.MID(v)
	}
	return ""
}

// MessageRow returns the columns of a message, in the order of [MessageColumns].
func MessageRow(page, conversation int64, m store.Message) (Args, error) {
	m.Order = Exact(m.Order)
	doc, err := compact.Message(m)
	if err != nil {
		return nil, err
	}
	flags := Flag(m.MetaTime) * TimedByMeta
	if m.Said() {
		flags |= Said
	}
	var author, record any
	if m.Author.Kind == model.ByUser {
		author = m.Author.ID
	}
	if r := engine.AboutRecord(m); r != "" {
		record = r
	}
	return Args{
		MessageKey(page, m.FirstSeq), LocalID(m.ID), conversation, MID(m.MID), Micros(m.Order), Direction(m.Direction), State(m.State),
		flags, author, record, doc,
	}, nil
}

// MessageColumns are those of [MessageRow].
const MessageColumns = `key, id, conversation, mid, order_at, direction, state, flags, author, record, doc`

// SelectMessages begins a query of messages m, and of the conversations k that they are in.
const SelectMessages = `SELECT m.key, m.id, k.page_id, k.conversation_id, m.mid, m.order_at, m.direction, m.state, m.flags, m.doc
	FROM messages m CROSS JOIN search_conversations k ON k.key = m.conversation`

// Messages reads what a query that begins with [SelectMessages] finds.
func Messages(s *Session, query string, args ...any) ([]store.Message, error) {
	var list []store.Message
	err := s.Each(query, args, func(rows *sql.Rows) error {
		m, err := scanMessage(rows)
		list = append(list, m)
		return err
	})
	return list, err
}

// Message reads the first that such a query finds; if there is none, that is [store.ErrNotFound].
func Message(s *Session, query string, args ...any) (store.Message, error) {
	list, err := Messages(s, query, args...)
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Message{}, err
	}
	return list[0], nil
}

func scanMessage(rows *sql.Rows) (m store.Message, err error) {
	var key, at, flags int64
	var id, mid, direction, state any
	var doc sql.RawBytes
	var page string
	if err := rows.Scan(&key, &id, &page, (*string)(&m.ConversationID), &mid, &at, &direction, &state, &flags, &doc); err != nil {
		return m, err
	}
	switch id := id.(type) {
	case []byte:
		m.ID = model.NewMessageID(model.PageID(page), compact.UUIDText(id))
	case string:
		m.ID = model.NewMessageID(model.PageID(page), id)
	}
	m.MID, m.Order, m.FirstSeq, m.MetaTime = ReadMID(mid), FromMicros(at), key&(1<<seqBits-1), flags&TimedByMeta != 0
	if m.Direction, err = fromPlace(directions, direction); err != nil {
		return m, err
	}
	if m.State, err = fromPlace(states, state); err != nil {
		return m, err
	}
	return m, compact.ReadMessage(doc, &m)
}
