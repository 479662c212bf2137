package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"parley/hub/store"
	"parley/model"
)

// RawEvent implements [store.Reader].
func (r reader) RawEvent(page model.PageID, key string) (store.RawEvent, error) {
	e := store.RawEvent{Page: page, Key: key}
	var at, received int64
	err := r.get(`SELECT customer, name, at, received_at, understood, body FROM raw_events
		WHERE page_id = ? AND key = ?`, arguments{page, key},
		&e.Customer, &e.Name, &at, &received, &e.Understood, &e.Body)
	if err != nil {
		return store.RawEvent{}, wrap(err, "read raw event of page %s", page)
	}
	e.At, e.ReceivedAt = fromMicros(at), fromMicros(received)
	return e, nil
}

// KeepRaw implements [store.PageTx].
func (t pageTx) KeepRaw(e store.RawEvent) (bool, error) {
	if err := t.own(e.Page, "raw event"); err != nil {
		return false, wrap(err, "keep raw event")
	}
	body := e.Body
	if body == nil {
		body = []byte{}
	}
	n, err := t.exec(`INSERT INTO raw_events
		(page_id, key, customer, name, at, received_at, understood, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (page_id, key) DO NOTHING`,
		e.Page, e.Key, e.Customer, e.Name, micros(e.At), micros(e.ReceivedAt), flag(e.Understood), body)
	return n > 0, wrap(err, "keep raw event of page %s", t.page)
}

// EmptyRaw implements [store.PageTx].
func (t pageTx) EmptyRaw(customer model.PSID, mid model.MID, but string) error {
	if mid == "" {
		return errors.New("empty raw events: no mid")
	}
	// Meta writes a slash as \/ in JSON.
	escaped := strings.ReplaceAll(string(mid), "/", `\/`)
	n, err := t.exec(`UPDATE raw_events SET body = x'' WHERE page_id = ? AND customer = ? AND key <> ? AND body <> x''
		AND (key = ? OR name = ? AND (instr(body, ?) > 0 OR instr(body, ?) > 0))`,
		t.page, customer, but, rawOfMID+string(mid), rawEdit, []byte(mid), []byte(escaped))
	t.erases = t.erases || n > 0
	return wrap(err, "empty raw events of page %s", t.page)
}

// How the keys of raw events begin that are of a message of that mid, and what those are
// called that edit one.
const (
	rawOfMID = "mid:"
	rawEdit  = "message_edit"
)

// Pending implements [store.Reader].
func (r reader) Pending(page model.PageID, mid model.MID) ([]store.Pending, error) {
	var list []store.Pending
	err := r.each(`SELECT customer, kind, at, doc FROM pending WHERE page_id = ? AND mid = ? ORDER BY number`,
		arguments{page, mid}, func(rows *sql.Rows) error {
			p := store.Pending{Page: page, MID: mid}
			var kind string
			var at int64
			var doc []byte
			if err := rows.Scan(&p.Customer, &kind, &at, &doc); err != nil {
				return err
			}
			p.At = fromMicros(at)
			var err error
			p.Event, err = decodeEvent(kind, doc)
			list = append(list, p)
			return err
		})
	return list, wrap(err, "read pending events of page %s", page)
}

// AddPending implements [store.PageTx].
func (t pageTx) AddPending(p store.Pending) error {
	if err := t.own(p.Page, "pending event"); err != nil {
		return wrap(err, "add pending event")
	}
	kind, err := eventKind(p.Event)
	if err != nil {
		return wrap(err, "add pending event")
	}
	doc, err := encode(p.Event)
	if err != nil {
		return wrap(err, "add pending event")
	}
	err = t.run(`INSERT INTO pending (page_id, mid, number, customer, kind, at, doc)
		SELECT ?, ?, COALESCE(MAX(number), 0) + 1, ?, ?, ?, ? FROM pending WHERE page_id = ? AND mid = ?`,
		p.Page, p.MID, p.Customer, kind, micros(p.At), doc, p.Page, p.MID)
	return wrap(err, "add pending event of page %s", t.page)
}

// TakePending implements [store.PageTx].
func (t pageTx) TakePending(page model.PageID, mid model.MID) error {
	if err := t.own(page, "pending event"); err != nil {
		return wrap(err, "take pending events")
	}
	var says bool
	err := t.get(`SELECT EXISTS (SELECT 1 FROM pending WHERE page_id = ? AND mid = ? AND kind = ?)`,
		arguments{page, mid, eventEdit}, &says)
	if err == nil {
		t.erases = t.erases || says
		err = t.run(`DELETE FROM pending WHERE page_id = ? AND mid = ?`, page, mid)
	}
	return wrap(err, "take pending events of page %s", t.page)
}

// Names of the counters that are worked out.
const (
	counterNotUnderstood = "raw_not_understood"
	counterRaw           = "raw_events"
)

// Counters implements [store.Reader].
func (r reader) Counters() (map[string]int64, error) {
	counters := make(map[string]int64)
	err := r.each(`SELECT name, value FROM counters`, nil, func(rows *sql.Rows) error {
		var name string
		var n int64
		err := rows.Scan(&name, &n)
		counters[name] = n
		return err
	})
	if err != nil {
		return nil, wrap(err, "read counters")
	}
	var not, understood int64
	err = r.get(`SELECT (SELECT COUNT(*) FROM raw_events WHERE understood = 0),
		(SELECT COUNT(*) FROM raw_events WHERE understood = 1)`, nil, &not, &understood)
	counters[counterNotUnderstood], counters[counterRaw] = not, not+understood
	return counters, wrap(err, "count raw events")
}

// Count implements [store.Store].
func (s *Store) Count(ctx context.Context, counter string, n int64) error {
	err := s.write(ctx, func(ss *session) error {
		return ss.run(`INSERT INTO counters (name, value) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value`, counter, n)
	})
	return wrap(err, "count %s", counter)
}
