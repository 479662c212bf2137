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

// ErrGraph: the Graph API could not be reached, or refused for a reason that is no
// rule of ours.
var ErrGraph = errors.New("graph api")

// Meta is what is needed of Meta about a Page.
type Meta interface {
	// Greetings returns what the Page greets with; SetGreetings replaces all of it, none
	// deletes it.
	Greetings(ctx context.Context, token string, page model.MetaPageID) ([]model.Greeting, error)
	SetGreetings(ctx context.Context, token string, page model.MetaPageID, all []model.Greeting) error
	// Profile returns what Meta tells of a customer.
	Profile(ctx context.Context, token string, customer model.PSID) (model.Customer, error)
	// Grant tells what a token lets us do with a Page, or refuses.
	Grant(ctx context.Context, token string, page model.MetaPageID) (model.PageGrant, error)
	// Subscribe asks for a Page's webhooks, Unsubscribe gives them up.
	Subscribe(ctx context.Context, token string, page model.MetaPageID) error
	Unsubscribe(ctx context.Context, token string, page model.MetaPageID) error
	// PageState tells how a Page stands: whether its webhooks come, whether messaging is
	// on. A token that is refused is no error.
	PageState(ctx context.Context, token string, page model.MetaPageID) (model.PageState, error)
	// PageCountry tells in which country a Page is, by its code, its English name or a
	// telephone number, the surest first; none where Meta does not say.
	PageCountry(ctx context.Context, token string, page model.MetaPageID) ([]model.Untrusted, error)
}

// Login tells how messaging is set on a Page.
type Login interface {
	// MessagesOff tells whether messaging is switched off in the Page's settings; false
	// where Facebook does not say.
	MessagesOff(ctx context.Context, token string, page model.MetaPageID) (bool, error)
}

// Roles tells who may do what.
type Roles interface {
	// Fresh reads a user anew: rights may have changed since they signed in.
	Fresh(ctx context.Context, id model.UserID) (model.User, error)
	// FreshRole reads a user anew with the role that they have now.
	FreshRole(ctx context.Context, id model.UserID) (model.User, error)
	// WithRole is a user with the role that they have, as it is stored.
	WithRole(r store.Reader, u model.User) (model.User, error)
}

// Past begins the transaction of a Page into which past messages are read.
type Past interface {
	Begin(tx store.PageTx, page model.PageID) (*receive.Tx, error)
}

// Timing holds the deadlines of what is done with Pages.
type Timing struct {
	// GraphCall is the longest that a call of the Graph API may take.
	GraphCall time.Duration
	// Check is how often Meta is asked whether each Page's webhooks come and messaging
	// is on.
	Check time.Duration
	// ImportPause is the first pause of an import after a call that failed; it doubles up
	// to ImportPauseMax.
	ImportPause, ImportPauseMax time.Duration
}

// Options are what this package is made of.
type Options struct {
	Store *txn.Store
	// Vault seals the Pages' tokens; without one no Page can be connected.
	Vault *vault.Vault
	Meta  Meta
	// Login tells whether messaging is off; nil: nobody says.
	Login Login
	// Inbox is the Page's inbox on Facebook, of which past conversations are read; nil:
	// none are.
	Inbox Inbox
	Past  Past
	Roles Roles
	// Asking is how often users have Facebook asked at once.
	Asking *ratelimit.Limits
	// Nameless is signalled where a customer without a name may be new, Sending where what
	// waits to be sent may be due.
	Nameless, Sending wake.Signal
	// Known is called with a Page as it is from now on, before the change of it is answered.
	// When it returns, who lost sight of the Page is sent nothing of it any more.
	Known func(store.Page)
	// FailQueued ends, within a transaction, what waits to be sent of a Page that is
	// disconnected.
	FailQueued func(*txn.Tx) error
	// Notice leaves a notice on a Page, within a transaction.
	Notice func(t *txn.Tx, e model.Inbound, kind model.NoticeKind, reason model.Untrusted) error
	Timing Timing
	// Now is the hub's time, as it is stored and shown.
	Now func() time.Time
	Log *slog.Logger
}

// Manager is all of it. It is safe for concurrent use.
type Manager struct {
	*Installations
	*Backfill
	*Profiles
}

// New returns what the hub does with Pages; [Installations.RunChecks], [Backfill.RunImports]
// and [Profiles.RunProfiles] do its work in the background.
func New(o Options) *Manager {
	s := &shared{
		store: o.Store, vault: o.Vault, meta: o.Meta, roles: o.Roles, nameless: o.Nameless, sending: o.Sending,
		known: o.Known, timing: o.Timing, now: o.Now, log: o.Log,
	}
	past := &Backfill{shared: s, inbox: o.Inbox, past: o.Past, due: wake.NewSignal()}
	pages := &Installations{
		shared: s, login: o.Login, backfill: past, asking: o.Asking, failQueued: o.FailQueued, notice: o.Notice,
	}
	return &Manager{Installations: pages, Backfill: past, Profiles: &Profiles{shared: s}}
}

// shared is what each type here is made of.
type shared struct {
	store             *txn.Store
	vault             *vault.Vault
	meta              Meta
	roles             Roles
	nameless, sending wake.Signal
	known             func(store.Page)
	timing            Timing
	now               func() time.Time
	log               *slog.Logger
}

// token returns a Page's token; "" where it has none.
func (s *shared) token(p store.Page) (string, error) { return sealing.Token(s.vault, p) }

// GraphError passes a refusal on, and marks everything else as Meta's.
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

// ignore drops an error that is one of those.
func ignore(err error, those ...error) error {
	for _, that := range those {
		if errors.Is(err, that) {
			return nil
		}
	}
	return err
}
