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
	// Send hands one reply to Meta, once, and tells what became of it.
	Send(ctx context.Context, o model.Outgoing) model.Outcome
	// ThreadMessages returns the newest messages of the Page's thread with a
	// customer, as the Page's inbox shows them. Calls for one Page wait for their turn
	// as long as ctx allows; a deadline of its own bounds the call that follows.
	ThreadMessages(ctx context.Context, token string, page model.MetaPageID, customer model.PSID) ([]model.SentMessage, error)
	// UploadFile has Meta keep a file for a Page, and tells what became of it; its id is
	// the outcome's AttachmentID. A file that Meta has and nobody sends harms nobody: it
	// may be repeated.
	UploadFile(ctx context.Context, f model.OutgoingFile) model.Outcome
	Actor
}

// Actor shows customers what a Page does besides writing.
type Actor interface {
	// Act shows the customer something, and tells what became of it. It may be repeated.
	Act(ctx context.Context, a model.SenderAction) model.Outcome
}

// Timing holds the deadlines of sending.
type Timing struct {
	// SendDeadline is the longest that one call of the Send API may take.
	SendDeadline time.Duration
	// Lease is when a reply being posted counts as unknown at the latest; longer
	// than SendDeadline.
	Lease time.Duration
	// UnknownChecks are the times after an attempt at which the Page's inbox is
	// asked whether a reply of unknown outcome arrived.
	UnknownChecks []time.Duration
	// AskAfter is how long after an attempt its writer is asked what to do.
	AskAfter time.Duration
	// CheckGrace is how long after an attempt a check must be answered for its "not
	// there" to count.
	CheckGrace time.Duration
	// RetryPause is the first pause after an attempt of which nothing was written;
	// it doubles up to RetryPauseMax.
	RetryPause, RetryPauseMax time.Duration
	// Upload is the longest that handing a file to Meta may take.
	Upload time.Duration
	// GraphCall is the longest that any other call of the Graph API may take.
	GraphCall time.Duration
}

// Options are what an outbox is made of.
type Options struct {
	Store *txn.Store
	Meta  Meta
	Files *Files
	Rules *replies.Rules
	// Wake wakes the outbox: a reply may be due.
	Wake wake.Signal
	// Token returns a Page's token.
	Token  func(store.Page) (string, error)
	Timing Timing
	// Now is the time in UTC, to the microsecond.
	Now    func() time.Time
	Logger *slog.Logger
}

// Outbox accepts replies and sends each, at most once by itself.
type Outbox struct {
	// Wake wakes it: a reply may be due.
	Wake wake.Signal

	store  *txn.Store
	graph  Meta
	files  *Files
	rules  *replies.Rules
	token  func(store.Page) (string, error)
	timing Timing
	now    func() time.Time
	log    *slog.Logger

	desks     *desks
	uncertain prometheus.Counter
	// lostBefore is when the store became another than the one that the hub ran with, in
	// microseconds; 0: never. What users wrote before may be missing from it.
	lostBefore atomic.Int64
}

// New returns an outbox; [Outbox.Run] has it send.
func New(o Options) *Outbox {
	return &Outbox{
		Wake: o.Wake, store: o.Store, graph: o.Meta, files: o.Files, rules: o.Rules, token: o.Token, timing: o.Timing, now: o.Now, log: o.Logger,
		desks: newDesks(o.Wake),
		uncertain: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: "parley", Name: "uncertain_total", Help: "Attempts of unknown outcome.",
		}),
	}
}

// Collectors are the outbox's own figures.
func (o *Outbox) Collectors() []prometheus.Collector { return []prometheus.Collector{o.uncertain} }

// FailQueued ends what waits to be sent of a Page that is not connected any more.
func (o *Outbox) FailQueued(t *txn.Tx) error { return o.in(t).failQueued() }
