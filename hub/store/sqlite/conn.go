package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // registers the driver
)

// driverName is the name under which modernc.org/sqlite registers itself.
const driverName = "sqlite"

// access is what a connection is for.
type access int

const (
	forWriting access = iota
	// forReading beside a writer: sees its commits, can't change anything.
	forReading
	// fromReadOnly opens the file itself for reading only.
	fromReadOnly
	// fileAlone reads the file without the log beside it, and locks nothing.
	fileAlone
)

// dsn names the file with the settings of such a connection.
func dsn(path string, a access) string {
	q := url.Values{}
	pragma := func(p string) { q.Add("_pragma", p) }
	q.Set("_busy_timeout", "5000")
	q.Set("_txlock", "immediate")
	pragma("foreign_keys(1)")
	pragma("temp_store(memory)")
	cache := "cache_size(-8000)" // what is read stays in the system's own cache, too
	if a == forWriting {
		cache = "cache_size(-16000)"
	}
	pragma(cache)
	switch a {
	case forWriting:
		pragma("journal_mode(wal)")
		pragma("synchronous(full)")
		// The writer folds the log in by itself, so that it knows when the file changes.
		pragma("wal_autocheckpoint(0)")
		// What is deleted is overwritten, not only forgotten.
		pragma("secure_delete(1)")
	case forReading:
		q.Set("_query_only", "1")
	case fileAlone:
		q.Set("immutable", "1")
		fallthrough
	case fromReadOnly:
		q.Set("mode", "ro")
		q.Set("_query_only", "1")
	}
	file := filepath.ToSlash(path)
	if !strings.HasPrefix(file, "/") {
		file = "/" + file // C:/…
	}
	u := url.URL{Scheme: "file", Path: file, RawQuery: q.Encode()}
	return u.String()
}

// conn is one connection with its prepared statements. It is used by one
// goroutine at a time.
type conn struct {
	c     *sql.Conn
	stmts map[string]statement
}

// statement is a prepared statement that lives as long as its connection.
type statement struct{ *sql.Stmt }

// connect takes a connection of db.
func connect(ctx context.Context, db *sql.DB) (*conn, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return &conn{c: c, stmts: make(map[string]statement)}, nil
}

// prepare returns the statement, prepared once for the connection.
func (c *conn) prepare(ctx context.Context, query string) (statement, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	s, err := c.c.PrepareContext(ctx, query)
	if err != nil {
		return statement{}, fmt.Errorf("prepare statement: %w", err)
	}
	c.stmts[query] = statement{s}
	return c.stmts[query], nil
}

// exec runs a statement that takes nothing and gives nothing.
func (c *conn) exec(ctx context.Context, query string) error {
	s, err := c.prepare(ctx, query)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(ctx)
	return err
}

// drop closes the connection for good, in whatever state it is.
func (c *conn) drop() {
	for _, s := range c.stmts {
		_ = s.Close()
	}
	// ErrBadConn keeps the pool from using it again.
	_ = c.c.Raw(func(any) error { return driver.ErrBadConn })
	_ = c.c.Close()
}
