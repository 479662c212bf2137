package hub

import (
	"context"
	"time"

	"parley/hub/store"
)

const pruneEvery = time.Hour

// runPruning forgets the log and understood raw events past their retention.
func (h *Hub) runPruning(ctx context.Context) error {
	for {
		if err := h.store.Prune(ctx, h.utc().Add(-h.timing.Retention)); err != nil && ctx.Err() == nil {
			h.log.Error("prune store", keyError, err)
		}
		if err := h.store.Accounts(ctx, func(tx store.AccountTx) error { return tx.ForgetSights(h.utc()) }); err != nil && ctx.Err() == nil {
			h.log.Error("forget who saw which record", keyError, err)
		}
		if !pause(ctx, pruneEvery) {
			return nil
		}
	}
}

// pause waits, and answers false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
