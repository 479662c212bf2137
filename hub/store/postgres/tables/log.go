package tables

import (
	"errors"

	"github.com/jackc/pgx/v5"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// logReader reads the log of a Page's changes.
type logReader struct {
	*pgdb.Session
	// row is that of the transaction's Page, nil in one that only reads.
	row *Row
}

// own returns the row, if it is that of this Page.
func (r logReader) own(page model.PageID) (Row, bool) {
	if r.row == nil || r.row.Page != page {
		return Row{}, false
	}
	return *r.row, true
}

// Head implements [store.Reader].
func (r logReader) Head(page model.PageID) (int64, error) {
	if row, ok := r.own(page); ok {
		return row.Seq, nil
	}
	var seq int64
	err := r.Get(`SELECT seq FROM pages WHERE page_id = ?`, pgdb.Args{page}, &seq)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return seq, pgdb.Wrap(err, "read head of page %s", page)
}

// HeadStamp implements [store.Reader].
func (r logReader) HeadStamp(page model.PageID) (string, error) {
	if row, ok := r.own(page); ok {
		return row.Stamp, nil
	}
	var stamp string
	err := r.Get(`SELECT stamp FROM pages WHERE page_id = ?`, pgdb.Args{page}, &stamp)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return stamp, pgdb.Wrap(err, "read head of page %s", page)
}

// Events implements [store.Reader].
func (r logReader) Events(page model.PageID, after int64, limit int) ([]store.LogRow, error) {
	var list []store.LogRow
	err := r.Each(`SELECT seq, kind, object_id, at, stamp FROM events WHERE page_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
		pgdb.Args{page, after, max(limit, 0)}, func(rows pgx.Rows) error {
			row := store.LogRow{}
			var id string
			var at int64
			if err := rows.Scan(&row.Seq, &row.Kind, &id, &at, &row.Stamp); err != nil {
				return err
			}
			row.ID = pgdb.Text[string](id)
			row.At = engine.FromMicros(at)
			list = append(list, row)
			return nil
		})
	return list, pgdb.Wrap(err, "read log of page %s", page)
}
