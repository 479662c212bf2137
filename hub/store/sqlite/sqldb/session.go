package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"parley/hub/store"
	"parley/model"
)

// Session is what one transaction does on a connection.
type Session struct {
	ctx context.Context
	c   *Conn
	now func() time.Time
	// dead is an error after which the database may have undone more than one statement;
	// nothing more is asked of it.
	dead error
	// broken is an error after which the transaction must not be committed, whatever its
	// function returns.
	broken error
	// erases: what the transaction deletes must be gone from the disk before it returns.
	erases bool
	// sums are what is added to tallies when the transaction is committed; nil: it only reads.
	sums map[Sum]int64
	// stored returns a conversation as it is stored, if that is known; nil: none is.
	stored func(model.ConversationID) (store.Conversation, bool)
	// over: the transaction's function has returned.
	over bool
}

// NewSession begins a session on a connection.
func NewSession(ctx context.Context, c *Conn, now func() time.Time) *Session {
	return &Session{ctx: ctx, c: c, now: now}
}

// Sum is a number that transactions add to; see the package tally.
type Sum struct {
	Page   model.PageID
	Kind   int
	Who    string
	Bucket int64
}

// NewWriting begins a session that writes.
func NewWriting(ctx context.Context, c *Conn, now func() time.Time) *Session {
	return &Session{ctx: ctx, c: c, now: now, sums: make(map[Sum]int64)}
}

// Knows says where to ask for conversations as they are stored.
func (s *Session) Knows(stored func(model.ConversationID) (store.Conversation, bool)) {
	s.stored = stored
}

// Stored returns a conversation as it is stored; false if it has to be read. It must not be
// changed.
func (s *Session) Stored(id model.ConversationID) (store.Conversation, bool) {
	if s.stored == nil {
		return store.Conversation{}, false
	}
	return s.stored(id)
}

// Sum adds to a number once the transaction is committed.
func (s *Session) Sum(k Sum, n int64) { s.sums[k] += n }

// Sums returns what the transaction adds to numbers.
func (s *Session) Sums() map[Sum]int64 { return s.sums }

// Writes reports whether the session may write: then sums that are not written yet may belong to
// what it reads.
func (s *Session) Writes() bool { return s.sums != nil }

// Time returns the current time.
func (s *Session) Time() time.Time { return s.now() }

// End ends the session: later uses of it fail.
func (s *Session) End() { s.over = true }

// Fatal returns the error after which nothing more is asked of the database, nil if there is
// none.
func (s *Session) Fatal() error { return s.dead }

// Spoiled returns the error because of which the transaction must not be committed, nil if
// there is none.
func (s *Session) Spoiled() error { return s.broken }

// Spoil keeps the transaction from being committed if err is not nil.
func (s *Session) Spoil(err error) error {
	if err != nil && s.broken == nil {
		s.broken = err
	}
	return err
}

// Deletes reports whether what the transaction deletes must be gone from the disk before it
// returns.
func (s *Session) Deletes() bool { return s.erases }

// ErrOver is the error of using a transaction after its end.
var ErrOver = errors.New("transaction is over")

// Check returns why nothing may be asked any more, nil while it may.
func (s *Session) Check() error { return s.check() }

func (s *Session) check() error {
	if s.over {
		return ErrOver
	}
	return s.dead
}

// fail translates an error and remembers one of the disk.
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

// Run runs a statement without returning how many rows it changed.
func (s *Session) Run(query string, args ...any) error {
	_, err := s.Exec(query, args...)
	return err
}

// RunOne runs a statement that changes one row; if it changes none, that is
// [store.ErrNotFound].
func (s *Session) RunOne(query string, args ...any) error {
	n, err := s.Exec(query, args...)
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	return err
}

// EraseIf makes the transaction wait until what it deletes is gone from the disk, if said is
// true.
func (s *Session) EraseIf(said bool) { s.erases = s.erases || said }

// Args are the arguments of a statement.
type Args []any

// Get reads one row; if there is none, that is [store.ErrNotFound].
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

// Many reads the records in the doc columns of several rows.
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
