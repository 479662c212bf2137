// Package hub is the server's use cases: it takes Meta's events in, stores them,
// decides who sees what, and sends replies so that none leaves twice by itself.
//
// It names the small interfaces it needs of its neighbours; hub/api serves it
// over HTTP, hub/messenger speaks to Meta, hub/store keeps what it knows.
//
// Every method is safe for concurrent use. What a method answered is on disk.
package hub

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"parley/hub/accounts"
	"parley/hub/audit"
	"parley/hub/away"
	"parley/hub/company"
	"parley/hub/connect"
	"parley/hub/crm"
	"parley/hub/desk"
	"parley/hub/health"
	"parley/hub/media"
	"parley/hub/notices"
	"parley/hub/notifications"
	"parley/hub/outbox"
	"parley/hub/pages"
	"parley/hub/pruning"
	"parley/hub/receive"
	"parley/hub/snippets"
	"parley/hub/store"
	"parley/hub/stream"
	"parley/hub/transcripts"
	"parley/hub/txn"
	"parley/hub/uploads"
	"parley/hub/vault"
	"parley/hub/view"
	"parley/model"
)

// Graph is what the hub needs of Meta.
type Graph interface {
	outbox.Meta
	pages.Meta
	health.Meta
}

// CRM is what the hub needs of Pipedrive, to know who its users are and to let them in.
type CRM interface {
	company.CRM
	accounts.CRM
}

// Login is what the hub asks of Facebook's login dialog, and of a Page that comes from it.
type Login interface {
	connect.Login
	pages.Login
}

// Options are what a hub is made of.
type Options struct {
	Store store.Store
	// Vault seals the Pages' tokens; without one no Page can be connected.
	Vault *vault.Vault
	// Uploads keeps the files that users send; nil: none can be.
	Uploads *uploads.Folder
	// Media keeps what is fetched from Meta, by its settings; nil: nothing is fetched.
	Media *Media
	Graph Graph
	// Login is Facebook's, by which Pages are connected through the browser; nil: not.
	Login Login
	// Inbox is the Page's inbox on Facebook, of which past conversations are read; nil:
	// none are.
	Inbox pages.Inbox
	// Mailer mails policy notices; nil: nobody is mailed. AwayMailer mails users who are away.
	Mailer     notices.Mailer
	AwayMailer away.Mailer
	// LooseFiles names files with secrets that others than their owner may use; nil: none
	// is looked at.
	LooseFiles func() []string
	AppID      model.AppID
	// FeedbackURL is where users say what they miss; empty: nowhere.
	FeedbackURL string
	// Shown is what customers are shown of what users do.
	Shown outbox.Shown
	// CRM is Pipedrive; nil: none is configured.
	CRM CRM
	// Records are those of the same CRM.
	Records crm.Records
	// Notes are those of the same CRM; nil: no transcripts are kept there.
	Notes transcripts.Notes
	// Hooks are the webhooks of the same CRM; nil: none can be asked for.
	Hooks crm.Hooks
	// NewColleagues: an unknown colleague of the hub's company gets an account at their
	// first sign-in through the CRM.
	NewColleagues bool
	// LoginURL is where users sign in by their browser: the hub's public address and
	// /login. The CRM sends them back to /callback below it.
	LoginURL string
	Timing   Timing
	Now      func() time.Time
	Logger   *slog.Logger
}

// Media is how what customers send is kept.
type Media struct {
	Folder *media.Folder
	// GraphURL is the address of the Graph API, from whose host it is fetched besides Meta's
	// own.
	GraphURL string
	// Quota is how many bytes are kept, Age for how long; 0: for as long as the message.
	Quota int64
	Age   time.Duration
	// Transport replaces what connects to Meta, for tests.
	Transport http.RoundTripper
}

// Hub is the server's use cases: its rooms, put together.
type Hub struct {
	*accounts.Accounts
	*audit.Log
	*view.Views
	*connect.Connects
	*desk.Desk
	*notices.Board
	*notifications.Preferences
	*outbox.Outbox
	*outbox.Files
	*outbox.Reactions
	*outbox.SenderActions
	*pages.Manager
	*receive.Receiver
	*transcripts.Transcripts
	*crm.CRM
	*health.Health
	*media.Library
	*snippets.Book
	company *company.Company
	post    *away.Post
	stream  *stream.Stream

	store  *txn.Store
	timing Timing
	now    func() time.Time
	log    *slog.Logger
}

// Attach begins a session of a user. valid is asked now and then whether it may go on.
func (h *Hub) Attach(user model.User, wire stream.Wire, valid func(context.Context) error) *stream.Session {
	return h.stream.Attach(user, wire, valid)
}

// Timing returns the hub's deadlines.
func (h *Hub) Timing() Timing { return h.timing }

// Run sends replies, asks for customers' names and forgets what is old, until ctx
// ends. Replies being posted are finished first, at most SendDeadline long.
func (h *Hub) Run(ctx context.Context) error {
	if err := h.SettlePutBack(ctx); err != nil {
		return err
	}
	if err := h.Recover(ctx); err != nil {
		return err
	}
	if err := h.stream.Load(ctx); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return h.stream.Run(ctx) })
	g.Go(func() error { return h.Outbox.Run(ctx) })
	g.Go(func() error { return h.Reactions.Run(ctx) })
	g.Go(func() error { return h.SenderActions.Run(ctx) })
	g.Go(func() error { return h.RunProfiles(ctx) })
	g.Go(func() error { return h.RunMails(ctx) })
	g.Go(func() error { return h.RunChecks(ctx) })
	g.Go(func() error { return h.RunImports(ctx) })
	g.Go(func() error { return pruning.Run(ctx, h.store, h.timing.Retention, h.utc, h.log) })
	g.Go(func() error { return h.Files.Run(ctx) })
	g.Go(func() error { return h.RunMedia(ctx) })
	g.Go(func() error { return h.Accounts.Run(ctx) })
	g.Go(func() error { return h.Health.Run(ctx) })
	g.Go(func() error { return h.post.Run(ctx) })
	if h.company.Configured() {
		g.Go(func() error { return h.company.Run(ctx) })
	}
	if h.Kept() {
		g.Go(func() error { return h.RunTranscripts(ctx) })
	}
	if h.CRM.Configured() {
		g.Go(func() error { return h.RunEvents(ctx) })
		g.Go(func() error { return h.RunNightly(ctx) })
	}
	return g.Wait()
}

// utc returns the hub's time as it is stored and shown: UTC, microseconds.
func (h *Hub) utc() time.Time { return h.now().UTC().Truncate(time.Microsecond) }
