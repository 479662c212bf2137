package health

import (
	"context"

	"parley/hub/hookstate"
	"parley/hub/logkey"
	"parley/hub/store"
	"parley/hub/wake"
)

// SubscribeApp tells Meta where the app's webhooks go, again and again until Meta
// agrees or ctx ends. The hub must be listening: Meta shakes hands at once.
func (h *Health) SubscribeApp(ctx context.Context, callbackURL string) {
	h.webhooks.Set(hookstate.Asking)
	for d := hookstate.Pause; ; d = min(2*d, hookstate.PauseMost) {
		call, cancel := context.WithTimeout(ctx, h.graphCall)
		err := h.meta.SubscribeApp(call, callbackURL)
		cancel()
		if err == nil {
			h.webhooks.Set(hookstate.Subscribed)
			return
		}
		if ctx.Err() != nil {
			return
		}
		h.webhooks.Set(hookstate.Refused)
		h.log.Warn("subscribe the app's webhooks", logkey.Error, err)
		if !wake.Pause(ctx, d) {
			return
		}
	}
}

// NoteTest keeps that Meta's dashboard tried our address.
func (h *Health) NoteTest(ctx context.Context) error {
	return h.store.Accounts(ctx, func(tx store.AccountTx) error { return tx.SetTestedAt(h.now()) })
}
