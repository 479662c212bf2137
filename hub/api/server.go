package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"parley/hub"
	"parley/hub/api/accounts"
	"parley/hub/api/browser"
	"parley/hub/api/conversations"
	"parley/hub/api/crm"
	"parley/hub/api/desk"
	"parley/hub/api/door"
	"parley/hub/api/pages"
	"parley/hub/api/snippets"
	"parley/hub/api/socket"
	"parley/hub/api/status"
	"parley/hub/api/webhooks"
	"parley/model"
)

// Options configure the server.
type Options struct {
	Hub      *hub.Hub
	Verifier webhooks.Verifier
	// AppID is our app's id, by which echoes of our own replies are recognised.
	AppID model.AppID
	// Secure: browsers reach the hub by https, so that cookies can be restricted to it.
	Secure bool
	// VerifyToken is what Meta must send in its handshake.
	VerifyToken string
	Version     string
	// PublicURL is where browsers reach the hub.
	PublicURL string
	Logger    *slog.Logger
	Now       func() time.Time
	// Proxies are the addresses of proxies whose Forwarded or X-Forwarded-For is trusted.
	Proxies []netip.Prefix
	// Stopping ends when the server stops: it closes the websockets, which an http.Server's
	// shutdown neither waits for nor closes. Nil means never.
	Stopping context.Context
}

// New returns the hub's HTTP handler.
func New(o Options) http.Handler {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Stopping == nil {
		o.Stopping = context.Background()
	}
	o.PublicURL = strings.TrimRight(o.PublicURL, "/")
	d := door.New(door.Options{Hub: o.Hub, Log: o.Logger, LoginPoll: o.Hub.Timing().LoginPoll})
	mux := http.NewServeMux()
	api := humago.New(mux, config(o.Version))
	api.UseMiddleware(d.Authenticate(api))
	register(o, d, api, mux)
	mux.HandleFunc("GET /docs", docs(api))
	boundBodies(api)
	return door.Guarded(door.Proxies(o.Proxies).Told(d.Measure(conversations.UploadsPath, door.Recovered(o.Logger, routed(mux, newFigures(o.Hub.Registry()))))))
}

// register adds the routes of all families.
func register(o Options, d *door.Door, api huma.API, mux *http.ServeMux) {
	timing := o.Hub.Timing()
	webhooks.New(webhooks.Options{
		Hub: o.Hub, Door: d, Verifier: o.Verifier, AppID: o.AppID, VerifyToken: o.VerifyToken, Within: timing.Webhook, Now: o.Now,
	}).Register(mux)
	socket.New(socket.Options{Hub: o.Hub, Door: d, Stopping: o.Stopping, Progress: timing.Progress, Dead: timing.Dead}).Register(mux)

	status.New(o.Hub, d).Register(api)
	conversations.New(o.Hub, d, o.PublicURL).Register(api, mux)
	pages.New(o.Hub, d, func(link string) string { return browser.ConnectLink(o.PublicURL, link) }).Register(api)
	crm.New(o.Hub, d).Register(api)
	desk.New(o.Hub, d).Register(api)
	snippets.New(o.Hub, d).Register(api)

	wrong, forms := door.NewCodeLimit(o.Now), browser.NewForms(o.PublicURL, o.Secure)
	a := accounts.New(o.Hub, d, wrong, o.Now)
	a.Register(api)
	browser.NewSignInPages(o.Hub, d, forms, wrong, a.BegunAt).Register(api, mux)
	browser.NewConnectPages(o.Hub, d, forms, o.PublicURL).Register(mux)
}

// boundBodies limits the body of each operation to what it needs.
func boundBodies(api huma.API) {
	for _, o := range routes(api.OpenAPI()) {
		o.MaxBodyBytes = door.StrangersBytes
		if len(o.Security) > 0 {
			o.MaxBodyBytes = door.UsersBytes
		}
	}
}

// routed answers an unknown route or a wrong method with a problem document; the mux alone
// would answer with plain text.
func routed(mux *http.ServeMux, f *figures) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		switch pattern {
		case "":
			f.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { unrouted(h, w, r) }), "none", w, r)
		case socket.Pattern: // it takes the connection over, for hours
			mux.ServeHTTP(w, r)
		default:
			f.serve(mux, pattern, w, r)
		}
	})
}

// unrouted answers by what the mux alone would say.
func unrouted(h http.Handler, w http.ResponseWriter, r *http.Request) {
	judged := &statusOnly{header: w.Header()}
	h.ServeHTTP(judged, r) // sets Allow, too
	detail := "There is no such thing."
	if judged.status == http.StatusMethodNotAllowed {
		detail = "This can't be asked by that method."
	}
	door.WriteProblem(w, door.NewProblem(judged.status, door.CodeOfStatus(judged.status), detail))
}

// statusOnly records an answer's status and headers, and drops its body.
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
	c.DocsPath = ""     // huma's page runs a third-party script; docs.go serves ours
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		door.Bearer: {Type: "http", Scheme: "bearer", Description: "A token from POST /v1/login."},
	}
	return c
}
