package migrations

import (
	"context"
	"database/sql"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// pageLogs makes the log of Pages compact.
var pageLogs = move{what: "changes", count: `SELECT COUNT(*) FROM events`, some: moveLog, then: endLog}

const insertMoved = `INSERT INTO events_moved (` + sqldb.LogColumns + `) VALUES (?, ?, ?, ?, ?)`

// moveLog moves the rows that were written first.
func moveLog(ctx context.Context, tx *sql.Tx) (int, error) {
	type logged struct {
		page model.PageID
		store.LogRow
	}
	var list []logged
	var last int64
	err := rows(ctx, tx, `SELECT rowid, page_id, seq, kind, object_id, at, stamp FROM events ORDER BY rowid LIMIT ?`, func(r *sql.Rows) error {
		var l logged
		var at int64
		err := r.Scan(&last, &l.page, &l.Seq, &l.Kind, &l.ID, &at, &l.Stamp)
		l.At = sqldb.FromMicros(at)
		list = append(list, l)
		return err
	}, movedAtOnce)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	for _, l := range list {
		key, err := pageNumber(ctx, tx, l.page)
		if err != nil {
			return 0, err
		}
		_, err = tx.ExecContext(ctx, insertMoved, sqldb.LogRow(key, l.page, l.LogRow)...)
		if err != nil {
			return 0, err
		}
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM events WHERE rowid <= ?`, last)
	return len(list), err
}

// pageNumber returns the number of a Page, which has one from now on.
func pageNumber(ctx context.Context, tx *sql.Tx, page model.PageID) (key int64, err error) {
	_, err = tx.ExecContext(ctx, `INSERT INTO search_pages (page_id) VALUES (?) ON CONFLICT DO NOTHING`, page)
	if err == nil {
		err = tx.QueryRowContext(ctx, `SELECT key FROM search_pages WHERE page_id = ?`, page).Scan(&key)
	}
	return key, err
}

func endLog(ctx context.Context, tx *sql.Tx) error {
	return run(ctx, tx, `DROP TABLE events`, `ALTER TABLE events_moved RENAME TO events`)
}
