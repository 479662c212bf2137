package postgres

import (
	"context"
	"errors"

	"parley/hub/store"
	"parley/hub/store/postgres/accounts"
	"parley/hub/store/postgres/lanes"
	"parley/hub/store/postgres/lists"
	"parley/hub/store/postgres/pgdb"
	"parley/hub/store/postgres/tables"
	"parley/model"
)

// reader reads in a transaction.
type reader struct {
	accounts.Reader
	lists.Lists
	tables.PageRoles
}

func newReader(s *pgdb.Session, row *tables.Row) reader {
	return reader{accounts.NewReader(s), lists.NewLists(s), tables.NewPageRoles(s, row)}
}

// pageTx is a transaction of one Page.
type pageTx struct {
	reader
	tables.Writer
}

var _ store.AheadReader = pageTx{}

// accountTx is a transaction on users, their credentials, and what belongs to no Page.
type accountTx struct {
	reader
	accounts.Writer
	tables.AccountAudit
}

// Write implements [store.Store]. f runs on the caller's goroutine and must not write to the store
// in any other way.
func (s *Store) Write(ctx context.Context, page model.PageID, f func(store.PageTx) error) error {
	if page == "" {
		return errors.New("write page: no page")
	}
	return s.lanes.Do(ctx, page, func(t *lanes.Turn) error {
		return f(pageTx{newReader(t.Session, t.Row), tables.NewWriter(t.Session, t.Row)})
	})
}

// Accounts implements [store.Store].
func (s *Store) Accounts(ctx context.Context, f func(store.AccountTx) error) error {
	return s.lanes.Do(ctx, "", func(t *lanes.Turn) error {
		return f(accountTx{newReader(t.Session, nil), accounts.NewWriter(t.Session), tables.NewAccountAudit(t.Session)})
	})
}

// snapshot begins a transaction that sees the store as it is at its first read.
const snapshot = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`

// Read implements [store.Store].
func (s *Store) Read(ctx context.Context, f func(store.Reader) error) (err error) {
	if s.lanes.Over() {
		return ErrClosed
	}
	c, err := s.reads.Acquire(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return pgdb.Wrap(pgdb.Translate(err), "connect")
	}
	defer c.Release() // closes the connection, if a panic left a transaction
	ss := pgdb.NewSession(ctx, c.Conn(), s.now)
	ss.Control(snapshot)
	answer := f(newReader(ss, nil))
	ss.End()
	if ss.Trips > 0 && !c.Conn().IsClosed() {
		err = pgdb.NewSession(context.WithoutCancel(ctx), c.Conn(), s.now).Now(`ROLLBACK`)
	}
	switch {
	case answer != nil:
		return answer
	case ss.Fatal() != nil:
		return ss.Fatal()
	}
	return pgdb.Wrap(err, "end read")
}
