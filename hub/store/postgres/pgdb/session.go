package pgdb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/model"
)

// mostQueued is how many statements wait at most before they go out.
const mostQueued = 256

// statement is a statement that waits to go out.
type statement struct {
	query string
	args  []any
	// done, if there is one, takes how many rows were changed.
	done func(n int64) error
	// row, if there is one, reads each row.
	row func(pgx.Rows) error
}

// Session is what one transaction does on a connection. What it writes waits, and goes out before
// the next read, with it in one round trip.
type Session struct {
	ctx context.Context
	c   *pgx.Conn
	now func() time.Time
	// queued waits to go out.
	queued []statement
	// careful: each statement that writes goes out by itself, and may fail alone.
	careful bool
	// dead is an error after which the database accepts nothing more in this transaction.
	dead error
	// broken is an error after which the transaction must not be committed, whatever its function
	// returns.
	broken error
	// wrote: something was written.
	wrote bool
	// sent: something that was written went out.
	sent bool
	// failed is the index of the statement that failed, among those that went out together.
	failed int
	// over: the transaction's function has returned.
	over bool
	// kept is what was read ahead.
	kept any
	// Trips counts round trips.
	Trips int
}

// NewSession begins a session on a connection. Whoever calls it begins the transaction with
// [Session.Run].
func NewSession(ctx context.Context, c *pgx.Conn, now func() time.Time) *Session {
	return &Session{ctx: ctx, c: c, now: now}
}

// Careful has each statement that writes go out by itself, so that the transaction can go on
// after one that fails.
func (s *Session) Careful() { s.careful = true }

// Time returns the current time.
func (s *Session) Time() time.Time { return s.now() }

// End ends the session for its function: later uses of it fail.
func (s *Session) End() { s.over = true }

// Fatal returns the error after which nothing more is asked of the database, nil if there is none.
func (s *Session) Fatal() error { return s.dead }

// Wrote reports whether the session wrote something.
func (s *Session) Wrote() bool { return s.wrote }

// Sent reports whether something that the session wrote went out.
func (s *Session) Sent() bool { return s.sent }

// Queued returns how many statements wait to go out.
func (s *Session) Queued() int { return len(s.queued) }

// Failed returns the index of the statement that failed, among those that went out together.
func (s *Session) Failed() int { return s.failed }

// Writes says that a statement that is read from writes as well.
func (s *Session) Writes() { s.wrote, s.kept = true, nil }

// Keep keeps what was read ahead, until something is written that is not noted there.
func (s *Session) Keep(v any) { s.kept = v }

// Kept returns what Keep was given last; nil if something was written since.
func (s *Session) Kept() any { return s.kept }

// Check returns why nothing can be asked any more; nil if it can.
func (s *Session) Check() error { return s.check() }

// Ask is a question among several.
type Ask struct {
	Query string
	Args  Args
	Row   func(pgx.Rows) error
}

// Asks asks several questions in one round trip.
func (s *Session) Asks(lists ...[]Ask) error {
	if err := s.check(); err != nil {
		return err
	}
	for _, list := range lists {
		for _, a := range list {
			s.queue(statement{query: number(a.Query), args: plain(a.Args), row: a.Row})
		}
	}
	return s.Flush()
}

// Spoiled returns the error because of which the transaction must not be committed, nil if there
// is none.
func (s *Session) Spoiled() error { return s.broken }

// Spoil keeps the transaction from being committed if err is not nil.
func (s *Session) Spoil(err error) error {
	if err != nil && s.broken == nil {
		s.broken = err
	}
	return err
}

// ErrOver is the error of using a transaction after its end.
var ErrOver = errors.New("transaction is over")

func (s *Session) check() error {
	if s.over {
		return ErrOver
	}
	return s.dead
}

// fail translates an error, after which PostgreSQL accepts nothing more in a transaction.
func (s *Session) fail(err error) error {
	if err = Translate(err); err == nil {
		return nil
	}
	if ended := s.ctx.Err(); ended != nil && s.c.IsClosed() {
		err = ended // the driver closes a connection when its caller no longer waits
	}
	if s.dead == nil {
		s.dead = err
	}
	return s.Spoil(err)
}

// Run queues a statement. What goes wrong with it is told by the next one that goes out, or at the
// commit.
func (s *Session) Run(query string, args ...any) error {
	s.kept = nil
	return s.Note(query, args...)
}

// Note is Run for what does not change what was read ahead, or is noted there by its caller.
func (s *Session) Note(query string, args ...any) error {
	if s.careful {
		_, err := s.Exec(query, args...)
		return err
	}
	return s.then(nil, query, args...)
}

// then is Run with a function that takes how many rows were changed.
func (s *Session) then(done func(int64) error, query string, args ...any) error {
	if err := s.check(); err != nil {
		return err
	}
	s.wrote = true
	s.queue(statement{query: number(query), args: plain(args), done: done})
	if len(s.queued) >= mostQueued {
		return s.Flush()
	}
	return nil
}

func (s *Session) queue(q statement) { s.queued = append(s.queued, q) }

// Control queues a statement that controls the transaction itself.
func (s *Session) Control(query string, args ...any) { s.queue(statement{query: query, args: args}) }

// Now runs statements that control the transaction itself, at once: in one that failed, nothing
// else is accepted, not even to be prepared.
func (s *Session) Now(query string) error {
	s.Trips++
	_, err := s.c.Exec(s.ctx, query)
	return Translate(err)
}

// Forget drops what waits to go out.
func (s *Session) Forget() { s.queued = s.queued[:0] }

// Exec runs a statement and returns how many rows it changed.
func (s *Session) Exec(query string, args ...any) (int64, error) {
	if err := s.check(); err != nil {
		return 0, err
	}
	s.wrote, s.kept = true, nil
	if s.careful {
		return s.alone(query, args)
	}
	var n int64
	s.queue(statement{query: number(query), args: plain(args), done: func(rows int64) error {
		n = rows
		return nil
	}})
	err := s.Flush()
	return n, err
}

// alone runs a statement such that the transaction survives it.
func (s *Session) alone(query string, args []any) (n int64, err error) {
	s.Control(`SAVEPOINT statement`)
	s.queue(statement{query: number(query), args: plain(args), done: func(rows int64) error {
		n = rows
		return nil
	}})
	s.Control(`RELEASE SAVEPOINT statement`)
	if err = s.send(nil); err == nil {
		return n, nil
	}
	err = Translate(err)
	if errors.Is(err, store.ErrUnavailable) || s.c.IsClosed() {
		return 0, s.fail(err)
	}
	if e := s.Now(`ROLLBACK TO SAVEPOINT statement`); e != nil {
		return 0, s.fail(e)
	}
	return 0, err
}

// RunOne runs a statement that changes one row; if it changes none, that is [store.ErrNotFound].
func (s *Session) RunOne(query string, args ...any) error {
	n, err := s.Exec(query, args...)
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	return err
}

// Flush sends what waits.
func (s *Session) Flush() error {
	if s.dead != nil {
		return s.dead
	}
	if len(s.queued) == 0 {
		return nil
	}
	return s.fail(s.send(nil))
}

// send sends what waits, and reads the results; last, if there is one, reads the last one's.
func (s *Session) send(last func(pgx.BatchResults) error) error {
	b := &pgx.Batch{}
	waiting := s.queued
	for _, q := range waiting {
		b.Queue(q.query, q.args...)
	}
	s.queued = s.queued[:0]
	s.Trips++
	s.sent = s.sent || s.wrote
	results := s.c.SendBatch(s.ctx, b)
	if last != nil {
		waiting = waiting[:len(waiting)-1]
	}
	err := s.results(results, waiting)
	if err == nil && last != nil {
		err = last(results)
	}
	if e := results.Close(); err == nil {
		err = e
	}
	clear(s.queued[:cap(s.queued)])
	return err
}

func (s *Session) results(results pgx.BatchResults, list []statement) error {
	for i, q := range list {
		s.failed = i
		if q.row != nil {
			if err := s.rows(results, q.row); err != nil {
				return err
			}
			continue
		}
		tag, err := results.Exec()
		if err != nil {
			return err
		}
		if q.done != nil {
			if err := q.done(tag.RowsAffected()); err != nil {
				return err
			}
		}
	}
	s.failed = len(list)
	return nil
}

// rows reads the rows of one statement.
func (*Session) rows(results pgx.BatchResults, row func(pgx.Rows) error) error {
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	rows.Close()
	return rows.Err()
}

// Get reads one row; if there is none, that is [store.ErrNotFound].
func (s *Session) Get(query string, args Args, dest ...any) error {
	if err := s.check(); err != nil {
		return err
	}
	s.queue(statement{query: number(query), args: plain(args)})
	found := false
	err := s.send(func(results pgx.BatchResults) error {
		rows, err := results.Query()
		if err != nil {
			return err
		}
		defer rows.Close()
		if found = rows.Next(); found {
			if err := rows.Scan(dest...); err != nil {
				return err
			}
		}
		rows.Close()
		return rows.Err()
	})
	if err != nil {
		return s.fail(err)
	}
	if !found {
		return store.ErrNotFound
	}
	return nil
}

// Each reads rows one by one. An error of row ends the reading, and is returned as it is.
func (s *Session) Each(query string, args Args, row func(pgx.Rows) error) error {
	if err := s.check(); err != nil {
		return err
	}
	s.queue(statement{query: number(query), args: plain(args)})
	var refused error
	err := s.send(func(results pgx.BatchResults) error {
		rows, err := results.Query()
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if refused = row(rows); refused != nil {
				break
			}
		}
		rows.Close()
		return rows.Err()
	})
	if err != nil {
		return s.fail(err)
	}
	return refused
}

// One reads the record in the only column of one row.
func One[T any](s *Session, query string, args ...any) (T, error) {
	var doc []byte
	var v T
	if err := s.Get(query, args, &doc); err != nil {
		return v, err
	}
	err := engine.Decode(doc, &v)
	return v, err
}

// Many reads the records in the only column of several rows.
func Many[T any](s *Session, query string, args ...any) ([]T, error) {
	var list []T
	err := s.Each(query, args, func(rows pgx.Rows) error {
		var v T
		if err := engine.Decode(rows.RawValues()[0], &v); err != nil {
			return err
		}
		list = append(list, v)
		return nil
	})
	return list, err
}

// Keys reads the keys of a Page, which are the first columns of each row.
func Keys(s *Session, page model.PageID, query string, args Args) ([]engine.Key, error) {
	var list []engine.Key
	err := s.Each(query, args, func(rows pgx.Rows) error {
		k := engine.Key{Page: page}
		var id string
		err := rows.Scan(&k.At, &id)
		k.ID = Text[string](id)
		list = append(list, k)
		return err
	})
	return list, err
}
