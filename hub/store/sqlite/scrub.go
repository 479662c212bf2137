package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"parley/hub/store"
)

// errBusy: somebody reads what is to be rewritten.
var errBusy = errors.New("store is in use")

// Scrub rewrites the file, and empties the log beside it, so that neither holds what
// was changed or deleted before. It needs the file to itself for a while, and as much
// disk again.
func (s *Store) Scrub(ctx context.Context) error {
	if s.writer == nil {
		return errReadOnly
	}
	if s.writer.over() {
		return ErrClosed
	}
	if s.watch != nil {
		if _, err := s.watch.there(); err != nil {
			return fmt.Errorf("scrub store: %w: %w", store.ErrGone, err)
		}
		s.watch.busy.Store(true)
		defer s.watch.busy.Store(false)
	}
	db, err := sql.Open(driverName, dsn(s.path, forWriting))
	if err != nil {
		return wrap(err, "scrub store")
	}
	db.SetMaxOpenConns(1)
	return wrap(errors.Join(scrub(ctx, db, s.real+logSuffix), db.Close()), "scrub store")
}

func scrub(ctx context.Context, db *sql.DB, log string) error {
	for _, query := range []string{`PRAGMA temp_store = file`, `VACUUM`} {
		if _, err := db.ExecContext(ctx, query); err != nil {
			return translate(err)
		}
	}
	if err := wipeLog(ctx, db, log); err != nil {
		return err
	}
	var busy, pages, done int
	if err := db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(truncate)`).Scan(&busy, &pages, &done); err != nil {
		return translate(err)
	}
	if busy != 0 {
		return errBusy
	}
	return nil
}

// wipeLog overwrites the remnants on the pages in the log.
func wipeLog(ctx context.Context, db *sql.DB, log string) error {
	pages, _, err := remnantsIn(log, swept{})
	if err != nil || len(pages) == 0 {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return translate(err)
	}
	defer tx.Rollback()
	if err := wipePages(ctx, tx, pages); err != nil {
		return translate(err)
	}
	return translate(tx.Commit())
}
