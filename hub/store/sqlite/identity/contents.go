package identity

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// contents is what a file contains.
type contents struct {
	// there: it contains a store.
	there bool
	id    string
	life  store.Incarnation
	seqs  Seqs
}

// cover reports whether a store is there that has at least these seqs for all Pages.
func (c contents) cover(far Seqs) bool { return c.there && !c.seqs.behind(far) && c.seqs.holds(far) }

// contentsOf reads what a file contains without changing anything.
func contentsOf(ctx context.Context, path string, a sqldb.Access) (c contents, err error) {
	db, err := sql.Open(sqldb.Driver, sqldb.DSN(path, a))
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
		return c, sqldb.Translate(err)
	case all == 0:
		return c, nil
	case ours < len([]string{"store", "pages"}):
		return c, sqldb.ErrForeign
	}
	c.there = true
	row := func(dest any, query string) {
		if err == nil {
			err = sqldb.NoRow(db.QueryRowContext(ctx, query).Scan(dest))
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
		c.seqs, err = ReadSeqs(ctx, db)
	}
	return c, err
}

// Seqs are the newest seqs of Pages.
type Seqs map[model.PageID]int64

func (s Seqs) total() (n int64) {
	for _, seq := range s {
		n += seq
	}
	return n
}

// behind reports whether a Page has a lower seq than in others.
func (s Seqs) behind(others Seqs) bool {
	for page, seq := range s {
		if seq < others[page] {
			return true
		}
	}
	return false
}

// holds reports whether it has all Pages of others.
func (s Seqs) holds(others Seqs) bool {
	for page := range others {
		if _, ok := s[page]; !ok {
			return false
		}
	}
	return true
}

// SeqsQuery reads the newest seqs of all Pages, for [ScanSeqs].
const SeqsQuery = `SELECT page_id, seq FROM pages`

// ReadSeqs reads the newest seqs of all Pages.
func ReadSeqs(ctx context.Context, db interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
},
) (Seqs, error) {
	rows, err := db.QueryContext(ctx, SeqsQuery)
	if err != nil {
		return nil, sqldb.Translate(err)
	}
	return ScanSeqs(rows)
}

// ScanSeqs reads what [SeqsQuery] answered, and closes it.
func ScanSeqs(rows *sql.Rows) (Seqs, error) {
	defer rows.Close()
	out := Seqs{}
	for rows.Next() {
		var page model.PageID
		var seq int64
		if err := rows.Scan(&page, &seq); err != nil {
			return nil, sqldb.Translate(err)
		}
		out[page] = seq
	}
	return out, sqldb.Translate(rows.Err())
}

// quickCheck reads through a store and the log beside it without changing anything.
func quickCheck(ctx context.Context, path string) (err error) {
	db, err := sql.Open(sqldb.Driver, sqldb.DSN(path, sqldb.FromReadOnly))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	var first string
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&first); err != nil {
		return sqldb.Translate(err)
	}
	if first != "ok" {
		return fmt.Errorf("quick_check: %s", first)
	}
	return nil
}
