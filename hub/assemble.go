package hub

import (
	"context"
	"log/slog"
	"time"

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
	"parley/hub/receive"
	"parley/hub/replies"
	"parley/hub/sealing"
	"parley/hub/snippets"
	"parley/hub/store"
	"parley/hub/stream"
	"parley/hub/transcripts"
	"parley/hub/txn"
	"parley/hub/view"
	"parley/hub/wake"
	"parley/model"
)

// assembly is a hub while it is put together: what it is made of, and what several of its
// rooms are given.
type assembly struct {
	*Hub
	o     Options
	rules *replies.Rules
	// Of these, some rooms tell others that there may be something to do: a customer without
	// a name, a mail, a figure that changed.
	nameless, mails, counted wake.Signal
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
	a := &assembly{
		Hub: &Hub{store: &txn.Store{Store: o.Store}, timing: o.Timing, now: o.Now, log: o.Logger},
		o:   o, rules: replies.NewRules(o.Timing.QueueLimit, o.AppID),
		nameless: wake.NewSignal(), mails: wake.NewSignal(), counted: wake.NewSignal(),
	}
	a.Log = audit.NewLog(a.store, a.utc)
	a.Preferences = notifications.New(a.store, o.AwayMailer != nil)
	a.Desk = desk.New(a.store)
	a.addOutbox()
	a.addMedia()
	a.addViews()
	a.post = away.New(away.Options{
		Store: a.store, Views: a.Views, Here: a.stream.Here, Mailer: o.AwayMailer, Call: a.timing.MailCall, Now: a.utc, Log: o.Logger,
	})
	a.addReceiver()
	a.addPages()
	a.addCRM()
	a.Accounts = accounts.New(accounts.Options{
		Store: a.store, Company: a.company, CRM: o.CRM, Vault: o.Vault, NewColleagues: o.NewColleagues,
		LoginURL: o.LoginURL, LoginPoll: o.Timing.LoginPoll, UserChanged: a.stream.UserChanged, Now: a.utc, Log: o.Logger,
	})
	a.Book = snippets.New(a.store, a.utc)
	a.addHealth()
	a.store.OnCommit(a.stream.Changed)
	a.store.OnCommit(a.NoteChange)
	a.store.OnCommit(func(model.PageID) { a.counted.Notify() })
	return a.Hub
}

// addOutbox adds what sends replies, files, reactions and sender actions.
func (a *assembly) addOutbox() {
	o, t := a.o, a.timing
	a.Files = outbox.NewFiles(a.store, o.Uploads, a.utc, o.Logger)
	a.Outbox = outbox.New(outbox.Options{
		Store: a.store, Meta: o.Graph, Files: a.Files, Rules: a.rules, Wake: wake.NewSignal(), Now: a.utc, Logger: o.Logger,
		Token: func(p store.Page) (string, error) { return sealing.Token(o.Vault, p) },
		Timing: outbox.Timing{
			SendDeadline: t.SendDeadline, Lease: t.Lease, UnknownChecks: t.UnknownChecks, AskAfter: t.AskAfter, CheckGrace: t.CheckGrace,
			RetryPause: t.RetryPause, RetryPauseMax: t.RetryPauseMax, Upload: t.Upload, GraphCall: t.GraphCall,
		},
	})
	a.Reactions, a.SenderActions = outbox.NewReactions(a.Outbox), outbox.NewSenderActions(a.Outbox, o.Shown)
}

// addMedia adds what fetches what customers send.
func (a *assembly) addMedia() {
	o, t := a.o, a.timing
	if o.Media == nil {
		o.Media = &Media{GraphURL: "https://graph.facebook.com"}
	}
	a.Library = media.New(media.Options{
		Store: a.store, Folder: o.Media.Folder, GraphURL: o.Media.GraphURL, Quota: o.Media.Quota, Age: o.Media.Age, Transport: o.Media.Transport,
		Sent:   a.SentFile,
		Timing: media.Timing{Fetch: t.MediaFetch, Retry: t.MediaRetry, RetryMax: t.MediaRetryMax, Limit: t.MediaLimit},
		Now:    a.utc, Log: o.Logger,
	})
}

// addViews adds what users see, and the stream by which they are told of it.
func (a *assembly) addViews() {
	o, t := a.o, a.timing
	a.Views = view.New(view.Options{
		Store: a.store, Now: a.utc, Read: a.SenderActions.Read,
		Opened: func(c store.Conversation) { a.Opened(c) }, // by then there are Pages
	})
	a.stream = stream.New(stream.Options{
		Store: a.store, Views: a.Views, Recent: a.store.Recent(), Typed: a.Typed, FeedbackURL: o.FeedbackURL,
		Timing: stream.Timing{Heads: t.Heads, Revalidate: t.Revalidate}, Now: a.utc, Log: o.Logger,
	})
}

// addReceiver adds what takes in what Meta reports, and the notices that it leaves.
func (a *assembly) addReceiver() {
	o, t := a.o, a.timing
	a.Board = notices.New(notices.Options{
		Store: a.store, Mailer: o.Mailer, Due: a.mails, Now: a.utc, Log: o.Logger,
		Timing: notices.Timing{Call: t.MailCall, Pause: t.MailPause, PauseMax: t.MailPauseMax, Limit: t.MailLimit},
	})
	a.Receiver = receive.New(receive.Options{
		Store: a.store, Rules: a.rules, Timing: receive.Timing{Webhook: t.Webhook}, Now: o.Now, Logger: o.Logger, Notice: a.Notice, RemoveFiles: a.Files.Remove,
		Media: a.Library, ForgetMedia: a.ForgetMedia,
		Outbox: a.Outbox.Wake, Profiles: a.nameless, Mails: a.mails, Deleted: a.Files.Gone, Counted: a.counted,
	})
}

// addPages adds the Pages, and who may connect them.
func (a *assembly) addPages() {
	o, t := a.o, a.timing
	a.company = company.New(company.Options{
		Store: a.store, CRM: o.CRM, Vault: o.Vault, Every: t.Roles, Now: a.utc, Log: o.Logger,
	})
	a.Manager = pages.New(pages.Options{
		Store: a.store, Vault: o.Vault, Meta: o.Graph, Login: o.Login, Inbox: o.Inbox, Past: a.Receiver, Roles: a.company,
		Nameless: a.nameless, Sending: a.Outbox.Wake, PageChanged: a.stream.SetPage, FailQueued: a.Outbox.FailQueued, Notice: a.Notice,
		Timing: pages.Timing{GraphCall: t.GraphCall, Check: t.PageCheck, ImportPause: t.ImportPause, ImportPauseMax: t.ImportPauseMax},
		Now:    a.utc, Log: o.Logger,
	})
	a.Connects = connect.New(connect.Options{
		Store: a.store, Login: o.Login, FreshRole: a.company.FreshRole, Installation: a.Installation, Connect: a.ConnectManaged,
		GraphError: pages.GraphError, Now: a.utc, Log: o.Logger,
	})
}

// addCRM adds the CRM's records, and the transcripts kept there.
func (a *assembly) addCRM() {
	o, t := a.o, a.timing
	a.Transcripts = transcripts.New(transcripts.Options{
		Store: a.store, Company: a.company, Notes: o.Notes,
		Open: func(ctx context.Context, u model.User, id model.ConversationID) (model.Conversation, error) {
			return a.CRM.OpenConversation(ctx, u, id)
		},
		Checked: func(ctx context.Context, u model.User, id model.PageID) error {
			_, err := a.Checked(ctx, u, id, true)
			return err
		},
		ChangePage: a.Change, Notice: a.Notice,
		Timing: transcripts.Timing{Pause: t.SyncPause, Most: t.SyncMost, Retry: t.SyncRetry, RetryMax: t.SyncRetryMax, Gap: t.SyncGap, Call: t.CRMCall},
		Now:    a.utc, Log: o.Logger,
	})
	var notes crm.Notes // nil where no transcripts are kept
	if o.Notes != nil {
		notes = o.Notes
	}
	a.CRM = crm.New(crm.Options{
		Store: a.store, Company: a.company, Records: o.Records, Notes: notes, Hooks: o.Hooks, Vault: o.Vault,
		Transcripts: a.Transcripts, Conversation: a.Conversation, Turn: a.Turn, Regions: a.PhoneRegions,
		Timing: crm.Timing{Call: t.CRMCall, Nightly: t.CRMNightly, Pause: t.CRMPause},
		Clock:  o.Now, Now: a.utc, Log: o.Logger,
	})
}

// addHealth adds how the hub is, and has each room's figures told.
func (a *assembly) addHealth() {
	o := a.o
	a.Health = health.New(health.Options{
		Store: a.store, Meta: o.Graph, CRM: a.CRM, HasCRM: a.company.Configured(), PageWithToken: a.PageWithToken,
		Storing: a.Storing, OtherStream: a.stream.OtherStream, Mails: o.Mailer != nil, LooseFiles: o.LooseFiles, Media: a.MediaCondition,
		Changed: a.counted, GraphCall: a.timing.GraphCall, Now: a.utc, Log: o.Logger,
	})
	r := a.Registry()
	r.MustRegister(a.rules.Collectors()...)
	r.MustRegister(a.stream.Collectors()...)
	r.MustRegister(a.Outbox.Collectors()...)
	r.MustRegister(a.Receiver.Collectors()...)
	r.MustRegister(a.Library.Collectors()...)
}
