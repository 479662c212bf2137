package hub

import (
	"context"
	"time"

	"parley/hub/hookstate"
	"parley/hub/logkey"
	"parley/hub/outbox"
	"parley/hub/receive"
	"parley/hub/store"
	"parley/hub/wake"
)

// Readiness is whether the hub can do its work.
type Readiness struct {
	Ready bool `json:"ready"`
	// Store is "ok"; "unavailable" when the store could not be read, or the last webhook
	// could not be written; "slow" when the last webhook was not stored in time and Meta
	// has to send it again; "gone" when its files were removed or replaced while the hub
	// runs: nothing is taken then.
	Store string `json:"store" enum:"ok,unavailable,slow,gone"`
	// StorePutBack is when the store was found to be an older copy, or one that may be
	// older, or when a client proved that it is; nil: never, or more than a week ago. It
	// does not make the hub unready.
	StorePutBack *time.Time `json:"store_put_back,omitempty"`
	// Webhooks is whether Meta knows where the app's webhooks go: "subscribed",
	// "refused", "not asked" or "asking". It does not make the hub unready.
	Webhooks string `json:"webhooks"`
	// CRMWebhooks is the same of the CRM's webhooks; empty where no CRM is set up.
	CRMWebhooks string `json:"crm_webhooks,omitempty"`
}

// Ready tells whether the hub can do its work.
func (h *Hub) Ready(ctx context.Context) Readiness {
	r := Readiness{Ready: true, Store: h.Storing(), Webhooks: h.webhooks.Get()}
	if h.company.Configured() {
		r.CRMWebhooks = h.HookState()
	}
	err := h.store.Read(ctx, func(reader store.Reader) error {
		life, err := reader.Incarnation() // a row is enough: anybody may ask
		if r.StorePutBack = outbox.PutBackAt(life, h.utc()); r.StorePutBack == nil {
			r.StorePutBack = h.stream.OtherStream()
		}
		return err
	})
	if err != nil {
		r.Store = receive.StoreUnavailable
	}
	if h.store.Trouble() != nil {
		r.Store = receive.StoreGone
	}
	r.Ready = r.Store == receive.StoreOK
	return r
}

// Stats returns the hub's counters.
func (h *Hub) Stats(ctx context.Context) (map[string]int64, error) {
	var out map[string]int64
	err := h.store.Read(ctx, func(r store.Reader) (err error) {
		out, err = r.Counters()
		return err
	})
	return out, err
}

// Timing returns the hub's deadlines.
func (h *Hub) Timing() Timing { return h.timing }

// SubscribeApp tells Meta where the app's webhooks go, again and again until Meta
// agrees or ctx ends. The hub must be listening: Meta shakes hands at once.
func (h *Hub) SubscribeApp(ctx context.Context, callbackURL string) {
	h.webhooks.Set(hookstate.Asking)
	for d := hookstate.Pause; ; d = min(2*d, hookstate.PauseMost) {
		call, cancel := context.WithTimeout(ctx, h.timing.GraphCall)
		err := h.graph.SubscribeApp(call, callbackURL)
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
