package txn

import (
	"context"

	"parley/hub/store"
	"parley/model"
)

// Store is a store that reports the Page of each committed change.
type Store struct {
	store.Store
	observers []func(model.PageID)
	recent    Recent
	active    active
}

// Recent returns what was committed last.
func (s *Store) Recent() *Recent { return &s.recent }

// OnCommit registers f to be called after each transaction that may have changed a Page.
// Register before the store is in use.
func (s *Store) OnCommit(f func(model.PageID)) { s.observers = append(s.observers, f) }

// Write runs f as one transaction of a Page and reports the change.
func (s *Store) Write(ctx context.Context, page model.PageID, f func(store.PageTx) error) error {
	var put *putting
	err := s.Store.Write(ctx, page, func(tx store.PageTx) error {
		put = s.recent.begin(tx, page)
		put.active = &s.active
		return f(put)
	})
	if put != nil && put.pages {
		s.active.forget()
	}
	switch {
	case err == nil:
		s.recent.keep(put)
	case put != nil && ctx.Err() != nil: // f may still run, and what it does may be committed
		s.recent.Forget(page)
	}
	if err == nil || ctx.Err() != nil { // it may have been committed although ctx ended first
		s.report(page)
	}
	if err != nil && ctx.Err() != nil {
		go s.reportLater(context.WithoutCancel(ctx), page)
	}
	return err
}

// reportLater reports a Page again once it is certain what became of a transaction whose caller
// gave up: it may be committed only then. Waiting for another transaction of the Page does it,
// since those happen in order.
func (s *Store) reportLater(ctx context.Context, page model.PageID) {
	_ = s.Store.Write(ctx, page, func(store.PageTx) error { return nil })
	s.report(page)
}

func (s *Store) report(page model.PageID) {
	for _, f := range s.observers {
		f(page)
	}
}
