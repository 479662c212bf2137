package api

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"parley/hub"
	"parley/model"
)

// Verifier tells whether a webhook's body was signed by Meta.
type Verifier interface {
	Verify(signature string, body []byte) bool
}

// Options are what the server is made of.
type Options struct {
	Hub      *hub.Hub
	Verifier Verifier
	// AppID is our app's, by which echoes of our own replies are known.
	AppID model.AppID
	// VerifyToken is what Meta must name when it shakes hands.
	VerifyToken string
	Version     string
	Logger      *slog.Logger
	Now         func() time.Time
}

type server struct {
	hub         *hub.Hub
	verifier    Verifier
	appID       model.AppID
	verifyToken string
	log         *slog.Logger
	now         func() time.Time
}

// New returns the hub's HTTP handler.
func New(o Options) http.Handler {
	s := &server{
		hub: o.Hub, verifier: o.Verifier, appID: o.AppID, verifyToken: o.VerifyToken, log: o.Logger, now: o.Now,
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /webhooks/messenger", s.handshake)
	mux.HandleFunc("POST /webhooks/messenger", s.receive)

	api := humago.New(mux, config(o.Version))
	api.UseMiddleware(s.authenticate(api))
	s.health(api)
	s.accounts(api)
	s.pages(api)
	s.conversations(api)
	s.messages(api)
	s.notices(api)
	return recovered(s.log, mux)
}

func config(version string) huma.Config {
	c := huma.DefaultConfig("Parley", version)
	c.Info.Description = "The hub's interface for clients. Times are RFC 3339 in UTC. Lists answer with " +
		"as_of: where each Page's stream stood when the list was read."
	c.CreateHooks = nil // no $schema in answers
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
			log.Error("handler panicked", "path", r.Pattern, "panic", p)
			writeProblem(w, newProblem(http.StatusInternalServerError, codeInternal, "The hub made a mistake. Its log says more."))
		}()
		next.ServeHTTP(w, r)
	})
}
