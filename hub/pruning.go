package hub

import (
	"context"
	"time"

	"parley/hub/logkey"
	"parley/hub/store"
	"parley/hub/wake"
)

const pruneEvery = time.Hour

// runPruning forgets the log and understood raw events past their retention.
func (h *Hub) runPruning(ctx context.Context) error {
	for {
		if err := h.store.Prune(ctx, h.utc().Add(-h.timing.Retention)); err != nil && ctx.Err() == nil {
			h.log.Error("prune store", logkey.Error, err)
		}
		if err := h.store.Accounts(ctx, func(tx store.AccountTx) error { return tx.ForgetPermissions(h.utc()) }); err != nil && ctx.Err() == nil {
			h.log.Error("forget who saw which record", logkey.Error, err)
		}
		if !wake.Pause(ctx, pruneEvery) {
			return nil
		}
	}
}
