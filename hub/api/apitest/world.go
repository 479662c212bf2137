// Package apitest is what the tests of the hub's routes stand on: a hub behind its HTTP
// server on a store of its own, with Meta, Facebook's dialog and the CRM played, somebody of
// each kind to ask as, and clients of the stream that note what they are sent.
package apitest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/accounts"
	"parley/hub/api"
	"parley/hub/crm"
	"parley/hub/media"
	"parley/hub/messenger/webhook"
	"parley/hub/pages"
	"parley/hub/store"
	"parley/hub/transcripts"
	"parley/hub/uploads"
	"parley/hub/vault"
	"parley/model"
)

// What the hub is set up with, and who there is.
const (
	App         = model.AppID("555")
	AppSecret   = "the-secret-of-the-app"
	VerifyToken = "the-token-of-the-handshake"
	// UserToken is what admins connect a Page with.
	UserToken = "user-access-token"

	Page     = model.PageID("100")
	MetaPage = model.MetaPageID("100")
	// Hanako and Ken are customers: ids so long that no other holds one by chance.
	Hanako = model.PSID("70010000000000007001")
	Ken    = model.PSID("70020000000000007002")
)

// Account is somebody, with the token they sign in by.
type Account struct {
	model.User
	Token string
	Code  string
}

// World is a hub behind its HTTP server, on a store of its own.
type World struct {
	testing.TB
	Store   store.Store
	Graph   *Graph
	Login   *Login
	Hub     *hub.Hub
	Handler http.Handler
	Server  *httptest.Server
	Logs    *LogBuffer
	// File is the store's file, Uploads the folder of files that users sent.
	File, Uploads string

	// Ann installs Pages; Ben is an admin, too; Cat is a rep; Stranger has no account;
	// Revoked had one, and their token was revoked.
	Ann, Ben, Cat, Stranger, Revoked Account
}

// setup is what a test may have otherwise.
type setup struct {
	timing hub.Timing
	wrap   func(store.Store) store.Store
	now    func() time.Time
	// crm is nil for none.
	crm           hub.CRM
	records       crm.Records
	notes         transcripts.Notes
	hooks         crm.Hooks
	newColleagues bool
	inbox         pages.Inbox
	proxies       []netip.Prefix
	media         *hub.Media
}

// Option is something that a test has otherwise in its [World].
type Option func(*setup)

// WithStore puts something between the hub and its store.
func WithStore(wrap func(store.Store) store.Store) Option {
	return func(s *setup) { s.wrap = wrap }
}

// WithTiming changes the hub's timings.
func WithTiming(change func(*hub.Timing)) Option {
	return func(s *setup) { change(&s.timing) }
}

// WithInbox lets past conversations be imported, of which there are none.
func WithInbox(s *setup) { s.inbox = emptyInbox{} }

// WithMedia has the hub fetch what customers send, from a Graph API's host besides Meta's, and keep
// it in a folder.
func WithMedia(graphURL, folder string) Option {
	return func(s *setup) {
		s.media = &hub.Media{Folder: media.OpenFolder(folder), GraphURL: graphURL, Quota: 1 << 30}
	}
}

// WithProxies has proxies at those addresses trusted.
func WithProxies(cidrs ...string) Option {
	return func(s *setup) {
		for _, c := range cidrs {
			s.proxies = append(s.proxies, netip.MustParsePrefix(c))
		}
	}
}

// WithClock has the hub go by another clock.
func WithClock(now func() time.Time) Option {
	return func(s *setup) { s.now = now }
}

// New starts a server with three users and no Page.
func New(t testing.TB, options ...Option) *World {
	t.Helper()
	o := setup{timing: hub.DefaultTiming(), wrap: func(s store.Store) store.Store { return s }, now: time.Now}
	o.timing.Webhook = time.Minute // a busy machine is no reason to fail
	for _, change := range options {
		change(&o)
	}
	w := &World{TB: t, Graph: &Graph{}, Login: &Login{}, Logs: &LogBuffer{}}
	inner := w.openStore()
	t.Cleanup(func() {
		if err := inner.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	w.Store, w.Uploads = o.wrap(inner), filepath.Join(w.TempDir(), "uploads")
	w.Ann, w.Ben, w.Cat = w.AddUser("Ann", true), w.AddUser("Ben", true), w.AddUser("Cat", false)
	w.Stranger = Account{Token: strings.Repeat("x", 43)}
	verifier, err := webhook.NewVerifier(AppSecret)
	w.Must(err)
	log := slog.New(slog.NewJSONHandler(w.Logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.Server = httptest.NewUnstartedServer(nil)
	w.Hub = hub.New(hub.Options{
		Store: w.Store, Vault: Vault(), Uploads: uploads.Open(w.Uploads), Media: o.media, Graph: w.Graph, Login: w.Login, Inbox: o.inbox, AppID: App, Timing: o.timing, Now: o.now, Logger: log, FeedbackURL: FeedbackURL,
		CRM: o.crm, Records: o.records, Notes: o.notes, Hooks: o.hooks, NewColleagues: o.newColleagues, LoginURL: "http://" + w.Server.Listener.Addr().String() + "/login",
	})
	w.Handler = api.New(api.Options{
		Hub: w.Hub, Verifier: verifier, AppID: App, VerifyToken: VerifyToken, Version: "test", Logger: log, Now: o.now, PublicURL: HubAddress, Proxies: o.proxies,
	})
	w.Server.Config.Handler = w.Handler
	w.Server.Start()
	t.Cleanup(func() {
		w.Server.CloseClientConnections()
		w.Server.Close()
	})
	return w
}

// FeedbackURL is where users of the tests' hubs say what they miss.
const FeedbackURL = "https://example.com/missed"

// Vault is a vault by the same key each time.
func Vault() *vault.Vault {
	v, err := vault.New([]byte("a key of the tests, of 32 bytes."))
	if err != nil {
		panic(err)
	}
	return v
}

// Run lets the hub send replies, until the test ends.
func (w *World) Run() {
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.Context()))
	ended := make(chan error, 1)
	go func() { ended <- w.Hub.Run(ctx) }()
	w.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			w.Errorf("run hub: %v", err)
		}
	})
}

// Must ends the test at an error.
func (w *World) Must(err error) {
	w.Helper()
	if err != nil {
		w.Fatalf("unexpected error: %v", err)
	}
}

// AddUser adds somebody with a token, as the command line does.
func (w *World) AddUser(name string, admin bool) Account {
	w.Helper()
	a, err := accounts.AddUser(w.Context(), w.Store, accounts.NewUser{
		Name: name, Email: name + "@example.com", Admin: admin, Token: true,
	}, time.Now())
	w.Must(err)
	return Account{User: a.User, Token: a.Token, Code: a.LoginCode}
}

// Timeout is how long a test waits for what the hub does by itself.
const Timeout = time.Minute

// RefuseReplies has Meta refuse every reply for good, without learning a rule from it.
func (w *World) RefuseReplies() {
	w.Graph.Set(func(g *Graph) {
		g.OnSend = func(model.Outgoing) model.Outcome {
			return model.Outcome{Kind: model.OutcomeRefused, Code: model.GraphRefused, Detail: "(#100) no"}
		}
	})
}

// LogBuffer collects the log.
type LogBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements [io.Writer].
func (l *LogBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String returns the log so far.
func (l *LogBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Case names the case in a message of a test.
func Case(parts ...any) string { return fmt.Sprintln(parts...) }

// HubAddress is where browsers reach the hub in tests, as far as links tell.
const HubAddress = "https://hub.example.com"

// AddRevoked makes Revoked, whose token was revoked.
func (w *World) AddRevoked() {
	w.Helper()
	gone := w.AddUser("Rex", true)
	w.Do(gone, http.MethodPost, "/v1/logout", nil).Want(http.StatusNoContent)
	w.Revoked = Account{Token: gone.Token}
}
