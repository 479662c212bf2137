package migrations

import (
	"context"
	"database/sql"

	"parley/hub/store/compact"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// rawEvents makes the events as Meta sent them compact.
var rawEvents = move{
	what: "events as Facebook sent them", count: `SELECT COUNT(*) FROM raw_events`, some: moveRawEvents, then: endRawEvents,
}

// rawEvent is a row as it was.
type rawEvent struct {
	row                       int64
	page, key, customer, name string
	at, received, understood  int64
	body                      []byte
}

// moveRawEvents moves the oldest events.
func moveRawEvents(ctx context.Context, tx *sql.Tx) (int, error) {
	var list []rawEvent
	err := rows(ctx, tx, `SELECT rowid, page_id, key, customer, name, at, received_at, understood, body FROM raw_events ORDER BY rowid LIMIT ?`,
		func(r *sql.Rows) error {
			var e rawEvent
			err := r.Scan(&e.row, &e.page, &e.key, &e.customer, &e.name, &e.at, &e.received, &e.understood, &e.body)
			list = append(list, e)
			return err
		}, movedAtOnce)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	for _, e := range list {
		if _, err := tx.ExecContext(ctx, `INSERT INTO search_pages (page_id) VALUES (?) ON CONFLICT DO NOTHING`, e.page); err != nil {
			return 0, err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO raw_events_moved (page, event, customer, name, at, received_at, understood, body)
			SELECT key, ?, ?, NULLIF(?, 'message'), ?, ?, ?, ? FROM search_pages WHERE page_id = ?`,
			sqldb.EventKey(model.PageID(e.page), e.key), sqldb.Number(e.customer), e.name, e.at, e.received, e.understood, compact.Event(e.body), e.page)
		if err != nil {
			return 0, err
		}
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM raw_events WHERE rowid <= ?`, list[len(list)-1].row)
	return len(list), err
}

// endRawEvents has the table take its name, and the events that were buried their keys.
func endRawEvents(ctx context.Context, tx *sql.Tx) error {
	if err := run(ctx, tx,
		`DROP TABLE raw_events`,
		`ALTER TABLE raw_events_moved RENAME TO raw_events`,
		`CREATE UNIQUE INDEX raw_events_once ON raw_events (event)`,
		`CREATE INDEX raw_events_of_customer ON raw_events (page, customer)`,
		`CREATE INDEX raw_events_by_age ON raw_events (understood, received_at)`,
	); err != nil {
		return err
	}
	type buried struct{ page, key string }
	var list []buried
	err := rows(ctx, tx, `SELECT page_id, key FROM buried_keys`, func(r *sql.Rows) error {
		var b buried
		err := r.Scan(&b.page, &b.key)
		list = append(list, b)
		return err
	})
	if err != nil {
		return err
	}
	for _, b := range list {
		_, err := tx.ExecContext(ctx, `UPDATE buried_keys SET key = ? WHERE page_id = ? AND key = ?`,
			sqldb.EventKey(model.PageID(b.page), b.key), b.page, b.key)
		if err != nil {
			return err
		}
	}
	return nil
}
