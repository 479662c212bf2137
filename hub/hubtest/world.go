// Package hubtest is the world in which the hub's rooms are tested: a hub that runs on a
// store of its own, with fakes of Meta, of the Page's inbox and of whatever breaks, on the
// clock of a bubble ([testing/synctest]).
//
// A test runs within [InWorld], has customers write and users reply by the methods of
// [World], and says by the scripts of [Graph] how Meta answers. Methods that begin with
// Want fail the test where what they say does not hold. The package of the tests has
// [Main] for its TestMain.
package hubtest

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"parley/hub"
	"parley/hub/accounts"
	"parley/hub/away"
	"parley/hub/notices"
	"parley/hub/outbox"
	"parley/hub/pages"
	"parley/hub/store"
	"parley/hub/store/sqlite"
	"parley/hub/stream"
	"parley/hub/uploads"
	"parley/hub/vault"
	"parley/model"
)

// Who and what is in a world.
const (
	// MetaPage is the Page, by Meta's id; Page is what its first installation has here.
	MetaPage = model.MetaPageID("100")
	Page     = model.PageID("100")
	// Hanako and Ken are customers.
	Hanako = model.PSID("7001")
	Ken    = model.PSID("7002")
	// OurApp is the hub's; OtherApp also sends for the Page; PageInbox is Meta's own inbox.
	OurApp    = model.AppID("555")
	OtherApp  = model.AppID("666")
	PageInbox = model.AppID("263902037430900")
)

// TB is what a world needs of its test.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	TempDir() string
	Cleanup(f func())
	Context() context.Context
}

// World is a hub with a store and a Graph API of its own, on the clock of a bubble: time
// passes only when everybody waits for it.
type World struct {
	TB
	// Ctx outlives the test, so that the hub can be stopped after it.
	Ctx context.Context
	// Store is where the hub keeps what it knows. A test may put another over it, between
	// [World.Stop] and [World.Start].
	Store store.Store
	// Graph plays Meta.
	Graph *Graph
	// Files are the uploads.
	Files *uploads.Folder
	// Hub is the hub that runs now; each start makes another.
	Hub *hub.Hub
	// Log is what the hub logs.
	Log *Log
	// Ann installed the Page; Ben is an admin too; Cat is not.
	Ann, Ben, Cat model.User

	// What the next hub is started with.

	// Quiet: customers are shown nothing of what users do.
	Quiet bool
	// Mailer is nil where nobody is mailed.
	Mailer notices.Mailer
	// AwayMailer is nil where nobody who is away is mailed.
	AwayMailer away.Mailer
	// Inbox is where past conversations are read from; nil: nowhere.
	Inbox pages.Inbox
	// Media is how what customers send is kept; nil: not.
	Media *hub.Media
	// Timing is nil for the default.
	Timing *hub.Timing

	end func()
}

// InWorld runs a test in a bubble. The Page is connected by Ann and shared.
func InWorld(t *testing.T, f func(t *testing.T, w *World)) {
	t.Helper()
	InBareWorld(t, func(t *testing.T, w *World) {
		w.Connect(w.Ann, model.Shared)
		f(t, w)
	})
}

// InBareWorld runs a test in a bubble, with users and no Page.
func InBareWorld(t *testing.T, f func(t *testing.T, w *World)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { f(t, New(t)) })
}

// InPastWorld runs a test in a bubble, on a Page with a past that is not yet connected.
func InPastWorld(t *testing.T, f func(t *testing.T, w *World, past *PastInbox)) {
	t.Helper()
	InBareWorld(t, func(t *testing.T, w *World) {
		past := NewPastInbox()
		w.Stop()
		w.Inbox = past
		w.Start()
		f(t, w, past)
	})
}

// New starts a hub that knows three users and no Page, within the bubble of the caller. It
// ends with the test, which fails if the hub logged an error.
func New(t TB) *World {
	t.Helper()
	w := &World{
		TB: t, Log: &Log{}, Ctx: context.WithoutCancel(t.Context()), Graph: newGraph(),
		Files: uploads.Open(filepath.Join(t.TempDir(), "uploads")),
	}
	path := filepath.Join(t.TempDir(), "hub.db")
	w.Must(os.WriteFile(path, emptyStore, 0o600))
	// Not exclusive: the holder of the lock looks at the file each second, and a bubble's
	// hours are made of many seconds.
	s, err := sqlite.Open(w.Ctx, path, sqlite.Options{})
	w.Must(err)
	w.Store = s
	w.Ann, w.Ben, w.Cat = w.AddUser("Ann", true), w.AddUser("Ben", true), w.AddUser("Cat", false)
	w.Start()
	t.Cleanup(func() {
		w.Stop()
		if err := s.Close(); err != nil {
			t.Fatalf("close store: %v", err)
		}
		if lines := w.Log.unexpected(); len(lines) > 0 {
			t.Fatalf("errors in the log: %q", lines)
		}
	})
	return w
}

// Start starts a hub on the store.
func (w *World) Start() {
	timing := hub.DefaultTiming()
	if w.Timing != nil {
		timing = *w.Timing
	}
	w.Hub = hub.New(hub.Options{
		Store: w.Store, Vault: Vault(), Uploads: w.Files, Media: w.Media, Shown: outbox.Shown{Typing: !w.Quiet, Seen: !w.Quiet}, Graph: w.Graph,
		Mailer: w.Mailer, AwayMailer: w.AwayMailer, Inbox: w.Inbox, AppID: OurApp, Timing: timing, Logger: slog.New(w.Log),
	})
	w.Must(w.Hub.BeginBackfills(w.Ctx))
	ctx, cancel := context.WithCancel(w.Ctx)
	ended := make(chan error, 1)
	go func(h *hub.Hub) { ended <- h.Run(ctx) }(w.Hub)
	w.end = func() {
		cancel()
		if err := <-ended; err != nil {
			w.Fatalf("run hub: %v", err)
		}
	}
	w.Settle()
}

// Stop ends the hub and waits until it has; one that ended stays so.
func (w *World) Stop() {
	if end := w.end; end != nil {
		end()
		w.end = nil
	}
}

// Restart ends the hub and starts another on the same store.
func (w *World) Restart() {
	w.Stop()
	w.Start()
}

// Skip lets a long time pass while no hub runs: what falls due meanwhile is done as the next
// one starts. [World.Pass] has a hub run all that time, which takes long where it is days.
func (w *World) Skip(d time.Duration) {
	w.Stop()
	Sleep(d)
	w.Start()
}

// Vault is a vault by the same key each time.
func Vault() *vault.Vault {
	v, err := vault.New([]byte("a key of the tests, of 32 bytes."))
	if err != nil {
		panic(err)
	}
	return v
}

// AddUser adds a user by a name that is theirs alone.
func (w *World) AddUser(name string, admin bool) model.User {
	w.Helper()
	return w.AddAccount(accounts.NewUser{Name: name, Email: name + "@example.com", Admin: admin}).User
}

// AddAccount adds a user, and returns also what lets them in.
func (w *World) AddAccount(n accounts.NewUser) accounts.Added {
	w.Helper()
	a, err := accounts.AddUser(w.Ctx, w.Store, n, time.Now())
	w.Must(err)
	return a
}

// Session is a connection of a user that is never written to.
func (w *World) Session(u model.User) *stream.Session { return w.Hub.Attach(u, nil, nil) }

// Connection is how an admin asks to connect the Page.
func Connection(v model.Visibility) pages.Connection {
	return pages.Connection{Page: MetaPage, Token: "token", Visibility: v}
}

// Connect connects the Page for an admin.
func (w *World) Connect(u model.User, v model.Visibility) model.Page {
	w.Helper()
	p, _, err := w.Hub.ConnectPage(w.Ctx, u, Connection(v))
	w.Must(err)
	return p
}

// Time.

// Day is a day.
const Day = 24 * time.Hour

// Now is Meta's time, in milliseconds.
func Now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// Ago is Meta's time some time ago.
func Ago(d time.Duration) time.Time { return Now().Add(-d) }

// Sleep lets the bubble's time pass.
func Sleep(d time.Duration) { <-time.After(d) }

// Settle waits until nobody can go on without time passing.
func (w *World) Settle() { synctest.Wait() }

// Pass lets time pass, and waits until nobody can go on without more of it.
func (w *World) Pass(d time.Duration) {
	Sleep(d)
	synctest.Wait()
}
