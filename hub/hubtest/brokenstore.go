package hubtest

import (
	"context"
	"fmt"
	"sync/atomic"

	"parley/hub/store"
	"parley/model"
)

// BrokenStore is a store whose disk is full for a while. It counts what is read.
type BrokenStore struct {
	store.Store
	full  atomic.Bool
	reads atomic.Int64
}

// Break has the disk be full, or have room again.
func (s *BrokenStore) Break(full bool) { s.full.Store(full) }

// Reads is how often the store was read.
func (s *BrokenStore) Reads() int64 { return s.reads.Load() }

// Write implements [store.Store].
func (s *BrokenStore) Write(ctx context.Context, p model.PageID, f func(store.PageTx) error) error {
	if s.full.Load() {
		return fmt.Errorf("write: %w", store.ErrUnavailable)
	}
	return s.Store.Write(ctx, p, f)
}

// Read implements [store.Store].
func (s *BrokenStore) Read(ctx context.Context, f func(store.Reader) error) error {
	s.reads.Add(1)
	return s.Store.Read(ctx, f)
}

// Breakable puts a store that can break under a new hub.
func (w *World) Breakable() *BrokenStore {
	w.GoesWrong()
	s := &BrokenStore{Store: w.Store}
	w.Store = s
	w.Restart()
	return s
}
