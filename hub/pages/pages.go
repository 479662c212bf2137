package pages

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"parley/hub/ratelimit"
	"parley/hub/receive"
	"parley/hub/sealing"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/hub/vault"
	"parley/hub/wake"
	"parley/model"
)

// ErrGraph means that the Graph API could not be reached, or refused for a reason that is none
// of our rules.
var ErrGraph = errors.New("graph api")

// Meta is what this package needs of Meta.
type Meta interface {
	// Greetings returns a Page's greetings. SetGreetings replaces all of them; an empty list
	// deletes them.
	Greetings(ctx context.Context, token string, page model.MetaPageID) ([]model.Greeting, error)
	SetGreetings(ctx context.Context, token string, page model.MetaPageID, all []model.Greeting) error
	// Profile returns what Meta says about a customer.
	Profile(ctx context.Context, token string, customer model.PSID) (model.Customer, error)
	// Grant returns what a token lets us do with a Page, or a refusal.
	Grant(ctx context.Context, token string, page model.MetaPageID) (model.PageGrant, error)
	// Subscribe subscribes to a Page's webhooks, Unsubscribe ends that.
	Subscribe(ctx context.Context, token string, page model.MetaPageID) error
	Unsubscribe(ctx context.Context, token string, page model.MetaPageID) error
	// PageState returns whether a Page's webhooks come and whether messaging is on. A token
	// that Meta refuses is part of the state, not an error.
	PageState(ctx context.Context, token string, page model.MetaPageID) (model.PageState, error)
	// PageCountry returns where a Page is: country codes, English country names or telephone
	// numbers, the most reliable first. It is empty if Meta does not say.
	PageCountry(ctx context.Context, token string, page model.MetaPageID) ([]model.Untrusted, error)
}

// Login knows a Page's messaging settings.
type Login interface {
	// MessagesOff reports whether messaging is switched off in the Page's settings; false if
	// Facebook does not say.
	MessagesOff(ctx context.Context, token string, page model.MetaPageID) (bool, error)
}

// Roles knows users and their roles.
type Roles interface {
	// Fresh reads a user again: their rights may have changed since they signed in.
	Fresh(ctx context.Context, id model.UserID) (model.User, error)
	// FreshRole reads a user again, with the role that they have now.
	FreshRole(ctx context.Context, id model.UserID) (model.User, error)
	// WithRole adds the role of a user as it is stored.
	WithRole(r store.Reader, u model.User) (model.User, error)
}

// Past begins the transaction of a Page into which past messages are read.
type Past interface {
	Begin(tx store.PageTx, page model.PageID) (*receive.Tx, error)
	// MediaDue notes that attachments of what was read are to be fetched.
	MediaDue()
}

// Timing holds the deadlines of this package.
type Timing struct {
	// GraphCall is the longest that a call to the Graph API may take.
	GraphCall time.Duration
	// Check is how often Meta is asked whether each Page's webhooks come and messaging
	// is on.
	Check time.Duration
	// ImportPause is an import's first backoff after a failed call; it doubles up to
	// ImportPauseMax.
	ImportPause, ImportPauseMax time.Duration
}

// Options are the dependencies and settings of this package.
type Options struct {
	Store *txn.Store
	// Vault seals the Pages' tokens; without one no Page can be connected.
	Vault *vault.Vault
	Meta  Meta
	// Login knows whether messaging is off; nil if nobody does.
	Login Login
	// Inbox reads past conversations from the Page's inbox on Facebook; nil if none are read.
	Inbox Inbox
	Past  Past
	Roles Roles
	// Nameless is signalled when there may be a new customer without a name, Sending when
	// queued replies may be due.
	Nameless, Sending wake.Signal
	// PageChanged is called with a changed Page before the change is answered. When it returns,
	// users who lost access are sent nothing of the Page any more.
	PageChanged func(store.Page)
	// FailQueued fails the queued replies of a Page that is being disconnected, within a
	// transaction.
	FailQueued func(*txn.Tx) error
	// Notice leaves a notice on a Page, within a transaction.
	Notice func(t *txn.Tx, e model.Inbound, kind model.NoticeKind, reason model.Untrusted) error
	Timing Timing
	// Now returns the time as it is stored and shown.
	Now func() time.Time
	Log *slog.Logger
}

// Manager combines everything that this package does. It is safe for concurrent use.
type Manager struct {
	*Installations
	*Backfill
	*Profiles
}

// New returns a manager. [Installations.RunChecks], [Backfill.RunImports] and
// [Profiles.RunProfiles] do its work in the background.
func New(o Options) *Manager {
	s := &shared{
		store: o.Store, vault: o.Vault, meta: o.Meta, roles: o.Roles, nameless: o.Nameless, sending: o.Sending,
		pageChanged: o.PageChanged, timing: o.Timing, now: o.Now, log: o.Log,
	}
	past := &Backfill{shared: s, inbox: o.Inbox, past: o.Past, due: wake.NewSignal()}
	pages := &Installations{
		shared: s, login: o.Login, backfill: past, asking: ratelimit.New(askingRate, askingBurst), failQueued: o.FailQueued, notice: o.Notice,
	}
	return &Manager{Installations: pages, Backfill: past, Profiles: &Profiles{shared: s}}
}

// shared is what the types of this package have in common.
type shared struct {
	store             *txn.Store
	vault             *vault.Vault
	meta              Meta
	roles             Roles
	nameless, sending wake.Signal
	pageChanged       func(store.Page)
	timing            Timing
	now               func() time.Time
	log               *slog.Logger
}

// token returns a Page's token, "" if it has none.
func (s *shared) token(p store.Page) (string, error) { return sealing.Token(s.vault, p) }

// GraphError returns refusals as they are and marks every other error as [ErrGraph].
func GraphError(doing string, err error) error {
	if err == nil {
		return nil
	}
	var refusal *model.Refusal
	if errors.As(err, &refusal) {
		return err
	}
	return fmt.Errorf("%w: %s: %w", ErrGraph, doing, err)
}

// ignore returns nil for an error that is one of those, and any other error unchanged.
func ignore(err error, those ...error) error {
	for _, that := range those {
		if errors.Is(err, that) {
			return nil
		}
	}
	return err
}
