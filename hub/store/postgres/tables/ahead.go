package tables

import (
	"github.com/jackc/pgx/v5"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// ahead is what a transaction has read of events before it was asked. Whatever is written that
// may change it drops it all (pgdb.Session.Run); what is written with Note keeps it in step.
type ahead struct {
	// events are known by their keys: those that came before, and those that are buried.
	events map[string]*aheadEvent
	// mids are the messages with these mids.
	mids map[model.MID]*aheadMessage
	// conversations are those with the customers.
	conversations map[model.ConversationID]*aheadConversation
}

type aheadEvent struct{ stored, buried bool }

type aheadMessage struct {
	doc []byte // nil: there is none
	// attempt: an attempt has that mid. pending: events wait for it. buried: it is.
	attempt, pending, buried bool
}

type aheadConversation struct {
	doc []byte // nil: there is none
	// until is its tombstone's end; nil: it has none.
	until *int64
	// replies: some are on their way. sync: there is a state of its transcript.
	replies, sync bool
	// newest is its newest message that is no line about a record; nil: there is none.
	newest []byte
	// order and seq are its place.
	order, seq int64
	// name, labels and mentioned are what is stored of it beside, once it was looked at.
	name                      model.Untrusted
	looked, labels, mentioned bool
}

func aheadOf(s *pgdb.Session) *ahead {
	a, _ := s.Kept().(*ahead)
	return a
}

// conversation returns what was read of a conversation; nil if nothing was.
func (a *ahead) conversation(id model.ConversationID) *aheadConversation {
	if a == nil {
		return nil
	}
	return a.conversations[id]
}

func (a *ahead) message(mid model.MID) *aheadMessage {
	if a == nil {
		return nil
	}
	return a.mids[mid]
}

func (a *ahead) event(page model.PageID, key string) *aheadEvent {
	if a == nil {
		return nil
	}
	return a.events[string(engine.EventKey(page, key))]
}

// Verify is called with each answer that was read ahead and with how to read it now; for tests.
var Verify func(what string, v any, err error, read func() (any, error))

// told returns what was read ahead.
func told[T any](s *pgdb.Session, what string, v T, err error, read func() (T, error)) (T, error) {
	if e := s.Check(); e != nil {
		var none T
		return none, e
	}
	if Verify != nil {
		Verify(what, v, err, func() (any, error) { return read() })
	}
	return v, err
}

// decoded returns a record that was read ahead; nil is one that is not there.
func decoded[T any](doc []byte) (v T, err error) {
	if doc == nil {
		return v, store.ErrNotFound
	}
	err = engine.Decode(doc, &v)
	return v, err
}

// ReadAhead implements [store.AheadReader]: one round trip for all that is coming.
func (t messageWriter) ReadAhead(list []store.Coming) error {
	if len(list) == 0 {
		return nil
	}
	a := &ahead{map[string]*aheadEvent{}, map[model.MID]*aheadMessage{}, map[model.ConversationID]*aheadConversation{}}
	var keys [][]byte
	var mids, ids []string
	for _, c := range list {
		key := engine.EventKey(t.page, c.Key)
		if a.events[string(key)] == nil {
			a.events[string(key)] = &aheadEvent{}
			keys = append(keys, key)
		}
		if c.MID != "" && a.mids[c.MID] == nil {
			a.mids[c.MID] = &aheadMessage{}
			mids = append(mids, string(c.MID))
		}
		if id := model.NewConversationID(t.page, c.Customer); c.Customer != "" && a.conversations[id] == nil {
			a.conversations[id] = &aheadConversation{}
			ids = append(ids, string(id))
		}
	}
	if err := t.Asks(t.asksOfEvents(a, keys, mids), t.asksOfConversations(a, ids)); err != nil {
		return pgdb.Wrap(err, "read ahead of page %s", t.page)
	}
	t.Keep(a)
	return nil
}

// textOf reads a row of one text.
func textOf(f func(string)) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		var s string
		err := rows.Scan(&s)
		f(pgdb.Text[string](s))
		return err
	}
}

// bytesOf reads a row of bytes.
func bytesOf(f func([]byte)) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		var b []byte
		err := rows.Scan(&b)
		f(b)
		return err
	}
}

func (t messageWriter) asksOfEvents(a *ahead, keys [][]byte, mids []string) []pgdb.Ask {
	return []pgdb.Ask{
		{Query: `SELECT event FROM raw_events WHERE page_id = ? AND event = ANY(?)`, Args: pgdb.Args{t.page, keys}, Row: bytesOf(func(b []byte) { a.events[string(b)].stored = true })},
		{Query: `SELECT event FROM buried_keys WHERE page_id = ? AND event = ANY(?)`, Args: pgdb.Args{t.page, keys}, Row: bytesOf(func(b []byte) { a.events[string(b)].buried = true })},
		{Query: `SELECT mid, doc FROM messages WHERE page_id = ? AND mid = ANY(?) AND mid <> ''`, Args: pgdb.Args{t.page, mids}, Row: func(rows pgx.Rows) error {
			var mid string
			var doc []byte
			err := rows.Scan(&mid, &doc)
			if err == nil {
				a.mids[pgdb.Text[model.MID](mid)].doc = doc
			}
			return err
		}},
		{Query: `SELECT mid FROM attempts WHERE page_id = ? AND mid = ANY(?) AND mid <> ''`, Args: pgdb.Args{t.page, mids}, Row: textOf(func(mid string) { a.mids[model.MID(mid)].attempt = true })},
		{Query: `SELECT DISTINCT mid FROM pending WHERE page_id = ? AND mid = ANY(?)`, Args: pgdb.Args{t.page, mids}, Row: textOf(func(mid string) { a.mids[model.MID(mid)].pending = true })},
		{Query: `SELECT mid FROM buried_mids WHERE page_id = ? AND mid = ANY(?)`, Args: pgdb.Args{t.page, mids}, Row: textOf(func(mid string) { a.mids[model.MID(mid)].buried = true })},
	}
}

// newestOfQuery reads the newest message of each of some conversations that is no line about a
// record.
const newestOfQuery = `SELECT c.id, m.order_at, m.first_seq, m.doc FROM unnest(?::text[]) AS c (id) CROSS JOIN LATERAL (
	SELECT order_at, first_seq, doc FROM messages WHERE page_id = ? AND conversation_id = c.id AND record = ''
	ORDER BY order_at DESC, first_seq DESC LIMIT 1) AS m`

func (t messageWriter) asksOfConversations(a *ahead, ids []string) []pgdb.Ask {
	of := func(id string) *aheadConversation { return a.conversations[pgdb.Text[model.ConversationID](id)] }
	return []pgdb.Ask{
		{Query: `SELECT id, doc FROM conversations WHERE page_id = ? AND id = ANY(?)`, Args: pgdb.Args{t.page, ids}, Row: func(rows pgx.Rows) error {
			var id string
			var doc []byte
			err := rows.Scan(&id, &doc)
			if err == nil {
				of(id).doc = doc
			}
			return err
		}},
		{Query: `SELECT conversation_id, until FROM tombstones WHERE page_id = ? AND conversation_id = ANY(?)`, Args: pgdb.Args{t.page, ids}, Row: func(rows pgx.Rows) error {
			var id string
			var until int64
			err := rows.Scan(&id, &until)
			if err == nil {
				of(id).until = &until
			}
			return err
		}},
		{Query: `SELECT DISTINCT conversation_id FROM replies WHERE page_id = ? AND conversation_id = ANY(?)
			AND state IN ('scheduled', 'queued', 'posting', 'unknown', 'ask')`, Args: pgdb.Args{t.page, ids}, Row: textOf(func(id string) { of(id).replies = true })},
		{Query: `SELECT conversation_id FROM syncs WHERE page_id = ? AND conversation_id = ANY(?)`, Args: pgdb.Args{t.page, ids}, Row: textOf(func(id string) { of(id).sync = true })},
		{Query: newestOfQuery, Args: pgdb.Args{ids, t.page}, Row: func(rows pgx.Rows) error {
			var id string
			var order, seq int64
			var doc []byte
			err := rows.Scan(&id, &order, &seq, &doc)
			if c := of(id); err == nil {
				c.order, c.seq, c.newest = order, seq, doc
			}
			return err
		}},
	}
}

// added keeps what was read ahead in step with a new message.
func (a *ahead) added(m store.Message, doc []byte) {
	a.mids[m.MID].doc = doc
	c := a.conversations[m.ConversationID]
	if c == nil || m.About() != nil {
		return
	}
	order := engine.Micros(m.Order)
	if c.newest == nil || order > c.order || order == c.order && m.FirstSeq > c.seq {
		c.order, c.seq, c.newest = order, m.FirstSeq, doc
	}
}
