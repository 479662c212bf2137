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

const logQuery = `SELECT ` + sqldb.LogColumns + ` FROM events WHERE` + sqldb.InLog + ` ORDER BY key LIMIT ?`

// Events implements [store.Reader].
func (r logReader) Events(page model.PageID, after int64, limit int) ([]store.LogRow, error) {
	var list []store.LogRow
	err := r.Each(logQuery, sqldb.Args{page, after, page, max(limit, 0)}, func(rows *sql.Rows) error {
		row, err := sqldb.ScanLog(page, rows)
		list = append(list, row)
		return err
	})
	return list, sqldb.Wrap(err, "read log of page %s", page)
}
