package sqlite

import (
	"context"
	"errors"
	"math"
	"time"

	"parley/hub/store"
	"parley/hub/store/sqlite/disk"
	"parley/hub/store/sqlite/sqldb"
	"parley/hub/store/sqlite/tables"
	"parley/model"
)

// pruneRows is how many rows one transaction deletes, so that others get their turn in between.
const pruneRows = 500

// Prune implements [store.Store]. It deletes only the beginning of a log, so that the rest has
// no gap.
func (s *Store) Prune(ctx context.Context, before time.Time) error {
	var pages []model.PageID
	err := s.Read(ctx, func(r store.Reader) error {
		list, err := r.Pages()
		for _, p := range list {
			pages = append(pages, p.ID)
		}
		return err
	})
	if err != nil {
		return sqldb.Wrap(err, "prune")
	}
	for _, page := range pages {
		if err := s.pruneLog(ctx, page, before); err != nil {
			return sqldb.Wrap(err, "prune log of page %s", page)
		}
	}
	said, err := s.pruneRaw(ctx, before)
	if err != nil {
		return sqldb.Wrap(err, "prune raw events")
	}
	err = s.transact(ctx, func(ss *sqldb.Session) error {
		ss.EraseIf(said)
		return ss.Run(`DELETE FROM login_codes WHERE expires < ?`, sqldb.Micros(before))
	})
	return sqldb.Wrap(err, "prune login codes")
}

// pruneRaw deletes the understood raw events before the first of them that is young enough, in the
// order in which they came, and reports whether there were any.
func (s *Store) pruneRaw(ctx context.Context, before time.Time) (said bool, err error) {
	keep := int64(math.MaxInt64)
	err = s.read(ctx, func(ss *sqldb.Session) error {
		err := ss.Get(`SELECT key FROM raw_events WHERE understood = 1 AND received_at >= ? ORDER BY key LIMIT 1`,
			sqldb.Args{sqldb.Micros(before)}, &keep)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil {
		return false, err
	}
	err = s.inChunks(ctx, func(ss *sqldb.Session) (int64, error) {
		n, err := ss.Exec(`DELETE FROM raw_events WHERE key IN (
			SELECT key FROM raw_events WHERE key < ? AND understood = 1 AND received_at < ? ORDER BY key LIMIT ?)`,
			keep, sqldb.Micros(before), pruneRows)
		said = said || n > 0
		return n, err
	})
	return said, err
}

// pruneLog deletes the Page's rows before the first that is young enough.
func (s *Store) pruneLog(ctx context.Context, page model.PageID, before time.Time) error {
	var keep int64
	err := s.read(ctx, func(ss *sqldb.Session) error {
		err := ss.Get(`SELECT key & 0x7ffffffff FROM events WHERE`+sqldb.InLog+` AND at >= ? ORDER BY key LIMIT 1`,
			sqldb.Args{page, 0, page, sqldb.Micros(before)}, &keep)
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		head, err := tables.NewReader(ss).Head(page)
		keep = head + 1
		return err
	})
	if err != nil {
		return err
	}
	return s.inChunks(ctx, func(ss *sqldb.Session) (int64, error) {
		return ss.Exec(`DELETE FROM events WHERE key IN (
			SELECT key FROM events WHERE`+sqldb.LogUpTo+` ORDER BY key LIMIT ?)`,
			page, page, keep, pruneRows)
	})
}

// inChunks repeats a transaction until it changes less than a full chunk.
func (s *Store) inChunks(ctx context.Context, f func(*sqldb.Session) (int64, error)) error {
	for {
		var n int64
		err := s.transact(ctx, func(ss *sqldb.Session) (err error) {
			n, err = f(ss)
			return err
		})
		if err != nil || n < pruneRows {
			return err
		}
	}
}

// Scrub rewrites the file and empties the log beside it, so that neither contains anything that
// was changed or deleted before. It needs exclusive use of the file for a while, and as much
// disk space again.
func (s *Store) Scrub(ctx context.Context) error {
	if s.writer == nil {
		return errReadOnly
	}
	if s.writer.Over() {
		return ErrClosed
	}
	return sqldb.Wrap(s.watch.Rewriting(func() error { return disk.Scrub(ctx, s.file) }), "scrub store")
}

// Erased implements [store.Store].
func (s *Store) Erased() error {
	if s.writer != nil && !s.writer.Erased() {
		return store.ErrNotErased
	}
	return nil
}

// Count implements [store.Store].
func (s *Store) Count(ctx context.Context, counter string, n int64) error {
	err := s.transact(ctx, func(ss *sqldb.Session) error {
		return ss.Run(`INSERT INTO counters (name, value) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value`, counter, n)
	})
	return sqldb.Wrap(err, "count %s", counter)
}
