package sqldb

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

// Driver is the name under which modernc.org/sqlite registers itself.
const Driver = "sqlite"

// Access is the purpose of a connection.
type Access int

// The purposes of connections.
const (
	// ForWriting is for the one connection that writes.
	ForWriting Access = iota
	// ForReading is for reading alongside a writer: it sees commits and can't change anything.
	ForReading
	// FromReadOnly opens the file itself read-only.
	FromReadOnly
	// FileAlone reads the file without the log beside it, and takes no locks.
	FileAlone
)

// DSN returns the data source name for the file and that purpose.
func DSN(path string, a Access) string {
	q := url.Values{}
	pragma := func(p string) { q.Add("_pragma", p) }
	q.Set("_busy_timeout", "5000")
	q.Set("_txlock", "immediate")
	pragma("foreign_keys(1)")
	pragma("temp_store(memory)")
	// What was read is in the system's own cache, too; and with each commit a connection that
	// reads forgets all of its own, which takes longer the more there is.
	cache := "cache_size(-2000)"
	if a == ForWriting {
		cache = "cache_size(-16000)"
	}
	pragma(cache)
	switch a {
	case ForWriting:
		pragma("journal_mode(wal)")
		pragma("synchronous(full)")
		// The writer checkpoints the log itself, so that it knows when the file changes.
		pragma("wal_autocheckpoint(0)")
		// Overwrite what is deleted.
		pragma("secure_delete(1)")
	case ForReading:
		q.Set("_query_only", "1")
	case FileAlone:
		q.Set("immutable", "1")
		fallthrough
	case FromReadOnly:
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

// Conn is one connection with its prepared statements. It is used by one
// goroutine at a time.
type Conn struct {
	SQL   *sql.Conn
	stmts map[string]Statement
}

// Statement is a prepared statement that lives as long as its connection.
type Statement struct{ *sql.Stmt }

// Connect opens a connection of db.
func Connect(ctx context.Context, db *sql.DB) (*Conn, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, Translate(err)
	}
	return &Conn{SQL: c, stmts: make(map[string]Statement)}, nil
}

// Prepare returns the statement, prepared once per connection.
func (c *Conn) Prepare(ctx context.Context, query string) (Statement, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	s, err := c.SQL.PrepareContext(ctx, query)
	if err != nil {
		return Statement{}, fmt.Errorf("prepare statement: %w", err)
	}
	c.stmts[query] = Statement{s}
	return c.stmts[query], nil
}

// Exec runs a statement without arguments or results.
func (c *Conn) Exec(ctx context.Context, query string) error {
	s, err := c.Prepare(ctx, query)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(ctx)
	return err
}

// Drop closes the connection for good, whatever its state.
func (c *Conn) Drop() {
	for _, s := range c.stmts {
		_ = s.Close()
	}
	// ErrBadConn keeps the pool from reusing it.
	_ = c.SQL.Raw(func(any) error { return driver.ErrBadConn })
	_ = c.SQL.Close()
}
