package receive

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/hub/replies"
	"parley/hub/txn"
	"parley/hub/wake"
	"parley/model"
)

// Timing holds the receiver's deadlines.
type Timing struct {
	// Webhook is how long a webhook may take before Meta is asked to send it again.
	Webhook time.Duration
}

// Options are a receiver's dependencies and settings.
type Options struct {
	Store  *txn.Store
	Rules  *replies.Rules
	Timing Timing
	Now    func() time.Time
	Logger *slog.Logger
	// Notice leaves a notice on a Page, within a transaction.
	Notice func(t *txn.Tx, e model.Inbound, kind model.NoticeKind, reason model.Untrusted) error
	// RemoveFiles removes the files of deleted replies.
	RemoveFiles func(ctx context.Context, uploads []string) error
	// Media fetches what attachments show; nil: nothing is fetched.
	Media Media
	// ForgetMedia removes what was fetched for a deleted conversation; nil with Media.
	ForgetMedia func(ctx context.Context, id model.ConversationID) error
	// Outbox, Profiles and Mails are notified when stored events give them something to do,
	// Deleted after a conversation was deleted, Counted after a counter of the store changed.
	Outbox, Profiles, Mails, Deleted, Counted wake.Signal
}

// Receiver stores what Meta reports about Pages, and deletes conversations.
type Receiver struct {
	store       *txn.Store
	rules       *replies.Rules
	timing      Timing
	now         func() time.Time
	log         *slog.Logger
	notice      func(t *txn.Tx, e model.Inbound, kind model.NoticeKind, reason model.Untrusted) error
	removeFiles func(ctx context.Context, uploads []string) error
	media       Media
	forgetMedia func(ctx context.Context, id model.ConversationID) error

	outbox, profiles, mails, deleted, counted wake.Signal

	intake intake
	events prometheus.Counter
	lag    prometheus.Histogram
}

// New returns a receiver.
func New(o Options) *Receiver {
	return &Receiver{
		store: o.Store, rules: o.Rules, timing: o.Timing, now: o.Now, log: o.Logger, notice: o.Notice, removeFiles: o.RemoveFiles,
		media: o.Media, forgetMedia: o.ForgetMedia,
		outbox: o.Outbox, profiles: o.Profiles, mails: o.Mails, deleted: o.Deleted, counted: o.Counted,
		events: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: "parley", Name: "events_total", Help: "Events of Meta's webhooks taken in, repeated ones too.",
		}),
		lag: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "parley", Name: "ingest_lag_seconds", Help: "From Meta's time of an event to its commit.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 60, 600, 3600},
		}),
	}
}

// Collectors returns the receiver's metrics.
func (r *Receiver) Collectors() []prometheus.Collector {
	return []prometheus.Collector{r.events, r.lag}
}

// Storing returns how webhooks are being stored now: [StoreOK], [StoreUnavailable] or
// [StoreSlow].
func (r *Receiver) Storing() string { return r.intake.storing(r.utc()) }

// utc returns the time as it is stored and shown: UTC, microseconds.
func (r *Receiver) utc() time.Time { return r.now().UTC().Truncate(time.Microsecond) }
