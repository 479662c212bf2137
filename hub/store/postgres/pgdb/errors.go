package pgdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"parley/hub/store"
)

// ErrClosed means that the store is closed.
var ErrClosed = errors.New("store is closed")

// ErrDoubt means that the connection was lost while a transaction was committed, and that nobody
// can tell whether it was. It is a [store.ErrUnavailable], too.
var ErrDoubt = fmt.Errorf("%w: it may have been committed", store.ErrUnavailable)

// PostgreSQL's codes of errors that say something about the call.
const (
	uniqueViolation     = "23505"
	foreignKeyViolation = "23503"
)

// unavailable are the beginnings of codes that say nothing about the call itself: the connection,
// resources such as the disk, an operator, the system, a conflict of transactions, a database that
// is read-only, damaged, or has no table of ours.
var unavailable = []string{"08", "53", "57", "58", "40", "25006", "55", "XX", "42501", "28", "3D"}

// Translate turns the driver's errors into the store's: no row, a unique key that is taken, a
// database that can't be used now. Others stay as they are.
func Translate(err error) error {
	if err == nil || errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrNotFound) {
		return err
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return store.ErrNotFound
	}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		switch e.Code {
		case uniqueViolation:
			return fmt.Errorf("%w: %w", store.ErrConflict, said(e))
		case foreignKeyViolation:
			return fmt.Errorf("%w: %w", store.ErrNotFound, said(e))
		}
		for _, class := range unavailable {
			if strings.HasPrefix(e.Code, class) {
				return fmt.Errorf("%w: %w", store.ErrUnavailable, said(e))
			}
		}
		return said(e)
	}
	if lost(err) {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return err
}

// lost reports whether an error is one of the connection.
func lost(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err) || strings.Contains(err.Error(), "conn closed") ||
		errors.Is(err, context.DeadlineExceeded)
}

// said returns PostgreSQL's error without its detail, which quotes what is stored.
func said(e *pgconn.PgError) error {
	return fmt.Errorf("%s (%s)", e.Message, strings.Trim(e.Code+" "+e.ConstraintName, " "))
}

// Wrap adds what was being done to an error; nil stays nil.
func Wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}
