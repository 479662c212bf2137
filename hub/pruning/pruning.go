// Package pruning has the store forget what is past its retention.
package pruning

import (
	"context"
	"log/slog"
	"time"

	"parley/hub/logkey"
	"parley/hub/store"
	"parley/hub/wake"
)

const pruneEvery = time.Hour

// Store is the part of the store that this package needs.
type Store interface {
	store.AccountStore
	store.Pruner
}

// Run forgets, until ctx ends, the log and understood raw events past their retention, and who
// saw which record of the CRM. now is the time in UTC.
func Run(ctx context.Context, s Store, retention time.Duration, now func() time.Time, log *slog.Logger) error {
	for {
		if err := s.Prune(ctx, now().Add(-retention)); err != nil && ctx.Err() == nil {
			log.Error("prune store", logkey.Error, err)
		}
		if err := s.Accounts(ctx, func(tx store.AccountTx) error { return tx.ForgetPermissions(now()) }); err != nil && ctx.Err() == nil {
			log.Error("forget who saw which record", logkey.Error, err)
		}
		if !wake.Pause(ctx, pruneEvery) {
			return nil
		}
	}
}
