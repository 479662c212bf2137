package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"parley/hub"
	"parley/model"
)

// Verifier tells whether a webhook's body, which may come in pieces, was signed by Meta.
type Verifier interface {
	Verify(signature string, body ...[]byte) bool
}

// Options are what the server is made of.
type Options struct {
	Hub      *hub.Hub
	Verifier Verifier
	// AppID is our app's, by which echoes of our own replies are known.
	AppID model.AppID
	// Secure: browsers reach the hub by https, so that cookies need not travel otherwise.
	Secure bool
	// VerifyToken is what Meta must name when it shakes hands.
	VerifyToken string
	Version     string
	// PublicURL is where browsers reach the hub.
	PublicURL string
	Logger    *slog.Logger
	Now       func() time.Time
	// Proxies are the addresses of those whose Forwarded or X-Forwarded-For is believed.
	Proxies []netip.Prefix
	// Stopping ends when the server stops: websockets, which no shutdown of an
	// http.Server waits for or ends, are closed then. Nil: never.
	Stopping context.Context
}

type server struct {
	hub         *hub.Hub
	verifier    Verifier
	appID       model.AppID
	verifyToken string
	publicURL   string
	web         *webPages
	forms       *forms
	begun       begunFrom
	log         *slog.Logger
	now         func() time.Time
	// wrong are codes that let nobody in, devices sign-ins begun.
	wrong, devices *tries
	// room is what bodies may take, underway and sockets what users have open.
	room              *room
	linger            chan struct{}
	underway, sockets *underway
	mux               *http.ServeMux
	// secure: browsers reach the hub by https.
	secure   bool
	stopping context.Context //nolint:containedctx // it is the server's life, not a call's
}

// New returns the hub's HTTP handler.
func New(o Options) http.Handler {
	s := &server{
		hub: o.Hub, verifier: o.Verifier, appID: o.AppID, verifyToken: o.VerifyToken, log: o.Logger, now: o.Now,
		stopping: o.Stopping, secure: o.Secure, publicURL: strings.TrimRight(o.PublicURL, "/"),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.stopping == nil {
		s.stopping = context.Background()
	}
	s.forms = newForms(s.publicURL, s.secure)
	s.wrong, s.devices = newTries(s.now, triesOfOne, 0), newTries(s.now, devicesOfOne, devicesOfAll)
	s.linger = make(chan struct{}, lingering)
	s.room, s.underway, s.sockets = newRoom(), newUnderway(usersRequests), newUnderway(usersSockets)
	mux := http.NewServeMux()
	s.mux = mux
	mux.HandleFunc("GET /webhooks/messenger", s.handshake)
	mux.HandleFunc("POST /webhooks/messenger", s.receive)
	mux.HandleFunc("POST /webhooks/pipedrive", s.receiveCRM)
	mux.HandleFunc("GET /v1/stream", s.stream)

	api := humago.New(mux, config(o.Version))
	api.UseMiddleware(s.authenticate(api))
	s.health(api)
	s.accounts(api)
	s.deviceLogin(api)
	s.users(api)
	s.audit(api)
	s.pages(api)
	s.connections(api)
	s.imports(api)
	s.connectPages(mux)
	s.conversations(api)
	s.triage(api)
	s.messages(api)
	s.reactions(api)
	s.uploads(api)
	s.notices(api)
	s.greetings(api)
	s.doctor(api)
	s.crm(api)
	mux.HandleFunc("GET /docs", docs(api))
	boundBodies(api)
	return guarded(proxies(o.Proxies).told(s.measure(recovered(s.log, routed(mux)))))
}

// boundBodies has operations take no larger body than they have use for.
func boundBodies(api huma.API) {
	for _, o := range routes(api.OpenAPI()) {
		o.MaxBodyBytes = strangersBytes
		if len(o.Security) > 0 {
			o.MaxBodyBytes = usersBytes
		}
	}
}

// routed answers what is no route, or a route by another method, with a problem,
// where the mux alone would answer with plain text.
func routed(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		judged := &statusOnly{header: w.Header()}
		h.ServeHTTP(judged, r) // sets Allow, too
		detail := "There is no such thing."
		if judged.status == http.StatusMethodNotAllowed {
			detail = "This can't be asked by that method."
		}
		writeProblem(w, newProblem(judged.status, codeOfStatus(judged.status), detail))
	})
}

// statusOnly takes an answer's status and headers, and drops its body.
type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header         { return s.header }
func (s *statusOnly) WriteHeader(status int)      { s.status = status }
func (s *statusOnly) Write(b []byte) (int, error) { return len(b), nil }

func config(version string) huma.Config {
	c := huma.DefaultConfig("Parley", version)
	c.Info.Description = "The hub's interface for clients. Times are RFC 3339 in UTC. Lists answer with " +
		"as_of: where each Page's stream stood when the list was read."
	c.CreateHooks = nil // no $schema in answers
	c.DocsPath = ""     // huma's page runs a script of somebody else's; docs.go serves ours
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		bearer: {Type: "http", Scheme: "bearer", Description: "A token from POST /v1/login."},
	}
	return c
}

// recovered answers 500 for a panic in a handler, and logs where it was.
func recovered(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so, too
				panic(p)
			}
			log.Error("handler panicked", "path", r.Pattern, "panic", panicked(p), "stack", string(debug.Stack()))
			writeProblem(w, newProblem(http.StatusInternalServerError, codeInternal, "The hub made a mistake. Its log says more."))
		}()
		next.ServeHTTP(w, r)
	})
}

// panicked says what a panic was about. Only the runtime's own words are told: another
// value may hold what customers wrote.
func panicked(p any) string {
	if e, ok := p.(runtime.Error); ok {
		return e.Error()
	}
	return fmt.Sprintf("%T", p)
}
