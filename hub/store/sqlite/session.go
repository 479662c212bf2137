package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"parley/hub/store"
)

// session is what one transaction does on a connection.
type session struct {
	ctx context.Context
	c   *conn
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

// errOver answers whoever uses a transaction after its end.
var errOver = errors.New("transaction is over")

func (s *session) check() error {
	if s.over {
		return errOver
	}
	return s.dead
}

// fail says an error in the store's words and remembers one of the disk.
func (s *session) fail(err error) error {
	err = translate(err)
	if errors.Is(err, store.ErrUnavailable) {
		s.dead, s.broken = err, err
	}
	return err
}

// exec runs a statement and returns how many rows it changed.
func (s *session) exec(query string, args ...any) (int64, error) {
	if err := s.check(); err != nil {
		return 0, err
	}
	stmt, err := s.c.prepare(s.ctx, query)
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

// run runs a statement of which nobody asks how many rows it changed.
func (s *session) run(query string, args ...any) error {
	_, err := s.exec(query, args...)
	return err
}

// runOne runs a statement that changes one row; none is [store.ErrNotFound].
func (s *session) runOne(query string, args ...any) error {
	n, err := s.exec(query, args...)
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	return err
}

// eraseIf has what the transaction deletes gone from the disk before it is answered.
func (s *session) eraseIf(said bool) { s.erases = s.erases || said }

// arguments are those of a statement.
type arguments []any

// get reads one row; none is [store.ErrNotFound].
func (s *session) get(query string, args arguments, dest ...any) error {
	if err := s.check(); err != nil {
		return err
	}
	stmt, err := s.c.prepare(s.ctx, query)
	if err != nil {
		return s.fail(err)
	}
	return s.fail(stmt.QueryRowContext(s.ctx, args...).Scan(dest...))
}

// each reads rows one by one.
func (s *session) each(query string, args arguments, row func(*sql.Rows) error) error {
	if err := s.check(); err != nil {
		return err
	}
	stmt, err := s.c.prepare(s.ctx, query)
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

// one reads the record in the doc column of one row.
func one[T any](s *session, query string, args ...any) (T, error) {
	var doc []byte
	var v T
	if err := s.get(query, args, &doc); err != nil {
		return v, err
	}
	err := decode(doc, &v)
	return v, err
}

// many reads the records in the doc column of some rows.
func many[T any](s *session, query string, args ...any) ([]T, error) {
	var list []T
	err := s.each(query, args, func(rows *sql.Rows) error {
		var doc sql.RawBytes
		if err := rows.Scan(&doc); err != nil {
			return err
		}
		var v T
		if err := decode(doc, &v); err != nil {
			return err
		}
		list = append(list, v)
		return nil
	})
	return list, err
}
