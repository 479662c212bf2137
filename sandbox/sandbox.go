// Package sandbox is the outside world in a box: Meta's Graph API on loopback,
// over real HTTP, for one Page whose customers write, read, answer and fall
// silent; and Pipedrive, by which users sign in, with its records. A hub is run against it
// exactly as against Facebook, and judged by it: the sandbox knows what every customer
// really got.
//
// It imports nothing of ours, so that it stays an independent judge. It knows
// only Meta's and Pipedrive's wire.
//
// Concurrency. One mutex, Sandbox.mu, guards all state: the Page, the customers
// and their messages, the subscriptions and the outbox of webhooks. The faults,
// the agenda and the mails and Pipedrive have locks of their own, which may be taken with mu held. Methods whose comment says "mu held" expect it; all others take
// it themselves. It is never held across network I/O, a sleep or a channel wait.
// Every goroutine is started by Run (or by a goroutine Run awaits) and ends when
// Run's context ends.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"parley/sandbox/agenda"
	"parley/sandbox/fault"
	"parley/sandbox/mail"
	"parley/sandbox/pipedrive"
	"parley/sandbox/seeded"
	"parley/sandbox/wait"
)

// Options say how a sandbox is set up. The zero value is a quiet Page: no
// history, and nobody who writes by themselves.
type Options struct {
	Listen    string           // loopback address to listen on; default 127.0.0.1:0
	Seed      uint64           // ids, secrets, people and what they say all follow from it
	Customers int              // how many customers live here and write by themselves
	Rate      float64          // messages a second that they write together; 0: they stay silent
	Past      int              // conversations from before: they stand in the Page's inbox, and no webhook tells of them
	History   int              // old conversations, delivered as webhooks once the Page is subscribed
	Now       func() time.Time // Meta's clock; default time.Now
	Logger    *slog.Logger     // default: discard
}

// Info is what a hub and its tests need to know to use a sandbox.
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

	// Where Pipedrive's API and its OAuth dialog are, the company's API token, and the
	// app by which users sign in.
	PipedriveURL          string `json:"pipedrive_url"`
	PipedriveToken        string `json:"pipedrive_token"`
	PipedriveOAuthURL     string `json:"pipedrive_oauth_url"`
	PipedriveClientID     string `json:"pipedrive_client_id"`
	PipedriveClientSecret string `json:"pipedrive_client_secret"`
}

// Sandbox is one emulated Meta with one app, one Page and its customers.
// Create it with New, serve it with Run.
type Sandbox struct {
	opts   Options
	log    *slog.Logger
	mail   *mail.Server
	crm    *pipedrive.Pipedrive
	faults *fault.List
	agenda *agenda.Agenda
	info   Info
	userID string
	ln     net.Listener
	client *http.Client
	now    func() time.Time
	post   chan struct{} // one token for each webhook POST in flight
	wake   wait.Bell     // the dispatcher has something to look at
	eased  wait.Bell     // the outbox has become shorter
	wg     sync.WaitGroup

	mu     sync.Mutex
	ran    bool
	page   pageState
	app    appState
	world  world
	out    outbox
	calls  callLimit
	serial uint64     // makes ids unique
	wire   *rand.Rand // timing of echoes, deliveries and reads
	// accounts are fixed; codes and tokens are what the dialog made.
	accounts []*account
	codes    map[string]*authorization
	tokens   map[string]*credential

	paused bool // the living customers hold their breath
	active chan struct{}
	opened bool // active is closed
}

// New makes a sandbox and begins to listen. It refuses any address that is not
// loopback: what it serves has no protection of its own.
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
	s := &Sandbox{
		opts:   o,
		log:    o.Logger,
		ln:     ln,
		mail:   mails,
		faults: faults,
		agenda: agenda.New(),
		now:    o.Now,
		post:   make(chan struct{}, maxPosts),
		wake:   wait.NewBell(),
		eased:  wait.NewBell(),
		active: make(chan struct{}),
		client: newWebhookClient(),
		wire:   seeded.Stream(o.Seed, "wire"),
	}
	base := "http://" + ln.Addr().String()
	s.identify(base)
	s.openAccounts()
	s.calls.perSecond = callsPerSecond
	s.world = newWorld()
	s.out = newOutbox()
	s.populate()
	s.crm = pipedrive.New(pipedrive.Options{
		Seed: o.Seed, URL: base, Now: o.Now, Logger: o.Logger, Faults: faults, Agenda: s.agenda, Customers: s.acquaintances(),
	})
	s.info.PipedriveToken = s.crm.Token()
	s.info.PipedriveClientID, s.info.PipedriveClientSecret = s.crm.Client()
	return s, nil
}

// Info tells where the sandbox listens and with what ids and secrets.
func (s *Sandbox) Info() Info { return s.info }

// Run serves until ctx ends, then stops cleanly: when it returns, the listener
// is closed and no goroutine of the sandbox is left. It can be called once.
func (s *Sandbox) Run(ctx context.Context) error {
	s.mu.Lock()
	ran := s.ran
	s.ran = true
	s.mu.Unlock()
	if ran {
		return errors.New("sandbox: Run was called before")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	srv := &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       2 * time.Minute,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	s.wg.Go(func() { served <- srv.Serve(s.ln) })
	s.wg.Go(func() { s.mail.Run(ctx) })
	s.wg.Go(func() { s.agenda.Run(ctx) })
	s.wg.Go(func() { s.dispatch(ctx) })
	s.wg.Go(func() { s.deliverHistory(ctx) })
	s.wg.Go(func() { s.live(ctx) })
	s.wg.Go(func() { s.crm.Run(ctx) })

	var err error
	select {
	case <-ctx.Done():
	case err = <-served:
	}
	cancel()
	s.stop(srv)
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("sandbox: serve: %w", err)
	}
	return nil
}

// stop closes the server and waits for every goroutine. Handlers see their
// context cancelled already, so that the grace is short.
func (s *Sandbox) stop(srv *http.Server) {
	grace, done := context.WithTimeout(context.Background(), 2*time.Second)
	defer done()
	if srv.Shutdown(grace) != nil {
		_ = srv.Close()
	}
	s.wg.Wait()
	s.client.CloseIdleConnections()
}

// handler routes the listener: the control API, the media that customers send,
// Pipedrive's API and OAuth, and everything else to the Graph API.
func (s *Sandbox) handler() http.Handler {
	control := s.controlHandler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/control" || strings.HasPrefix(r.URL.Path, "/control/"):
			control.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/media/"):
			s.serveMedia(w, r)
		case strings.HasPrefix(r.URL.Path, "/oauth/") && r.URL.Path != graphOAuth:
			s.crm.ServeOAuth(w, r)
		case isDialog(r.URL.Path):
			s.serveDialog(w, r)
		case pipedrive.Serves(r.URL.Path):
			s.crm.ServeHTTP(w, r)
		default:
			s.serveGraph(w, r)
		}
	})
}

// acquaintances are the living customers as Pipedrive may know them.
func (s *Sandbox) acquaintances() []pipedrive.Customer {
	var list []pipedrive.Customer
	for _, c := range s.world.living {
		list = append(list, pipedrive.Customer{Name: c.person.name, Phone: c.phone, Email: c.email})
	}
	return list
}

// checkLoopback refuses an address that others could reach.
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

// after calls do with mu held once d has passed; do must not block. mu may be held.
func (s *Sandbox) after(d time.Duration, do func()) {
	s.agenda.After(d, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		do()
	})
}
