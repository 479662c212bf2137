// Package webhooks is Meta's webhooks: the subscriptions of the app and the Page, and the outbox
// of events for the callback.
//
// A customer's events stay in order, unless a fault reorders them. An event that the callback
// does not answer with 200 is tried again until it does.
package webhooks

import (
	"context"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"parley/sandbox/agenda"
	"parley/sandbox/fault"
	"parley/sandbox/meta"
	"parley/sandbox/seeded"
	"parley/sandbox/wait"
)

// Options configure webhooks.
type Options struct {
	Meta   meta.Identity
	Now    func() time.Time
	Logger *slog.Logger
	Faults *fault.List
	Agenda *agenda.Agenda
}

// Webhooks are the webhooks of the one app. They are sent while Run runs.
//
// mu may be taken with the world's lock held, not the other way round; the locks of faults and
// agenda come after it. It is never held while something is posted.
type Webhooks struct {
	meta   meta.Identity
	now    func() time.Time
	log    *slog.Logger
	faults *fault.List
	agenda *agenda.Agenda
	client *http.Client
	turns  chan struct{} // one token for each POST in flight
	wake   wait.Bell     // there may be work
	eased  wait.Bell     // the outbox has become shorter
	active chan struct{} // closed once events are sent
	posts  sync.WaitGroup

	mu     sync.Mutex
	chance *rand.Rand
	app    appSubscription
	page   pageSubscription
	out    outbox
	opened bool // active is closed
}

// New returns webhooks without subscriptions.
func New(o Options) *Webhooks {
	return &Webhooks{
		meta: o.Meta, now: o.Now, log: o.Logger, faults: o.Faults, agenda: o.Agenda,
		client: &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: maxPosts * 2, IdleConnTimeout: time.Minute, Proxy: nil},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		turns: make(chan struct{}, maxPosts), wake: wait.NewBell(), eased: wait.NewBell(), active: make(chan struct{}),
		chance: seeded.Stream(o.Meta.Seed, "webhooks"), out: newOutbox(),
	}
}

// Run sends events until ctx ends. When it returns, none of its POSTs is in flight.
func (h *Webhooks) Run(ctx context.Context) {
	h.dispatch(ctx)
	h.posts.Wait()
}

// Close closes idle connections, once nobody posts any more.
func (h *Webhooks) Close() { h.client.CloseIdleConnections() }

// Event is an event on its way to the callback.
type Event struct {
	psid    string // whose order it is in; "" for the Page
	field   string // the subscription field
	standby bool
	body    json.RawMessage
	done    chan struct{} // closed once delivered or given up; may be nil
}

// NewEvent returns an event of a subscription field; psid is the customer whose order it is in,
// "" for an event of the Page.
func (h *Webhooks) NewEvent(psid, field string, m meta.Messaging) *Event {
	body, err := meta.Encode(m)
	if err != nil { // only for a payload that is not JSON
		h.log.Error("encode event", "field", field, "err", err)
		body = []byte("{}")
	}
	return &Event{psid: psid, field: field, body: body}
}

// Standby marks the event as received by standby: another app controls the thread.
func (e *Event) Standby() { e.standby, e.field = true, "standby" }

// finish signals that the event was delivered or given up.
func (e *Event) finish() {
	if e.done != nil {
		close(e.done)
		e.done = nil
	}
}
