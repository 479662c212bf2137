package migrations

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"

	"parley/hub/store"
	"parley/hub/store/sqlite/disk"
	"parley/hub/store/sqlite/sqldb"
)

// move rewrites a large table: each of its rows goes into another table and leaves the one it was
// in, some at a time, each time in a transaction of its own. One that is cut short goes on with the
// rows that are left. Nobody else uses the file meanwhile.
type move struct {
	// what is moved, as the hub's log says it.
	what string
	// count counts the rows that are left.
	count string
	// some moves some rows, and returns how many.
	some func(ctx context.Context, tx *sql.Tx) (int, error)
	// then runs once all are moved, in the transaction that ends the step.
	then func(ctx context.Context, tx *sql.Tx) error
}

// movedAtOnce is how many rows go into one transaction.
var movedAtOnce = 1000

// movedTold is how many rows are moved between two progress lines in the hub's log, and before
// SQLite's log is folded into the file.
const movedTold = 20_000

// run moves all rows that are left.
func (m move) run(ctx context.Context, c *sql.Conn, log *slog.Logger) error {
	var of, done int
	if err := c.QueryRowContext(ctx, m.count).Scan(&of); err != nil {
		return sqldb.Wrap(err, "count rows")
	}
	if of > 0 {
		if _, err := c.ExecContext(ctx, `INSERT INTO store (name, value) VALUES (?, '') ON CONFLICT DO NOTHING`, shrinks); err != nil {
			return err
		}
	}
	for due := 0; done < of; {
		if done >= due {
			if err := m.tell(ctx, c, log, done, of); err != nil {
				return err
			}
			due = done + movedTold
		}
		n, err := inOne(ctx, c, m.some)
		if err != nil {
			return err
		}
		done += n
	}
	if of == 0 {
		return nil
	}
	return m.tell(ctx, c, log, done, of)
}

// tell says how far it is, and keeps SQLite's log short.
func (m move) tell(ctx context.Context, c *sql.Conn, log *slog.Logger, done, of int) error {
	log.InfoContext(ctx, "rewrite what is stored", "what", m.what, "done", done, "of", of)
	return fold(ctx, c)
}

// inOne runs f in a transaction.
func inOne(ctx context.Context, c *sql.Conn, f func(context.Context, *sql.Tx) (int, error)) (n int, err error) {
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	if n, err = f(ctx, tx); err != nil {
		return 0, err
	}
	return n, tx.Commit()
}

// fold folds SQLite's log into the file, so that it does not grow.
func fold(ctx context.Context, c *sql.Conn) error {
	var busy, pages, folded int
	return c.QueryRowContext(ctx, `PRAGMA wal_checkpoint(truncate)`).Scan(&busy, &pages, &folded)
}

// shrinks is the row of the table store by which a file is known that is to be rewritten: what was
// moved has left as much room as it took, and copies in it.
const shrinks = "shrinks"

// Shrink rewrites the file if rows were moved and it was not rewritten since. If there is no room for that, what was deleted is
// overwritten where it is, and new rows use the room.
func Shrink(ctx context.Context, c *sql.Conn, log *slog.Logger) error {
	var due int
	err := c.QueryRowContext(ctx, `SELECT COUNT(*) FROM store WHERE name = ?`, shrinks).Scan(&due)
	if err != nil || due == 0 {
		return sqldb.Wrap(sqldb.Translate(err), "ask whether to rewrite the file")
	}
	log.InfoContext(ctx, "rewrite the file, so that it gets smaller")
	err = sqldb.Translate(disk.Rewrite(ctx, c))
	if errors.Is(err, store.ErrUnavailable) {
		log.WarnContext(ctx, "the file keeps its size, as there is no room to rewrite it", "error", err)
		_, err = inOne(ctx, c, func(ctx context.Context, tx *sql.Tx) (int, error) { return 0, disk.WipeAll(ctx, tx, log) })
	}
	if err == nil {
		_, err = c.ExecContext(ctx, `DELETE FROM store WHERE name = ?`, shrinks)
	}
	return sqldb.Wrap(sqldb.Translate(err), "rewrite the file")
}

// rows calls row for each row of a query.
func rows(ctx context.Context, tx *sql.Tx, query string, row func(*sql.Rows) error, args ...any) (err error) {
	list, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, list.Err(), list.Close()) }()
	for list.Next() {
		if err := row(list); err != nil {
			return err
		}
	}
	return nil
}

// run runs statements one after the other.
func run(ctx context.Context, tx *sql.Tx, statements ...string) error {
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
