package pipedrive

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"time"

	"parley/sandbox/agenda"
	"parley/sandbox/fault"
	"parley/sandbox/wait"
)

// The rules of Pipedrive's webhooks, version 2.
//
// Source: Pipedrive, "Guide for Webhooks v2".
const (
	webhooksMost = 40 // per user
	nameMost     = 255
	answerWait   = 10 * time.Second
	banAt        = 10 // failed first attempts in a row
	banTime      = 30 * time.Minute
)

// retryPauses are the pauses before the second, third and fourth attempt.
func retryPauses() []time.Duration {
	return []time.Duration{3 * time.Second, 30 * time.Second, 150 * time.Second}
}

// webhook is a subscription.
type webhook struct {
	id                   int
	owner, user          *user // its owner, and the user whose permissions apply
	address              string
	action, object, name string
	login, password      string
	added                time.Time
	failed               int // first attempts in a row
	bannedUntil          time.Time
	status               any // of the last attempt
	lastAt               time.Time
}

// webhooks are those of all companies, and their pending deliveries. Its lock may be taken with
// Pipedrive's held, not the other way round, and nothing is posted with it held.
type webhooks struct {
	book   *book
	now    func() time.Time
	log    *slog.Logger
	faults *fault.List
	agenda *agenda.Agenda
	client *http.Client
	rung   wait.Bell // something waits

	mu        sync.Mutex
	list      []*webhook
	waiting   []delivery
	scale     float64 // of the pauses between attempts
	delivered int
	failed    int
	lost      int // to a ban, a fault, or after the last attempt
	serial    int
}

func newWebhooks(b *book, o Options) *webhooks {
	return &webhooks{
		book: b, now: o.Now, log: o.Logger, faults: o.Faults, agenda: o.Agenda, rung: wait.NewBell(), scale: 1,
		client: &http.Client{
			Transport:     &http.Transport{IdleConnTimeout: time.Minute},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// any reports whether there is a webhook.
func (h *webhooks) any() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.list) > 0
}

func (k *webhook) node() map[string]any {
	return map[string]any{
		"id": k.id, "company_id": k.owner.company.id, "owner_id": k.owner.id, "user_id": k.user.id, "event_action": k.action, "event_object": k.object,
		"subscription_url": k.address, "version": "2.0", "is_active": 1, "name": k.name, "type": "general", "http_auth_user": textOrNull(k.login),
		"http_auth_password": nil, "add_time": k.added.UTC().Format(timeV2), "remove_time": nil, "removal_reason": nil,
		"last_delivery_time": timeOrNull(k.lastAt), "last_http_status": k.status,
	}
}

// answerList answers GET /webhooks: those of the caller.
func (h *webhooks) answerList(c call) (int, any) {
	list := []map[string]any{}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, k := range h.list {
		if k.owner == c.user {
			list = append(list, k.node())
		}
	}
	return http.StatusOK, map[string]any{"success": true, "status": "ok", "data": list}
}

// unreachable is the answer for an address where nobody listens.
func unreachable() (int, any) {
	return http.StatusBadRequest, map[string]any{"status": "error", "success": false, "errors": map[string]any{"subscription_url": []string{"invalid or non-reachable URL"}}}
}

// reach checks whether somebody listens at the address of a new webhook, before the call is
// served. The sandbox connects only to this machine.
func reach(r *http.Request, body []byte) (status int, answer any, ok bool) {
	var in struct {
		Address string `json:"subscription_url"`
	}
	if json.Unmarshal(body, &in) != nil || in.Address == "" {
		return 0, nil, true // the route reports the error in the body
	}
	u, err := url.Parse(in.Address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !onThisMachine(u.Hostname()) {
		status, answer = unreachable()
		return status, answer, false
	}
	port := u.Port()
	if port == "" {
		port = u.Scheme
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		status, answer = unreachable()
		return status, answer, false
	}
	_ = conn.Close()
	return 0, nil, true
}

func onThisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// add answers POST /webhooks; only an admin may. Pipedrive.mu must be held.
func (h *webhooks) add(c call) (int, any) {
	if !c.user.admin {
		return http.StatusForbidden, failure("You do not have permission to do this")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.serial++
	k := &webhook{id: h.serial, owner: c.user, user: c.user, added: h.now()}
	b, version := c.input(), "2.0"
	decodeKey(b, "subscription_url", &k.address)
	decodeKey(b, "event_action", &k.action)
	decodeKey(b, "event_object", &k.object)
	decodeKey(b, "name", &k.name)
	decodeKey(b, "http_auth_user", &k.login)
	decodeKey(b, "http_auth_password", &k.password)
	decodeKey(b, "version", &version)
	var id int
	if decodeKey(b, "user_id", &id) {
		i := slices.IndexFunc(h.book.users, func(u *user) bool { return u.id == id && u.company == c.user.company })
		if i < 0 {
			b.fail("Validation failed: user_id is nobody of the company")
		} else {
			k.user = h.book.users[i]
		}
	}
	switch {
	case k.address == "":
		b.fail("Validation failed: subscription_url is required")
	case !slices.Contains([]string{"create", "change", "delete", "*"}, k.action):
		b.fail("Validation failed: event_action")
	case !slices.Contains([]string{"activity", "deal", "lead", "note", "organization", "person", "pipeline", "product", "stage", "user", "*"}, k.object):
		b.fail("Validation failed: event_object")
	case k.name == "" || len(k.name) > nameMost:
		b.fail("Validation failed: name is required, of at most 255 characters")
	case version != "2.0":
		b.fail("Validation failed: the sandbox knows version 2.0 alone")
	}
	if status, answer, ok := b.done(); !ok {
		return status, answer
	}
	mine := 0
	for _, other := range h.list {
		if other.owner == c.user {
			mine++
		}
	}
	if mine >= webhooksMost {
		return http.StatusUnprocessableEntity, failure("Webhooks limit reached")
	}
	h.list = append(h.list, k)
	return http.StatusCreated, map[string]any{"success": true, "status": "ok", "data": k.node()}
}

// drop answers DELETE /webhooks/{id}.
func (h *webhooks) drop(c call) (int, any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := slices.IndexFunc(h.list, func(k *webhook) bool { return k.id == c.id() && k.owner == c.user })
	if i < 0 {
		return notFound()
	}
	h.list = slices.Delete(h.list, i, i+1)
	return http.StatusOK, map[string]any{"success": true, "status": "ok"}
}
