package tables

import (
	"database/sql"
	"errors"
	"strings"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// eventReader reads Meta's events.
type eventReader struct{ *sqldb.Session }

// RawEvent implements [store.Reader].
func (r eventReader) RawEvent(page model.PageID, key string) (store.RawEvent, error) {
	e := store.RawEvent{Page: page, Key: key}
	var at, received int64
	err := r.Get(`SELECT customer, name, at, received_at, understood, body FROM raw_events
		WHERE page_id = ? AND key = ?`, sqldb.Args{page, key},
		&e.Customer, &e.Name, &at, &received, &e.Understood, &e.Body)
	if err != nil {
		return store.RawEvent{}, sqldb.Wrap(err, "read raw event of page %s", page)
	}
	e.At, e.ReceivedAt = sqldb.FromMicros(at), sqldb.FromMicros(received)
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
	body := e.Body
	if body == nil {
		body = []byte{}
	}
	n, err := t.Exec(`INSERT INTO raw_events
		(page_id, key, customer, name, at, received_at, understood, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (page_id, key) DO NOTHING`,
		e.Page, e.Key, e.Customer, e.Name, sqldb.Micros(e.At), sqldb.Micros(e.ReceivedAt), sqldb.Flag(e.Understood), body)
	return n > 0, sqldb.Wrap(err, "keep raw event of page %s", t.page)
}

// EmptyRaw implements [store.PageTx].
func (t eventWriter) EmptyRaw(customer model.PSID, mid model.MID, but string) error {
	if mid == "" {
		return errors.New("empty raw events: no mid")
	}
	// Meta escapes a slash as \/ in JSON.
	escaped := strings.ReplaceAll(string(mid), "/", `\/`)
	n, err := t.Exec(`UPDATE raw_events SET body = x'' WHERE page_id = ? AND customer = ? AND key <> ? AND body <> x''
		AND (key = ? OR name = ? AND (instr(body, ?) > 0 OR instr(body, ?) > 0))`,
		t.page, customer, but, rawOfMID+string(mid), rawEdit, []byte(mid), []byte(escaped))
	t.EraseIf(n > 0)
	return sqldb.Wrap(err, "empty raw events of page %s", t.page)
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
