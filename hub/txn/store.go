package txn

import (
	"context"

	"parley/hub/store"
	"parley/model"
)

// Store is a store of which each change of a Page is told of once it is committed.
type Store struct {
	store.Store
	told []func(model.PageID)
}

// OnCommit has f called after each transaction that may have changed a Page. It is called
// before the store is used by others.
func (s *Store) OnCommit(f func(model.PageID)) { s.told = append(s.told, f) }

// Write runs f as one transaction of a Page and has its changes told.
func (s *Store) Write(ctx context.Context, page model.PageID, f func(store.PageTx) error) error {
	err := s.Store.Write(ctx, page, f)
	if err == nil || ctx.Err() != nil { // it may be kept though ctx was over before that was known
		s.tell(page)
	}
	if err != nil && ctx.Err() != nil {
		go s.tellLater(context.WithoutCancel(ctx), page)
	}
	return err
}

// tellLater tells of a Page again once it is certain what became of a transaction whose
// caller went away: it may be kept only then. What is written next comes after it.
func (s *Store) tellLater(ctx context.Context, page model.PageID) {
	_ = s.Accounts(ctx, func(store.AccountTx) error { return nil })
	s.tell(page)
}

func (s *Store) tell(page model.PageID) {
	for _, f := range s.told {
		f(page)
	}
}
