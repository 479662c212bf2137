package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"parley/hub/store"
)

// Session is what one transaction does on a connection.
type Session struct {
	ctx context.Context
	c   *Conn
	now func() time.Time
	// dead is the error after which the database may have undone more than one
	// statement; nothing is asked of it any more.
	dead error
	// broken is an error after which the transaction must not be kept, whatever
	// its function answers.
	broken error
	// erases: what the transaction deletes is to be gone from the disk before it is
	// answered.
	erases bool
	// over: the transaction's function has returned.
	over bool
}

// NewSession begins what one transaction does on a connection.
func NewSession(ctx context.Context, c *Conn, now func() time.Time) *Session {
	return &Session{ctx: ctx, c: c, now: now}
}

// Time is now.
func (s *Session) Time() time.Time { return s.now() }

// End ends the session: whoever uses it later is refused.
func (s *Session) End() { s.over = true }

// Fatal is the error after which nothing is asked of the database any more; nil: none.
func (s *Session) Fatal() error { return s.dead }

// Spoiled is the error for which the transaction must not be kept; nil: none.
func (s *Session) Spoiled() error { return s.broken }

// Spoil keeps the transaction from being committed if there is an error.
func (s *Session) Spoil(err error) error {
	if err != nil && s.broken == nil {
		s.broken = err
	}
	return err
}

// Deletes tells whether what the transaction deletes is to be gone from the disk before it
// is answered.
func (s *Session) Deletes() bool { return s.erases }

// ErrOver answers whoever uses a transaction after its end.
var ErrOver = errors.New("transaction is over")

func (s *Session) check() error {
	if s.over {
		return ErrOver
	}
	return s.dead
}

// fail says an error in the store's words and remembers one of the disk.
func (s *Session) fail(err error) error {
	err = Translate(err)
	if errors.Is(err, store.ErrUnavailable) {
		s.dead, s.broken = err, err
	}
	return err
}

// Exec runs a statement and returns how many rows it changed.
func (s *Session) Exec(query string, args ...any) (int64, error) {
	if err := s.check(); err != nil {
		return 0, err
	}
	stmt, err := s.c.Prepare(s.ctx, query)
	if err != nil {
		return 0, s.fail(err)
	}
	res, err := stmt.ExecContext(s.ctx, args...)
	if err != nil {
		return 0, s.fail(err)
	}
	n, err := res.RowsAffected()
	return n, s.fail(err)
}

// Run runs a statement of which nobody asks how many rows it changed.
func (s *Session) Run(query string, args ...any) error {
	_, err := s.Exec(query, args...)
	return err
}

// RunOne runs a statement that changes one row; none is [store.ErrNotFound].
func (s *Session) RunOne(query string, args ...any) error {
	n, err := s.Exec(query, args...)
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	return err
}

// EraseIf has what the transaction deletes gone from the disk before it is answered.
func (s *Session) EraseIf(said bool) { s.erases = s.erases || said }

// Args are those of a statement.
type Args []any

// Get reads one row; none is [store.ErrNotFound].
func (s *Session) Get(query string, args Args, dest ...any) error {
	if err := s.check(); err != nil {
		return err
	}
	stmt, err := s.c.Prepare(s.ctx, query)
	if err != nil {
		return s.fail(err)
	}
	return s.fail(stmt.QueryRowContext(s.ctx, args...).Scan(dest...))
}

// Each reads rows one by one.
func (s *Session) Each(query string, args Args, row func(*sql.Rows) error) error {
	if err := s.check(); err != nil {
		return err
	}
	stmt, err := s.c.Prepare(s.ctx, query)
	if err != nil {
		return s.fail(err)
	}
	rows, err := stmt.QueryContext(s.ctx, args...)
	if err != nil {
		return s.fail(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return s.fail(err)
		}
	}
	return s.fail(rows.Err())
}

// One reads the record in the doc column of one row.
func One[T any](s *Session, query string, args ...any) (T, error) {
	var doc []byte
	var v T
	if err := s.Get(query, args, &doc); err != nil {
		return v, err
	}
	err := Decode(doc, &v)
	return v, err
}

// Many reads the records in the doc column of some rows.
func Many[T any](s *Session, query string, args ...any) ([]T, error) {
	var list []T
	err := s.Each(query, args, func(rows *sql.Rows) error {
		var doc sql.RawBytes
		if err := rows.Scan(&doc); err != nil {
			return err
		}
		var v T
		if err := Decode(doc, &v); err != nil {
			return err
		}
		list = append(list, v)
		return nil
	})
	return list, err
}
