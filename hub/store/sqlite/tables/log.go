package tables

import (
	"database/sql"
	"errors"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// logReader reads the log of a Page's changes.
type logReader struct{ *sqldb.Session }

// Head implements [store.Reader].
func (r logReader) Head(page model.PageID) (int64, error) {
	var seq int64
	err := r.Get(`SELECT seq FROM pages WHERE page_id = ?`, sqldb.Args{page}, &seq)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return seq, sqldb.Wrap(err, "read head of page %s", page)
}

// HeadStamp implements [store.Reader].
func (r logReader) HeadStamp(page model.PageID) (string, error) {
	var stamp string
	err := r.Get(`SELECT stamp FROM pages WHERE page_id = ?`, sqldb.Args{page}, &stamp)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return stamp, sqldb.Wrap(err, "read head of page %s", page)
}

// Events implements [store.Reader].
func (r logReader) Events(page model.PageID, after int64, limit int) ([]store.LogRow, error) {
	var list []store.LogRow
	err := r.Each(`SELECT seq, kind, object_id, at, stamp FROM events WHERE page_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
		sqldb.Args{page, after, max(limit, 0)}, func(rows *sql.Rows) error {
			var row store.LogRow
			var at int64
			if err := rows.Scan(&row.Seq, &row.Kind, &row.ID, &at, &row.Stamp); err != nil {
				return err
			}
			row.At = sqldb.FromMicros(at)
			list = append(list, row)
			return nil
		})
	return list, sqldb.Wrap(err, "read log of page %s", page)
}
