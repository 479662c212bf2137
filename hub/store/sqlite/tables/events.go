package tables

import (
	"bytes"
	"database/sql"
	"errors"
	"strings"

	"parley/hub/store"
	"parley/hub/store/compact"
	"parley/hub/store/engine"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// eventReader reads Meta's events.
type eventReader struct{ *sqldb.Session }

// isEvent selects a raw event; its argument is given twice, as the index has eight bytes of it.
const isEvent = ` substr(event, 1, 8) = substr(?, 1, 8) AND event = ?`

const rawEventQuery = `SELECT customer, COALESCE(name, 'message'), at, received_at, understood, body FROM raw_events WHERE` + isEvent

// RawEvent implements [store.Reader].
func (r eventReader) RawEvent(page model.PageID, key string) (store.RawEvent, error) {
	e := store.RawEvent{Page: page, Key: key}
	var at, received int64
	var body []byte
	var customer string
	event := sqldb.EventKey(page, key)
	err := r.Get(rawEventQuery, sqldb.Args{event, event},
		&customer, &e.Name, &at, &received, &e.Understood, &body)
	if err == nil {
		e.Body, err = compact.ReadEvent(body)
	}
	if err != nil {
		return store.RawEvent{}, sqldb.Wrap(err, "read raw event of page %s", page)
	}
	e.Customer, e.At, e.ReceivedAt = model.PSID(customer), sqldb.FromMicros(at), sqldb.FromMicros(received)
	return e, nil
}

// Pending implements [store.Reader].
func (r eventReader) Pending(page model.PageID, mid model.MID) ([]store.Pending, error) {
	var list []store.Pending
	err := r.Each(`SELECT customer, kind, at, doc FROM pending WHERE page_id = ? AND mid = ? ORDER BY number`,
		sqldb.Args{page, mid}, func(rows *sql.Rows) error {
			p := store.Pending{Page: page, MID: mid}
			var kind string
			var at int64
			var doc []byte
			if err := rows.Scan(&p.Customer, &kind, &at, &doc); err != nil {
				return err
			}
			p.At = sqldb.FromMicros(at)
			var err error
			p.Event, err = engine.DecodeEvent(kind, doc)
			list = append(list, p)
			return err
		})
	return list, sqldb.Wrap(err, "read pending events of page %s", page)
}

// eventWriter stores Meta's events.
type eventWriter struct{ pageBase }

// KeepRaw implements [store.PageTx].
func (t eventWriter) KeepRaw(e store.RawEvent) (bool, error) {
	if err := t.own(e.Page, "raw event"); err != nil {
		return false, sqldb.Wrap(err, "keep raw event")
	}
	key, err := t.pageKey()
	if err != nil {
		return false, sqldb.Wrap(err, "keep raw event of page %s", t.page)
	}
	event := sqldb.EventKey(e.Page, e.Key)
	n, err := t.Exec(`INSERT INTO raw_events
		(page, event, customer, name, at, received_at, understood, body) SELECT ?, ?, ?, NULLIF(?, 'message'), ?, ?, ?, ?
		WHERE NOT EXISTS (SELECT 1 FROM raw_events WHERE`+isEvent+`)`,
		key, event, sqldb.Number(string(e.Customer)), e.Name, sqldb.Micros(e.At), sqldb.Micros(e.ReceivedAt),
		sqldb.Flag(e.Understood), compact.Event(e.Body), event, event)
	return n > 0, sqldb.Wrap(err, "keep raw event of page %s", t.page)
}

// EmptyRaw implements [store.PageTx].
func (t eventWriter) EmptyRaw(customer model.PSID, mid model.MID, but string) error {
	if mid == "" {
		return errors.New("empty raw events: no mid")
	}
	kept := sqldb.EventKey(t.page, but)
	event := sqldb.EventKey(t.page, rawOfMID+string(mid))
	n, err := t.Exec(`UPDATE raw_events SET body = x'' WHERE`+isEvent+` AND event <> ? AND customer = ? AND body <> x''`,
		event, event, kept, sqldb.Number(string(customer)))
	var edits []int64
	if err == nil {
		edits, err = t.editsOf(customer, mid, kept)
	}
	for _, key := range edits {
		if err == nil {
			err = t.Run(`UPDATE raw_events SET body = x'' WHERE key = ?`, key)
		}
	}
	t.EraseIf(n > 0 || len(edits) > 0)
	return sqldb.Wrap(err, "empty raw events of page %s", t.page)
}

// editsOf returns the raw events that edit the customer's message with that mid, except one.
func (t eventWriter) editsOf(customer model.PSID, mid model.MID, but []byte) (keys []int64, err error) {
	// Meta escapes a slash as \/ in JSON.
	escaped := strings.ReplaceAll(string(mid), "/", `\/`)
	err = t.Each(`SELECT key, body FROM raw_events WHERE `+ofCustomer+` AND event <> ? AND body <> x'' AND name = ?`,
		sqldb.Args{t.page, sqldb.Number(string(customer)), but, rawEdit}, func(rows *sql.Rows) error {
			var key int64
			var kept sql.RawBytes
			if err := rows.Scan(&key, &kept); err != nil {
				return err
			}
			body, err := compact.ReadEvent(kept)
			if err == nil && (bytes.Contains(body, []byte(mid)) || bytes.Contains(body, []byte(escaped))) {
				keys = append(keys, key)
			}
			return err
		})
	return keys, err
}

// ofCustomer selects the raw events of one customer of a Page.
const ofCustomer = `page = (SELECT key FROM search_pages WHERE page_id = ?) AND customer = ?`

// The prefixes of the keys of raw events about a message with that mid, and the name of those
// that edit one.
const (
	rawOfMID = "mid:"
	rawEdit  = "message_edit"
)

// AddPending implements [store.PageTx].
func (t eventWriter) AddPending(p store.Pending) error {
	if err := t.own(p.Page, "pending event"); err != nil {
		return sqldb.Wrap(err, "add pending event")
	}
	kind, err := engine.EventKind(p.Event)
	if err != nil {
		return sqldb.Wrap(err, "add pending event")
	}
	doc, err := sqldb.Encode(p.Event)
	if err != nil {
		return sqldb.Wrap(err, "add pending event")
	}
	err = t.Run(`INSERT INTO pending (page_id, mid, number, customer, kind, at, doc)
		SELECT ?, ?, COALESCE(MAX(number), 0) + 1, ?, ?, ?, ? FROM pending WHERE page_id = ? AND mid = ?`,
		p.Page, p.MID, p.Customer, kind, sqldb.Micros(p.At), doc, p.Page, p.MID)
	return sqldb.Wrap(err, "add pending event of page %s", t.page)
}

// RemovePending implements [store.PageTx].
func (t eventWriter) RemovePending(page model.PageID, mid model.MID) error {
	if err := t.own(page, "pending event"); err != nil {
		return sqldb.Wrap(err, "take pending events")
	}
	var says bool
	err := t.Get(`SELECT EXISTS (SELECT 1 FROM pending WHERE page_id = ? AND mid = ? AND kind = ?)`,
		sqldb.Args{page, mid, engine.EventEdit}, &says)
	if err == nil {
		t.EraseIf(says)
		err = t.Run(`DELETE FROM pending WHERE page_id = ? AND mid = ?`, page, mid)
	}
	return sqldb.Wrap(err, "take pending events of page %s", t.page)
}
