package txn

import (
	"context"
	"sync"

	"parley/hub/store"
	"parley/model"
)

// active are the connected installations of Pages, as they were read since a Page was last
// changed.
type active struct {
	mu      sync.Mutex
	of      map[model.MetaPageID]model.PageID
	changes int
}

// forget forgets all of them, also those that are being read.
func (a *active) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.of = nil
	a.changes++
}

// known returns the installation of a Page, empty if it has to be read, and the number to keep it
// by.
func (a *active) known(meta model.MetaPageID) (model.PageID, int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.of[meta], a.changes
}

// keep notes an installation that was read after known gave that number.
func (a *active) keep(meta model.MetaPageID, id model.PageID, number int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.changes != number {
		return
	}
	if a.of == nil {
		a.of = make(map[model.MetaPageID]model.PageID)
	}
	a.of[meta] = id
}

// Active returns the connected installation of a Page. It is read once for as long as no Page
// changes; a transaction on it finds out whether it is still connected.
func (s *Store) Active(ctx context.Context, meta model.MetaPageID) (model.PageID, error) {
	id, number := s.active.known(meta)
	if id != "" {
		return id, nil
	}
	err := s.Read(ctx, func(r store.Reader) error {
		p, err := r.ActivePage(meta)
		id = p.ID
		return err
	})
	if err == nil {
		s.active.keep(meta, id, number)
	}
	return id, err
}

// ForgetActive has the connected installations read again.
func (s *Store) ForgetActive() { s.active.forget() }

// PutPage implements [store.PageWriter].
func (p *putting) PutPage(page *store.Page) error {
	p.pages = true
	p.active.forget()
	return p.PageTx.PutPage(page)
}
