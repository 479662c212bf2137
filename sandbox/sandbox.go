// Package sandbox simulates the outside world: Meta's Graph API on loopback, over real HTTP,
// for one Page whose customers write, read, answer and fall silent; and Pipedrive, with sign-in
// and records. A hub runs against it exactly as against Facebook, and is judged by it: the
// sandbox knows what every customer really got.
//
// It imports nothing of ours, so that it stays an independent judge. It knows only Meta's and
// Pipedrive's wire formats.
//
// This package puts the parts together; each part is a package with a lock of its own. Locks are
// taken in this order, and none is held across network I/O, a sleep or a channel wait:
// customers, world, webhooks (Meta's), the locks of the Graph API and of Pipedrive, faults,
// agenda. Every goroutine is started by Run (or by a goroutine that Run awaits) and ends when
// Run's context ends.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"parley/sandbox/agenda"
	"parley/sandbox/control"
	"parley/sandbox/customers"
	"parley/sandbox/fault"
	"parley/sandbox/graph"
	"parley/sandbox/mail"
	"parley/sandbox/messenger"
	"parley/sandbox/meta"
	"parley/sandbox/pipedrive"
	"parley/sandbox/seeded"
	"parley/sandbox/webhooks"
	"parley/sandbox/world"
)

// Options configure a sandbox. The zero value is a quiet Page: no history, and nobody who writes
// unprompted.
type Options struct {
	Listen    string           // loopback address to listen on; default 127.0.0.1:0
	Seed      uint64           // determines ids, secrets, people and what they say
	Customers int              // how many customers write unprompted
	Rate      float64          // messages per second that they write together; 0: none
	Past      int              // conversations from before: they are in the Page's inbox, and no webhook reports them
	History   int              // old conversations, delivered as webhooks once the Page is subscribed
	Story     string           // en or ja: customers who tell a tale in that language write, too; "": none
	Now       func() time.Time // Meta's clock; default time.Now
	Logger    *slog.Logger     // default: discard
}

// Info is what a hub and its tests need in order to use a sandbox.
type Info struct {
	GraphURL    string `json:"graph_url"`
	DialogURL   string `json:"dialog_url"`
	PageID      string `json:"page_id"`
	PageToken   string `json:"page_token"`
	UserToken   string `json:"user_token"`
	AppID       string `json:"app_id"`
	AppSecret   string `json:"app_secret"`
	VerifyToken string `json:"verify_token"`
	SMTPURL     string `json:"smtp_url"`
	ControlURL  string `json:"control_url"`

	// Addresses of Pipedrive's API and OAuth dialog, the company's API token, and the app for
	// signing in.
	PipedriveURL          string `json:"pipedrive_url"`
	PipedriveToken        string `json:"pipedrive_token"`
	PipedriveOAuthURL     string `json:"pipedrive_oauth_url"`
	PipedriveClientID     string `json:"pipedrive_client_id"`
	PipedriveClientSecret string `json:"pipedrive_client_secret"`
}

// Sandbox is one simulated Meta with one app, one Page and its customers, with Pipedrive and a
// mail server. Create it with New, serve it with Run.
type Sandbox struct {
	info      Info
	log       *slog.Logger
	ln        net.Listener
	agenda    *agenda.Agenda
	hooks     *webhooks.Webhooks
	customers *customers.Customers
	graph     *graph.Graph
	crm       *pipedrive.Pipedrive
	mail      *mail.Server
	control   *control.Control
	ran       atomic.Bool
}

// New creates a sandbox and starts listening. It refuses any address that is not loopback: its
// services are unprotected.
func New(o Options) (*Sandbox, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.Customers < 0 || o.History < 0 || o.Past < 0 || o.Rate < 0 {
		return nil, errors.New("sandbox: customers, rate, past and history cannot be negative")
	}
	if err := checkLoopback(o.Listen); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	ln, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("sandbox: listen on %s: %w", o.Listen, err)
	}
	host, _, _ := net.SplitHostPort(o.Listen)
	faults := fault.NewList(seeded.Stream(o.Seed, "faults"))
	mails, err := mail.Listen(host, faults, o.Now, o.Logger)
	if err != nil {
		_ = ln.Close()
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	s := &Sandbox{log: o.Logger, ln: ln, agenda: agenda.New(), mail: mails}
	s.assemble(o, meta.Identify(o.Seed, "http://"+ln.Addr().String()), faults)
	return s, nil
}

// assemble creates the parts and connects them.
func (s *Sandbox) assemble(o Options, id meta.Identity, faults *fault.List) {
	w := world.New(o.Seed, o.Now)
	s.hooks = webhooks.New(webhooks.Options{Meta: id, Now: o.Now, Logger: o.Logger, Faults: faults, Agenda: s.agenda})
	m := messenger.New(messenger.Options{Meta: id, Now: o.Now, Faults: faults, Agenda: s.agenda, World: w, Webhooks: s.hooks})
	s.customers = customers.New(customers.Options{
		Living: o.Customers, Rate: o.Rate, Past: o.Past, History: o.History, Story: o.Story,
		Meta: id, Agenda: s.agenda, World: w, Webhooks: s.hooks, Messenger: m,
	})
	s.graph = graph.New(graph.Options{
		Meta: id, Now: o.Now, Logger: o.Logger, Faults: faults, World: w, Webhooks: s.hooks, Messenger: m, Got: s.customers.Got,
	})
	s.crm = pipedrive.New(pipedrive.Options{
		Seed: o.Seed, URL: id.URL, Now: o.Now, Logger: o.Logger, Faults: faults, Agenda: s.agenda, Customers: acquaintances(s.customers),
	})
	s.control = control.New(control.Options{
		Meta: id, Logger: o.Logger, Faults: faults, World: w, Webhooks: s.hooks, Messenger: m,
		Graph: s.graph, Customers: s.customers, Pipedrive: s.crm, Mail: s.mail,
	})
	s.info = Info{
		GraphURL: id.URL, DialogURL: id.URL, PageID: id.PageID, PageToken: id.PageToken, UserToken: id.UserToken,
		AppID: id.AppID, AppSecret: id.AppSecret, VerifyToken: id.VerifyToken,
		SMTPURL: s.mail.URL(), ControlURL: id.URL + "/control",
		PipedriveURL: id.URL, PipedriveToken: s.crm.Token(), PipedriveOAuthURL: id.URL,
	}
	s.info.PipedriveClientID, s.info.PipedriveClientSecret = s.crm.Client()
}

// acquaintances returns the living customers, as Pipedrive may know them.
func acquaintances(of *customers.Customers) []pipedrive.Customer {
	var list []pipedrive.Customer
	for _, c := range of.Living() {
		list = append(list, pipedrive.Customer{Name: c.Person.Name, Phone: c.Phone, Email: c.Email})
	}
	return list
}

// Info returns the sandbox's addresses, ids and secrets.
func (s *Sandbox) Info() Info { return s.info }

// Run serves until ctx ends, then stops cleanly: when it returns, the listener
// is closed and no goroutine of the sandbox is left. It can be called once.
func (s *Sandbox) Run(ctx context.Context) error {
	if s.ran.Swap(true) {
		return errors.New("sandbox: Run was called before")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	srv := &http.Server{
		Handler:           http.HandlerFunc(s.serve),
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       2 * time.Minute,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	var parts sync.WaitGroup
	parts.Go(func() { served <- srv.Serve(s.ln) })
	for _, run := range []func(context.Context){s.mail.Run, s.agenda.Run, s.hooks.Run, s.customers.Run, s.crm.Run} {
		parts.Go(func() { run(ctx) })
	}

	var err error
	select {
	case <-ctx.Done():
	case err = <-served:
	}
	cancel()
	stop(srv)
	parts.Wait()
	s.hooks.Close()
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("sandbox: serve: %w", err)
	}
	return nil
}

// stop closes the server. The handlers' context is already cancelled, so the grace is short.
func stop(srv *http.Server) {
	grace, done := context.WithTimeout(context.Background(), 2*time.Second)
	defer done()
	if srv.Shutdown(grace) != nil {
		_ = srv.Close()
	}
}

// serve routes the listener: the control API, the media that customers send,
// Pipedrive's API and OAuth, and everything else to the Graph API.
func (s *Sandbox) serve(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case path == "/control" || strings.HasPrefix(path, "/control/"):
		s.control.ServeHTTP(w, r)
	case strings.HasPrefix(path, "/media/"):
		s.graph.ServeMedia(w, r)
	case strings.HasPrefix(path, "/oauth/") && path != graph.OAuthPath:
		s.crm.ServeOAuth(w, r)
	case graph.IsDialog(path):
		s.graph.ServeDialog(w, r)
	case pipedrive.Serves(path):
		s.crm.ServeHTTP(w, r)
	default:
		s.graph.ServeHTTP(w, r)
	}
}

// checkLoopback refuses an address that other machines could reach.
func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("sandbox: listen address %q: %w", addr, err)
	}
	if host == "localhost" {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("sandbox: listen address %q is not loopback; use 127.0.0.1, [::1] or localhost", addr)
}
