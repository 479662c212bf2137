package sqlite

import (
	"context"
	"errors"
	"fmt"

	"parley/hub/store"
	"parley/model"
)

// errReadOnly answers a write to a store that was opened for reading.
var errReadOnly = fmt.Errorf("%w: opened for reading only", store.ErrUnavailable)

// Write implements [store.Store]. f runs on the caller's goroutine and must not
// write to the store by another way.
func (s *Store) Write(ctx context.Context, page model.PageID, f func(store.PageTx) error) error {
	if page == "" {
		return errors.New("write page: no page")
	}
	return s.turn(ctx, func(t *turn) error { return f(newPageTx(t.session, page, t.words)) })
}

// Accounts implements [store.Store].
func (s *Store) Accounts(ctx context.Context, f func(store.AccountTx) error) error {
	return s.write(ctx, func(ss *session) error { return f(newAccountTx(ss)) })
}

// write runs f as one transaction that changes nothing that is searched.
func (s *Store) write(ctx context.Context, f func(*session) error) error {
	return s.turn(ctx, func(t *turn) error { return f(t.session) })
}

func (s *Store) turn(ctx context.Context, f func(*turn) error) error {
	if s.writer == nil {
		return errReadOnly
	}
	return s.writer.do(ctx, f)
}

// Read implements [store.Store].
func (s *Store) Read(ctx context.Context, f func(store.Reader) error) error {
	return s.read(ctx, func(ss *session) error { return f(newReader(ss)) })
}

func (s *Store) read(ctx context.Context, f func(*session) error) error {
	var answer error
	err := s.readers.with(ctx, func(c *conn) error {
		if err := c.exec(ctx, `BEGIN`); err != nil {
			return wrap(translate(err), "begin read")
		}
		ss := &session{ctx: ctx, c: c, now: s.readers.now}
		// A panic leaves the connection to be dropped, with its transaction.
		answer = f(ss)
		ss.over = true
		if ss.dead != nil {
			return ss.dead
		}
		return wrap(translate(c.exec(context.WithoutCancel(ctx), `ROLLBACK`)), "end read")
	})
	if answer != nil {
		return answer
	}
	return err
}
