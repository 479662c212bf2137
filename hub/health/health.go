package health

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"parley/hub/hookstate"
	"parley/hub/media"
	"parley/hub/outbox"
	"parley/hub/receive"
	"parley/hub/store"
	"parley/hub/wake"
	"parley/model"
)

// Meta is what this package asks Meta for.
type Meta interface {
	// Examine asks what a doctor wants to know of the Page.
	Examine(ctx context.Context, token string, page model.MetaPageID) model.PageExam
	// SubscribeApp tells Meta where the app's webhooks go.
	SubscribeApp(ctx context.Context, callbackURL string) error
}

// CRM is what this package asks about the CRM.
type CRM interface {
	// Hooked returns whether the CRM sends us webhooks; "" if it can't be asked to.
	Hooked() string
	// HookState returns the state of the subscription.
	HookState() string
}

// Store is the part of the store that this package needs.
type Store interface {
	store.AccountStore
	store.Watched
	store.Named
}

// Options are what [Health] is made of.
type Options struct {
	Store Store
	Meta  Meta
	CRM   CRM
	// HasCRM: there is one.
	HasCRM bool
	// PageWithToken returns a Page that a user sees, and its token.
	PageWithToken func(ctx context.Context, user model.User, id model.PageID) (store.Page, string, error)
	// Storing tells how webhooks are stored now, as [receive.Receiver.Storing] does.
	Storing func() string
	// OtherStream is when a client last proved that the store was put back to an earlier
	// copy; nil: none did.
	OtherStream func() *time.Time
	// Mails: mails are sent about Pages.
	Mails bool
	// LooseFiles names files with secrets that others than their owner may use; nil: none
	// is looked at.
	LooseFiles func() []string
	// Media tells how fetching what customers send goes.
	Media func() media.Condition
	// Changed wakes it: what the store counts may have changed.
	Changed wake.Signal
	// GraphCall is the longest that a call of Meta may take.
	GraphCall time.Duration
	// Now is the time in UTC, to the microsecond.
	Now func() time.Time
	Log *slog.Logger
}

// Health tells how the hub is: to who asks whether it can work, to an admin with a Page that is
// silent, and to Prometheus.
type Health struct {
	store         Store
	meta          Meta
	crm           CRM
	hasCRM        bool
	pageWithToken func(ctx context.Context, user model.User, id model.PageID) (store.Page, string, error)
	storing       func() string
	otherStream   func() *time.Time
	mails         bool
	looseFiles    func() []string
	media         func() media.Condition
	graphCall     time.Duration
	now           func() time.Time
	log           *slog.Logger

	registry *prometheus.Registry
	figures  keptFigures
	// webhooks is whether Meta took our address for them.
	webhooks hookstate.State
}

// New returns the health of a hub; [Health.Run] keeps its figures.
func New(o Options) *Health {
	h := &Health{
		store: o.Store, meta: o.Meta, crm: o.CRM, hasCRM: o.HasCRM, pageWithToken: o.PageWithToken, storing: o.Storing, otherStream: o.OtherStream,
		mails: o.Mails, looseFiles: o.LooseFiles, media: o.Media, graphCall: o.GraphCall, now: o.Now, log: o.Log,
		registry: prometheus.NewRegistry(),
	}
	h.figures.changed = o.Changed
	h.registry.MustRegister(
		&storeFigures{kept: &h.figures, now: o.Now},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return h
}

// Registry takes the figures of what runs beside this package.
func (h *Health) Registry() prometheus.Registerer { return h.registry }

// Metrics serves the hub's figures to Prometheus, whoever asks.
func (h *Health) Metrics() http.Handler {
	return promhttp.HandlerFor(h.registry, promhttp.HandlerOpts{})
}

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
func (h *Health) Ready(ctx context.Context) Readiness {
	r := Readiness{Ready: true, Store: h.storing(), Webhooks: h.webhooks.Get()}
	if h.hasCRM {
		r.CRMWebhooks = h.crm.HookState()
	}
	err := h.store.Read(ctx, func(reader store.Reader) error {
		life, err := reader.Incarnation() // a row is enough: anybody may ask
		if r.StorePutBack = outbox.PutBackAt(life, h.now()); r.StorePutBack == nil {
			r.StorePutBack = h.otherStream()
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
func (h *Health) Stats(ctx context.Context) (map[string]int64, error) {
	var out map[string]int64
	err := h.store.Read(ctx, func(r store.Reader) (err error) {
		out, err = r.Counters()
		return err
	})
	return out, err
}
