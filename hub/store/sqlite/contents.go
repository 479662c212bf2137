package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"parley/hub/store"
	"parley/model"
)

// contents is what a file holds.
type contents struct {
	// there: it holds a store.
	there bool
	id    string
	life  store.Incarnation
	seqs  seqs
}

// cover tells whether a store is there that is as far as that in all Pages.
func (c contents) cover(far seqs) bool { return c.there && !c.seqs.behind(far) && c.seqs.holds(far) }

// contentsOf reads what a file holds without changing anything.
func contentsOf(ctx context.Context, path string, a access) (c contents, err error) {
	db, err := sql.Open(driverName, dsn(path, a))
	if err != nil {
		return c, err
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	var all, ours int
	err = db.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(type = 'table' AND name IN ('store', 'pages')), 0)
		FROM sqlite_schema`).Scan(&all, &ours)
	switch {
	case err != nil:
		return c, translate(err)
	case all == 0:
		return c, nil
	case ours < len([]string{"store", "pages"}):
		return c, errForeign
	}
	c.there = true
	row := func(dest any, query string) {
		if err == nil {
			err = noRow(db.QueryRowContext(ctx, query).Scan(dest))
		}
	}
	row(&c.id, `SELECT value FROM store WHERE name = 'id'`)
	row(&c.life.ID, `SELECT value FROM store WHERE name = 'incarnation'`)
	var life string
	row(&life, `SELECT value FROM store WHERE name = 'life'`)
	if err == nil && life != "" {
		err = json.Unmarshal([]byte(life), &c.life)
	}
	if err == nil {
		c.seqs, err = readSeqs(ctx, db)
	}
	return c, err
}

// seqs are how far Pages are.
type seqs map[model.PageID]int64

func (s seqs) total() (n int64) {
	for _, seq := range s {
		n += seq
	}
	return n
}

// behind tells whether a Page is less far than it is in others.
func (s seqs) behind(others seqs) bool {
	for page, seq := range s {
		if seq < others[page] {
			return true
		}
	}
	return false
}

// holds tells whether no Page of others is missing.
func (s seqs) holds(others seqs) bool {
	for page := range others {
		if _, ok := s[page]; !ok {
			return false
		}
	}
	return true
}

// readSeqs reads how far all Pages are.
func readSeqs(ctx context.Context, db interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
},
) (seqs, error) {
	rows, err := db.QueryContext(ctx, `SELECT page_id, seq FROM pages`)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	out := seqs{}
	for rows.Next() {
		var page model.PageID
		var seq int64
		if err := rows.Scan(&page, &seq); err != nil {
			return nil, translate(err)
		}
		out[page] = seq
	}
	return out, translate(rows.Err())
}

// quickCheck reads through a store, with the log beside it, without changing anything.
func quickCheck(ctx context.Context, path string) (err error) {
	db, err := sql.Open(driverName, dsn(path, fromReadOnly))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	var first string
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&first); err != nil {
		return translate(err)
	}
	if first != "ok" {
		return fmt.Errorf("quick_check: %s", first)
	}
	return nil
}
