// Package graph is Meta's Graph API, with Facebook's login dialog and the media that customers
// send: sends and their attachments, conversations, profiles, the Messenger profile,
// subscriptions, tokens.
//
// Concurrency. Facebook's data is in the world, accessed within its Do. Facebook Login, the
// Messenger profile, the kept files and the rate limit have a lock each, which may be taken
// within Do and is not held across calls.
package graph

import (
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"parley/sandbox/fault"
	"parley/sandbox/messenger"
	"parley/sandbox/meta"
	"parley/sandbox/seeded"
	"parley/sandbox/webhooks"
	"parley/sandbox/world"
)

// Options configure the Graph API.
type Options struct {
	Meta      meta.Identity
	Now       func() time.Time
	Logger    *slog.Logger
	Faults    *fault.List
	World     *world.World
	Webhooks  *webhooks.Webhooks
	Messenger *messenger.Messenger
	// Got is called for each message that a customer got, with no lock held; may be nil.
	Got func(*world.Customer)
}

// Graph is the Graph API of one app with one Page.
type Graph struct {
	meta      meta.Identity
	now       func() time.Time
	log       *slog.Logger
	faults    *fault.List
	world     *world.World
	hooks     *webhooks.Webhooks
	messenger *messenger.Messenger
	got       func(*world.Customer)

	login   *login
	profile profile
	files   files
	media   media
	limit   callLimit
	answers atomic.Uint64 // how many were given so far
}

// New returns the Graph API.
func New(o Options) *Graph {
	if o.Got == nil {
		o.Got = func(*world.Customer) {}
	}
	return &Graph{
		meta: o.Meta, now: o.Now, log: o.Logger, faults: o.Faults, world: o.World, hooks: o.Webhooks, messenger: o.Messenger, got: o.Got,
		login: newLogin(o), limit: callLimit{perSecond: callsPerSecond},
	}
}

// page returns the Page's present state.
func (g *Graph) page() (p world.Page) {
	g.world.Do(func(st *world.State) { p = st.Page })
	return p
}

// Names reports whether an id in a path is, or could be, something other than a customer.
func (g *Graph) Names(id string) bool {
	switch id {
	case "me", "debug_token", "oauth", "dialog", "media", g.meta.PageID, g.meta.AppID:
		return true
	}
	return g.login.hasID(id) || strings.HasPrefix(id, "t_") || strings.HasPrefix(id, "m_") || isVersion(id)
}

// ServeHTTP serves one Graph call: it parses, authenticates, finds the operation, applies faults,
// and runs it.
func (g *Graph) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, err := readCall(w, r)
	var op operation
	switch {
	case err != nil:
	case r.Method == http.MethodGet && strings.Join(c.path, "/") == "oauth/access_token":
		op = operation{class: "graph", do: g.login.accessToken} // its own secrets authenticate it
	default:
		if err = g.authenticate(c); err == nil {
			op, err = g.operation(c)
		}
	}
	if err != nil {
		g.answer(w, c, nil, err)
		return
	}
	f := g.faults.Match(op.class, op.psid, fault.OnCall)
	if f != nil && f.Before(w, r) {
		return
	}
	if f != nil && f.Kind == "error" {
		g.answer(w, c, nil, faultError(f))
		return
	}
	body, err := op.do(c)
	if f != nil && err == nil && f.After(w, r) {
		return
	}
	g.answer(w, c, body, err)
}

// authenticate determines whose token the call has, and checks the proof.
func (g *Graph) authenticate(c *call) error {
	c.token = c.param("access_token")
	if h, ok := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer "); ok {
		c.token = strings.TrimSpace(h)
	}
	if c.token == "" {
		return errNoToken()
	}
	if c.token == g.meta.AppToken() {
		c.who = asApp
		return nil
	}
	held := g.login.credential(c.token)
	switch {
	case held == nil:
		return errBadToken()
	case held.who == asPage && g.page().TokenRefused:
		return errTokenRefused()
	case !held.valid(g.now()):
		return errTokenExpired()
	}
	c.who, c.holds = held.who, held
	got := c.param("appsecret_proof")
	if !hmac.Equal([]byte(got), []byte(meta.Proof(g.meta.AppSecret, c.token))) {
		return errProof(got != "")
	}
	return nil
}

// answer writes the result of a call with Meta's headers.
func (g *Graph) answer(w http.ResponseWriter, c *call, body any, err error) {
	trace := seeded.Derive(g.meta.Seed, "trace "+strconv.FormatUint(g.answers.Add(1), 10))
	traceID := "A" + strings.NewReplacer("-", "x", "_", "y").Replace(base64.RawURLEncoding.EncodeToString(trace[:12]))
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("Cache-Control", "private, no-cache, no-store, must-revalidate")
	h.Set("facebook-api-version", c.version)
	h.Set("x-fb-trace-id", traceID)
	h.Set("x-fb-request-id", "A"+base64.RawURLEncoding.EncodeToString(trace[12:28]))
	h.Set("x-fb-rev", "1018678277")
	var ge *graphError
	if err != nil && !errors.As(err, &ge) {
		g.log.Error("graph call", "path", c.r.URL.Path, "err", err)
		ge = errByCode(1, 0)
	}
	g.usageHeaders(h, c, ge)
	status := http.StatusOK
	if ge != nil {
		status, body = ge.httpStatus(), ge.body(traceID)
		if ge.code == 190 {
			h.Set("WWW-Authenticate", fmt.Sprintf(`OAuth "Facebook Platform" "invalid_token" "%s"`, ge.message))
		}
	}
	raw, err := meta.Encode(body)
	if err != nil {
		g.log.Error("encode answer", "err", err)
		status, raw = http.StatusInternalServerError, []byte("{}")
	}
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}

// usageHeaders sets Meta's rate headers: low numbers, or full ones when throttled.
func (g *Graph) usageHeaders(h http.Header, c *call, ge *graphError) {
	use, regain := 1, 0
	if ge != nil && ge.throttle() {
		use, regain = 100, ge.regain
	}
	h.Set("x-app-usage", fmt.Sprintf(`{"call_count":%d,"total_cputime":%d,"total_time":%d}`, use, min(use, 25), min(use, 25)))
	if c.who == asPage {
		h.Set("x-business-use-case-usage", fmt.Sprintf(
			`{"%s":[{"type":"messenger","call_count":%d,"total_cputime":%d,"total_time":%d,"estimated_time_to_regain_access":%d}]}`,
			g.meta.PageID, use, min(use, 25), min(use, 25), regain))
	}
}
