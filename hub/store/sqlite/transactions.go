package sqlite

import (
	"context"
	"errors"
	"fmt"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
	"parley/hub/store/sqlite/tables"
	"parley/hub/store/sqlite/writer"
	"parley/model"
)

// errReadOnly is the error of writing to a store that was opened read-only.
var errReadOnly = fmt.Errorf("%w: opened for reading only", store.ErrUnavailable)

// Write implements [store.Store]. f runs on the caller's goroutine and must not write to the
// store in any other way.
func (s *Store) Write(ctx context.Context, page model.PageID, f func(store.PageTx) error) error {
	if page == "" {
		return errors.New("write page: no page")
	}
	return s.turn(ctx, func(t *writer.Turn) error {
		t.Knows(t.Held.Stored)
		return f(t.Held.Before(tables.NewPageTx(t.Session, page, t.Words), t.Session, page))
	})
}

// Accounts implements [store.Store].
func (s *Store) Accounts(ctx context.Context, f func(store.AccountTx) error) error {
	return s.transact(ctx, func(ss *sqldb.Session) error { return f(tables.NewAccountTx(ss)) })
}

// transact runs f as one transaction that does not change the search index.
func (s *Store) transact(ctx context.Context, f func(*sqldb.Session) error) error {
	return s.turn(ctx, func(t *writer.Turn) error { return f(t.Session) })
}

func (s *Store) turn(ctx context.Context, f func(*writer.Turn) error) error {
	if s.writer == nil {
		return errReadOnly
	}
	return s.writer.Do(ctx, f)
}

// Read implements [store.Store].
func (s *Store) Read(ctx context.Context, f func(store.Reader) error) error {
	return s.read(ctx, func(ss *sqldb.Session) error { return f(tables.NewReader(ss)) })
}

func (s *Store) read(ctx context.Context, f func(*sqldb.Session) error) error {
	var answer error
	err := s.readers.With(ctx, func(c *sqldb.Conn) error {
		if err := c.Exec(ctx, `BEGIN`); err != nil {
			return sqldb.Wrap(sqldb.Translate(err), "begin read")
		}
		ss := sqldb.NewSession(ctx, c, s.now)
		// After a panic the connection is dropped, along with its transaction.
		answer = f(ss)
		ss.End()
		if err := ss.Fatal(); err != nil {
			return err
		}
		return sqldb.Wrap(sqldb.Translate(c.Exec(context.WithoutCancel(ctx), `ROLLBACK`)), "end read")
	})
	if answer != nil {
		return answer
	}
	return err
}
