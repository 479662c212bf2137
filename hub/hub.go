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
	"time"

	"golang.org/x/sync/errgroup"

	"parley/hub/accounts"
	"parley/hub/audit"
	"parley/hub/company"
	"parley/hub/connect"
	"parley/hub/crm"
	"parley/hub/hookstate"
	"parley/hub/notices"
	"parley/hub/outbox"
	"parley/hub/pages"
	"parley/hub/ratelimit"
	"parley/hub/receive"
	"parley/hub/replies"
	"parley/hub/sealing"
	"parley/hub/store"
	"parley/hub/stream"
	"parley/hub/transcripts"
	"parley/hub/txn"
	"parley/hub/uploads"
	"parley/hub/vault"
	"parley/hub/view"
	"parley/hub/wake"
	"parley/model"
)

// Graph is what the hub needs of Meta.
type Graph interface {
	outbox.Meta
	pages.Meta
	// Examine asks what a doctor wants to know of the Page.
	Examine(ctx context.Context, token string, page model.MetaPageID) model.PageExam
	// SubscribeApp tells Meta where the app's webhooks go.
	SubscribeApp(ctx context.Context, callbackURL string) error
}

// CRM is what the hub needs of Pipedrive, to know who its users are and to let them in.
type CRM interface {
	company.CRM
	accounts.CRM
}

// Mailer mails the support inbox.
type Mailer = notices.Mailer

// Options are what a hub is made of.
type Options struct {
	Store store.Store
	// Vault seals the Pages' tokens; without one no Page can be connected.
	Vault *vault.Vault
	// Uploads keeps the files that users send; nil: none can be.
	Uploads *uploads.Folder
	Graph   Graph
	// Login is Facebook's, by which Pages are connected through the browser; nil: not.
	Login connect.Login
	// Inbox is the Page's inbox on Facebook, of which past conversations are read; nil:
	// none are.
	Inbox pages.Inbox
	// Mailer mails policy notices; nil: nobody is mailed.
	Mailer Mailer
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

// Hub is the server's use cases.
type Hub struct {
	*accounts.Accounts
	*audit.Log
	*view.Views
	*connect.Connects
	*notices.Board
	*outbox.Outbox
	*outbox.Files
	*outbox.Reactions
	*outbox.SenderActions
	*pages.Manager
	*receive.Receiver
	*transcripts.Transcripts
	*crm.CRM
	company *company.Company

	store      *txn.Store
	vault      *vault.Vault
	graph      Graph
	mailer     Mailer
	looseFiles func() []string
	appID      model.AppID
	timing     Timing

	now func() time.Time
	log *slog.Logger

	rules *replies.Rules
	// asking is how often users have Facebook asked at once.
	asking  *ratelimit.Limits
	stream  *stream.Stream
	metrics *metrics
	figures keptFigures
	// nameless: a customer without a name may be new.
	nameless wake.Signal
	mails    wake.Signal
	webhooks hookstate.State
}

// New returns a hub that takes requests; [Hub.Run] does its work in the
// background.
func New(o Options) *Hub {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	h := &Hub{
		store: &txn.Store{Store: o.Store}, vault: o.Vault, graph: o.Graph, mailer: o.Mailer, looseFiles: o.LooseFiles, appID: o.AppID, timing: o.Timing, now: o.Now, log: o.Logger,
		asking: ratelimit.New(askingRate, askingBurst), nameless: wake.NewSignal(), mails: wake.NewSignal(),
	}
	h.figures.changed = wake.NewSignal()
	h.metrics = newMetrics(h)
	h.Log = audit.NewLog(h.store, h.utc)
	h.rules = &replies.Rules{QueueLimit: o.Timing.QueueLimit, App: o.AppID, Asked: h.metrics.asks.Inc}
	t := o.Timing
	h.Files = outbox.NewFiles(h.store, o.Uploads, h.utc, o.Logger)
	h.Outbox = outbox.New(outbox.Options{
		Store: h.store, Meta: o.Graph, Files: h.Files, Rules: h.rules, Wake: wake.NewSignal(), Token: h.pageToken, Now: h.utc, Logger: o.Logger,
		Timing: outbox.Timing{
			SendDeadline: t.SendDeadline, Lease: t.Lease, UnknownChecks: t.UnknownChecks, AskAfter: t.AskAfter, CheckGrace: t.CheckGrace,
			RetryPause: t.RetryPause, RetryPauseMax: t.RetryPauseMax, Upload: t.Upload, GraphCall: t.GraphCall,
		},
	})
	h.Reactions, h.SenderActions = outbox.NewReactions(h.Outbox), outbox.NewSenderActions(h.Outbox, o.Shown)
	h.Views = view.New(view.Options{Store: h.store, Now: h.utc, Opened: func(c store.Conversation) { h.Opened(c) }, Read: h.SenderActions.Read})
	h.stream = stream.New(stream.Options{
		Store: h.store, Views: h.Views, Typed: h.Typed, FeedbackURL: o.FeedbackURL,
		Timing: stream.Timing{Heads: t.Heads, Revalidate: t.Revalidate}, Now: h.utc, Log: o.Logger,
	})
	h.metrics.registry.MustRegister(h.stream.Collectors()...)
	h.metrics.registry.MustRegister(h.Outbox.Collectors()...)
	h.Board = notices.New(notices.Options{
		Store: h.store, Mailer: o.Mailer, Due: h.mails, Now: h.utc, Log: o.Logger,
		Timing: notices.Timing{Call: t.MailCall, Pause: t.MailPause, PauseMax: t.MailPauseMax, Limit: t.MailLimit},
	})
	h.Receiver = receive.New(receive.Options{
		Store: h.store, Rules: h.rules, Timing: receive.Timing{Webhook: o.Timing.Webhook}, Now: o.Now, Logger: o.Logger, Notice: h.Notice, RemoveFiles: h.Files.Remove,
		Outbox: h.Outbox.Wake, Profiles: h.nameless, Mails: h.mails, Deleted: h.Files.Gone, Counted: h.figures.changed,
	})
	h.metrics.registry.MustRegister(h.Receiver.Collectors()...)
	h.company = company.New(company.Options{
		Store: h.store, CRM: o.CRM, Vault: o.Vault, Every: o.Timing.Roles, Now: h.utc, Log: o.Logger,
	})
	h.Manager = pages.New(pages.Options{
		Store: h.store, Vault: o.Vault, Meta: o.Graph, Login: o.Login, Inbox: o.Inbox, Past: h.Receiver, Roles: h.company, Asking: h.asking,
		Nameless: h.nameless, Sending: h.Outbox.Wake, PageChanged: h.stream.SetPage, FailQueued: h.Outbox.FailQueued, Notice: h.Notice,
		Timing: pages.Timing{GraphCall: t.GraphCall, Check: t.PageCheck, ImportPause: t.ImportPause, ImportPauseMax: t.ImportPauseMax},
		Now:    h.utc, Log: o.Logger,
	})
	h.Connects = connect.New(connect.Options{
		Store: h.store, Login: o.Login, FreshRole: h.company.FreshRole, Installation: h.Installation, Connect: h.ConnectManaged,
		GraphError: pages.GraphError, Now: h.utc, Log: o.Logger,
	})
	h.Transcripts = transcripts.New(transcripts.Options{
		Store: h.store, Company: h.company, Notes: o.Notes,
		Open: func(ctx context.Context, u model.User, id model.ConversationID) (model.Conversation, error) {
			return h.OpenConversation(ctx, u, id)
		},
		Checked: func(ctx context.Context, u model.User, id model.PageID) error {
			_, err := h.Checked(ctx, u, id, true)
			return err
		},
		ChangePage: h.Change, Notice: h.Notice,
		Timing: transcripts.Timing{Pause: t.SyncPause, Most: t.SyncMost, Retry: t.SyncRetry, RetryMax: t.SyncRetryMax, Gap: t.SyncGap, Call: t.CRMCall},
		Now:    h.utc, Log: o.Logger,
	})
	var parts crm.Notes // nil where no transcripts are kept
	if o.Notes != nil {
		parts = o.Notes
	}
	h.CRM = crm.New(crm.Options{
		Store: h.store, Company: h.company, Records: o.Records, Notes: parts, Hooks: o.Hooks, Vault: o.Vault,
		Transcripts: h.Transcripts, Conversation: h.Conversation, Turn: h.Turn, Regions: h.PhoneRegions,
		Timing: crm.Timing{Call: o.Timing.CRMCall, Nightly: o.Timing.CRMNightly, Pause: o.Timing.CRMPause},
		Clock:  o.Now, Now: h.utc, Log: o.Logger,
	})
	h.Accounts = accounts.New(accounts.Options{
		Store: h.store, Company: h.company, CRM: o.CRM, Vault: o.Vault, NewColleagues: o.NewColleagues,
		LoginURL: o.LoginURL, LoginPoll: o.Timing.LoginPoll, UserChanged: h.stream.UserChanged, Now: h.utc, Log: o.Logger,
	})
	h.store.OnCommit(h.stream.Changed)
	h.store.OnCommit(h.NoteChange)
	h.store.OnCommit(func(model.PageID) { h.figures.changed.Notify() })
	return h
}

// Attach begins a session of a user. valid is asked now and then whether it may go on.
func (h *Hub) Attach(user model.User, wire stream.Wire, valid func(context.Context) error) *stream.Session {
	return h.stream.Attach(user, wire, valid)
}

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
	g.Go(func() error { return h.runPruning(ctx) })
	g.Go(func() error { return h.Files.Run(ctx) })
	g.Go(func() error { return h.Accounts.Run(ctx) })
	g.Go(func() error { return h.runFigures(ctx) })
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

// pageToken returns a Page's token; "" where it has none.
func (h *Hub) pageToken(p store.Page) (string, error) { return sealing.Token(h.vault, p) }
