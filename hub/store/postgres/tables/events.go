package tables

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// eventReader reads Meta's events.
type eventReader struct{ *pgdb.Session }

// RawEvent implements [store.Reader].
func (r eventReader) RawEvent(page model.PageID, key string) (store.RawEvent, error) {
	e := store.RawEvent{Page: page, Key: key}
	var customer, name string
	var at, received int64
	err := r.Get(`SELECT customer, name, at, received_at, understood, body FROM raw_events
		WHERE page_id = ? AND event = ?`, pgdb.Args{page, engine.EventKey(page, key)},
		&customer, &name, &at, &received, &e.Understood, &e.Body)
	if err != nil {
		return store.RawEvent{}, pgdb.Wrap(err, "read raw event of page %s", page)
	}
	e.Customer, e.Name = pgdb.Text[model.PSID](customer), pgdb.Text[string](name)
	e.At, e.ReceivedAt = engine.FromMicros(at), engine.FromMicros(received)
	return e, nil
}

// Pending implements [store.Reader].
func (r eventReader) Pending(page model.PageID, mid model.MID) ([]store.Pending, error) {
	read := func() ([]store.Pending, error) { return r.pending(page, mid) }
	if known := aheadOf(r.Session).message(mid); known != nil && !known.pending {
		return told(r.Session, "pending events", nil, nil, read)
	}
	return read()
}

func (r eventReader) pending(page model.PageID, mid model.MID) ([]store.Pending, error) {
	var list []store.Pending
	err := r.Each(`SELECT customer, kind, at, doc FROM pending WHERE page_id = ? AND mid = ? ORDER BY number`,
		pgdb.Args{page, mid}, func(rows pgx.Rows) error {
			p := store.Pending{Page: page, MID: mid}
			var customer, kind string
			var at int64
			var doc []byte
			if err := rows.Scan(&customer, &kind, &at, &doc); err != nil {
				return err
			}
			p.Customer = pgdb.Text[model.PSID](customer)
			p.At = engine.FromMicros(at)
			var err error
			p.Event, err = engine.DecodeEvent(kind, doc)
			list = append(list, p)
			return err
		})
	return list, pgdb.Wrap(err, "read pending events of page %s", page)
}

// eventWriter stores Meta's events.
type eventWriter struct{ pageBase }

// KeepRaw implements [store.PageTx].
func (t eventWriter) KeepRaw(e store.RawEvent) (bool, error) {
	if err := t.own(e.Page, "raw event"); err != nil {
		return false, pgdb.Wrap(err, "keep raw event")
	}
	body := e.Body
	if body == nil {
		body = []byte{}
	}
	if known := aheadOf(t.Session).event(e.Page, e.Key); known != nil {
		return t.keepKnown(e, known, body)
	}
	n, err := t.Exec(`INSERT INTO raw_events
		(page_id, event, customer, name, at, received_at, understood, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (page_id, event) DO NOTHING`,
		e.Page, engine.EventKey(e.Page, e.Key), e.Customer, e.Name, engine.Micros(e.At), engine.Micros(e.ReceivedAt), e.Understood, body)
	return n > 0, pgdb.Wrap(err, "keep raw event of page %s", t.page)
}

// keepKnown is KeepRaw for an event of which is known whether it came before.
func (t eventWriter) keepKnown(e store.RawEvent, known *aheadEvent, body []byte) (bool, error) {
	if known.stored {
		return told(t.Session, "raw event", false, nil, func() (bool, error) { return false, nil })
	}
	known.stored = true
	err := t.Note(`INSERT INTO raw_events
		(page_id, event, customer, name, at, received_at, understood, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Page, engine.EventKey(e.Page, e.Key), e.Customer, e.Name, engine.Micros(e.At), engine.Micros(e.ReceivedAt), e.Understood, body)
	return err == nil, pgdb.Wrap(err, "keep raw event of page %s", t.page)
}

// EmptyRaw implements [store.PageTx].
func (t eventWriter) EmptyRaw(customer model.PSID, mid model.MID, but string) error {
	if mid == "" {
		return errors.New("empty raw events: no mid")
	}
	// Meta escapes a slash as \/ in JSON.
	escaped := strings.ReplaceAll(string(mid), "/", `\/`)
	err := t.Run(`UPDATE raw_events SET body = '' WHERE page_id = ? AND customer = ? AND event <> ? AND body <> ''
		AND (event = ? OR name = ? AND (position(?::bytea IN body) > 0 OR position(?::bytea IN body) > 0))`,
		t.page, customer, engine.EventKey(t.page, but), engine.EventKey(t.page, rawOfMID+string(mid)), rawEdit, []byte(mid), []byte(escaped))
	return pgdb.Wrap(err, "empty raw events of page %s", t.page)
}

// The prefixes of the keys of raw events about a message with that mid, and the name of those
// that edit one.
const (
	rawOfMID = "mid:"
	rawEdit  = "message_edit"
)

// AddPending implements [store.PageTx].
func (t eventWriter) AddPending(p store.Pending) error {
	if err := t.own(p.Page, "pending event"); err != nil {
		return pgdb.Wrap(err, "add pending event")
	}
	kind, err := engine.EventKind(p.Event)
	if err != nil {
		return pgdb.Wrap(err, "add pending event")
	}
	doc, err := pgdb.Encode(p.Event)
	if err != nil {
		return pgdb.Wrap(err, "add pending event")
	}
	err = t.Run(`INSERT INTO pending (page_id, mid, number, customer, kind, at, doc)
		SELECT ?::text, ?::text, COALESCE(MAX(number), 0) + 1, ?::text, ?::text, ?::bigint, ?::bytea FROM pending WHERE page_id = ? AND mid = ?`,
		p.Page, p.MID, p.Customer, kind, engine.Micros(p.At), doc, p.Page, p.MID)
	return pgdb.Wrap(err, "add pending event of page %s", t.page)
}

// RemovePending implements [store.PageTx].
func (t eventWriter) RemovePending(page model.PageID, mid model.MID) error {
	if err := t.own(page, "pending event"); err != nil {
		return pgdb.Wrap(err, "take pending events")
	}
	err := t.Run(`DELETE FROM pending WHERE page_id = ? AND mid = ?`, page, mid)
	return pgdb.Wrap(err, "take pending events of page %s", t.page)
}
