package stream

import (
	"context"
	"log/slog"
	"time"

	"parley/hub/fair"
	"parley/hub/ratelimit"
	"parley/hub/store"
	"parley/hub/view"
	"parley/hub/wake"
	"parley/model"
)

// Views are what users see.
type Views interface {
	// Read runs f on a snapshot of the Pages that a user may see, of all or of that one; a
	// Page they may not see into is [store.ErrNotFound].
	Read(ctx context.Context, user model.User, only model.PageID, f func(view.View) error) error
}

// Timing holds the deadlines of sessions.
type Timing struct {
	// Heads is how often clients are told the hub's time and how far each Page is.
	Heads time.Duration
	// Revalidate is how often a session is asked whether it may go on.
	Revalidate time.Duration
}

// Options are what a stream is made of.
type Options struct {
	Store store.ReadStore
	Views Views
	// Recent is what was committed last; nil: everything is read again.
	Recent view.Recent
	// Typed is told that a user types in a conversation that they see, or stopped.
	Typed func(user model.UserID, id model.ConversationID, active bool, now time.Time)
	// FeedbackURL is where users say what they miss; empty: nowhere.
	FeedbackURL string
	Timing      Timing
	// Now is the time in UTC, to the microsecond.
	Now func() time.Time
	Log *slog.Logger
}

// New returns a stream that sessions may be attached to; [Stream.Load] has it know the
// Pages, and [Stream.Run] has it tell of changes.
func New(o Options) *Stream {
	return &Stream{
		store: o.Store, views: o.Views, recent: o.Recent, typed: o.Typed, feedbackURL: model.Untrusted(o.FeedbackURL), timing: o.Timing, now: o.Now, log: o.Log,
		figures: newFigures(),
		pages:   make(map[model.PageID]store.Page), fed: make(map[model.PageID]int64),
		dirty: make(map[model.PageID]struct{}), sessions: make(map[*Session]struct{}), wake: wake.NewSignal(),
		admit: fair.New(admission, admissionEach, mostAdmission), relayed: ratelimit.New(ephemeralRate, ephemeralBurst),
	}
}
