package outbox

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/hub/replies"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/hub/wake"
	"parley/model"
)

// Meta is what the outbox needs of Meta.
type Meta interface {
	// Send hands one reply to Meta, once, and returns the outcome.
	Send(ctx context.Context, o model.Outgoing) model.Outcome
	// ThreadMessages returns the newest messages of the Page's thread with a
	// customer, as the Page's inbox shows them. Calls for one Page wait for their turn
	// as long as ctx allows; a deadline of its own bounds the call that follows.
	ThreadMessages(ctx context.Context, token string, page model.MetaPageID, customer model.PSID) ([]model.SentMessage, error)
	// UploadFile has Meta keep a file for a Page and returns the outcome, with the file's id as
	// AttachmentID. It may be repeated: a file that is never sent does no harm.
	UploadFile(ctx context.Context, f model.OutgoingFile) model.Outcome
	Actor
}

// Actor shows customers what a Page does besides writing.
type Actor interface {
	// Act sends a sender action and returns the outcome. It may be repeated.
	Act(ctx context.Context, a model.SenderAction) model.Outcome
}

// Timing holds the deadlines of sending.
type Timing struct {
	// SendDeadline is the longest that one call of the Send API may take.
	SendDeadline time.Duration
	// Lease is how long after its start a reply being posted counts as unknown at the latest;
	// longer than SendDeadline.
	Lease time.Duration
	// UnknownChecks are the times after an attempt at which we look into the Page's inbox for a
	// reply of unknown outcome.
	UnknownChecks []time.Duration
	// AskAfter is how long after an attempt its writer is asked what to do.
	AskAfter time.Duration
	// CheckGrace is how long after an attempt a check must be answered for its "not there" to
	// count.
	CheckGrace time.Duration
	// RetryPause is the first backoff after an attempt that certainly wrote nothing; it doubles
	// up to RetryPauseMax.
	RetryPause, RetryPauseMax time.Duration
	// Upload is the longest that uploading a file to Meta may take.
	Upload time.Duration
	// GraphCall is the longest that any other call to the Graph API may take.
	GraphCall time.Duration
}

// Options are an outbox's dependencies and settings.
type Options struct {
	Store *txn.Store
	Meta  Meta
	Files *Files
	Rules *replies.Rules
	// Wake is notified when a reply may be due.
	Wake wake.Signal
	// Token returns a Page's token.
	Token  func(store.Page) (string, error)
	Timing Timing
	// Now returns the time in UTC, to the microsecond.
	Now    func() time.Time
	Logger *slog.Logger
}

// Outbox accepts replies and sends each at most once without a person asking.
type Outbox struct {
	// Wake is notified when a reply may be due.
	Wake wake.Signal

	store  *txn.Store
	graph  Meta
	files  *Files
	rules  *replies.Rules
	token  func(store.Page) (string, error)
	timing Timing
	now    func() time.Time
	log    *slog.Logger

	load      *workload
	uncertain prometheus.Counter
	// lostBefore is when the hub noticed that its store was restored from a backup, in
	// microseconds; 0 if never. What users wrote before that may be missing from it.
	lostBefore atomic.Int64
}

// New returns an outbox; [Outbox.Run] has it send.
func New(o Options) *Outbox {
	return &Outbox{
		Wake: o.Wake, store: o.Store, graph: o.Meta, files: o.Files, rules: o.Rules, token: o.Token, timing: o.Timing, now: o.Now, log: o.Logger,
		load: newWorkload(o.Wake),
		uncertain: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: "parley", Name: "uncertain_total", Help: "Attempts of unknown outcome.",
		}),
	}
}

// Collectors returns the outbox's own metrics.
func (o *Outbox) Collectors() []prometheus.Collector { return []prometheus.Collector{o.uncertain} }

// FailQueued fails the queued replies of a Page that was disconnected.
func (o *Outbox) FailQueued(t *txn.Tx) error { return o.in(t).failQueued() }
