package disk

import (
	"context"
	"database/sql"
	"errors"

	"parley/hub/store/sqlite/sqldb"
)

// errBusy means that somebody reads what is to be rewritten.
var errBusy = errors.New("store is in use")

// Scrub rewrites a file and empties the log beside it, so that neither contains anything that
// was changed or deleted before. It needs exclusive use of the file for a while, and as much
// disk space again.
func Scrub(ctx context.Context, file *File) error {
	db, err := sql.Open(sqldb.Driver, sqldb.DSN(file.Path, sqldb.ForWriting))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	return errors.Join(rewrite(ctx, db, file.Real+LogSuffix), db.Close())
}

// Rewrite does the same on a connection, which is the file's only one.
func Rewrite(ctx context.Context, c *sql.Conn) error {
	var path string
	if err := c.QueryRowContext(ctx, `SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&path); err != nil {
		return sqldb.Translate(err)
	}
	err := rewrite(ctx, c, path+LogSuffix)
	_, back := c.ExecContext(ctx, `PRAGMA temp_store = memory`)
	return errors.Join(err, sqldb.Translate(back))
}

// database is a database, or one connection of it.
type database interface {
	querier
	BeginTx(ctx context.Context, o *sql.TxOptions) (*sql.Tx, error)
}

func rewrite(ctx context.Context, db database, log string) error {
	for _, query := range []string{`PRAGMA temp_store = file`, `VACUUM`} {
		if _, err := db.ExecContext(ctx, query); err != nil {
			return sqldb.Translate(err)
		}
	}
	if err := wipeLog(ctx, db, log); err != nil {
		return err
	}
	var busy, pages, done int
	if err := db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(truncate)`).Scan(&busy, &pages, &done); err != nil {
		return sqldb.Translate(err)
	}
	if busy != 0 {
		return errBusy
	}
	return nil
}

// wipeLog overwrites the remnants on the pages in the log.
func wipeLog(ctx context.Context, db database, log string) error {
	pages, _, err := Remnants(log, Swept{})
	if err != nil || len(pages) == 0 {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return sqldb.Translate(err)
	}
	defer tx.Rollback()
	if err := WipePages(ctx, tx, pages); err != nil {
		return sqldb.Translate(err)
	}
	return sqldb.Translate(tx.Commit())
}
