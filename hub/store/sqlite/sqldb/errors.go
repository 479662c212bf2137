package sqldb

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/hub/store"
)

// ErrClosed means that the store is closed.
var ErrClosed = errors.New("store is closed")

// ErrForeign refuses a database that is not a store of Parley.
var ErrForeign = errors.New("not a store of Parley")

// primaryCode masks the part of an extended result code that names the error.
const primaryCode = 0xff

// Translate turns the driver's errors into the store's: no row, a unique key that is taken, a
// store that can't be used now. Others stay as they are.
func Translate(err error) error {
	if err == nil || errors.Is(err, store.ErrUnavailable) {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return fmt.Errorf("%w: %w", store.ErrConflict, err)
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return fmt.Errorf("%w: %w", store.ErrNotFound, err)
	}
	if unavailable(e.Code()) {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return err
}

// unavailable reports whether an error is one of the disk or the file, and not caused by the
// call itself.
func unavailable(code int) bool {
	switch code & primaryCode {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED,
		sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL,
		sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_NOLFS:
		return true
	}
	return false
}

// Lasting reports whether a connection that met this error must be replaced. After a full disk
// or a busy file it can go on after a rollback.
func Lasting(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return true
	}
	code := e.Code() & primaryCode
	return code != sqlite3.SQLITE_FULL && code != sqlite3.SQLITE_BUSY
}

// NoRow replaces the error for a missing row by nil.
func NoRow(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return Translate(err)
}

// Wrap adds what was being done to an error; nil stays nil.
func Wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}
