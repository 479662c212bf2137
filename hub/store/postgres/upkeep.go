package postgres

import (
	"context"
	"time"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// pruneRows is how many rows one statement deletes, so that others get their turn in between.
const pruneRows = 500

// exec runs one statement as a transaction of its own.
func (s *Store) exec(ctx context.Context, query string, args ...any) (int64, error) {
	if s.lanes.Over() {
		return 0, ErrClosed
	}
	tag, err := s.writes.Exec(ctx, query, args...)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	return tag.RowsAffected(), pgdb.Translate(err)
}

// Count implements [store.Store].
func (s *Store) Count(ctx context.Context, counter string, n int64) error {
	_, err := s.exec(ctx, `INSERT INTO counters (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value`, counter, n)
	return pgdb.Wrap(err, "count %s", counter)
}

// Prune implements [store.Store]. It deletes only the beginning of a log, so that the rest has no
// gap.
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
		return pgdb.Wrap(err, "prune")
	}
	young := engine.Micros(before)
	for _, page := range pages {
		err := s.inChunks(ctx, `DELETE FROM events WHERE page_id = $1 AND seq IN (
			SELECT seq FROM events WHERE page_id = $1 AND seq < COALESCE(
				(SELECT seq FROM events WHERE page_id = $1 AND at >= $2 ORDER BY seq LIMIT 1), 9223372036854775807)
			ORDER BY seq LIMIT $3)`, string(page), young, pruneRows)
		if err != nil {
			return pgdb.Wrap(err, "prune log of page %s", page)
		}
	}
	err = s.inChunks(ctx, `DELETE FROM raw_events WHERE (page_id, event) IN (
		SELECT page_id, event FROM raw_events WHERE understood AND received_at < $1 LIMIT $2)`, young, pruneRows)
	if err != nil {
		return pgdb.Wrap(err, "prune raw events")
	}
	_, err = s.exec(ctx, `DELETE FROM login_codes WHERE expires < $1`, young)
	return pgdb.Wrap(err, "prune login codes")
}

// inChunks repeats a statement until it changes less than a full chunk.
func (s *Store) inChunks(ctx context.Context, query string, args ...any) error {
	for {
		n, err := s.exec(ctx, query, args...)
		if err != nil || n < pruneRows {
			return err
		}
	}
}

// content are the tables that have what people wrote, or words of it.
var content = []string{
	"conversations", "names", "conversation_labels", "messages", "pending", "raw_events", "replies", "reacting", "media", "notices",
	"transcripts", "audit", "records", "users", "snippets", "views",
}

// Scrub rewrites the tables, so that their files have nothing that was changed or deleted before.
// What PostgreSQL keeps besides, its write-ahead log and copies of it, is its operator's.
func (s *Store) Scrub(ctx context.Context) error {
	for _, table := range content {
		if _, err := s.exec(ctx, `VACUUM (FULL, ANALYZE) `+table); err != nil {
			return pgdb.Wrap(err, "scrub store")
		}
	}
	return nil
}

// Erased implements [store.Store]. PostgreSQL overwrites nothing: rows that were deleted can't be
// read by any statement, their bytes stay in its files until it needs the space, and longer in its
// log and backups. A hub can do nothing about that, so that nobody is to wait for it.
func (s *Store) Erased() error { return nil }
