// Package webhooks is Meta's webhooks: what the app and the Page have subscribed to, and the
// outbox of the events that wait for the callback.
//
// A customer's events keep their order, unless a fault has it otherwise. An event that the
// callback does not answer with 200 is tried again until it does.
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

// Options are what webhooks are set up with.
type Options struct {
	Meta   meta.Identity
	Now    func() time.Time
	Logger *slog.Logger
	Faults *fault.List
	Agenda *agenda.Agenda
}

// Webhooks are the webhooks of the one app. They go out while Run runs.
//
// mu may be taken with the world's held, not the other way round; the locks of the faults
// and of the agenda come after it. It is never held while something is posted.
type Webhooks struct {
	meta   meta.Identity
	now    func() time.Time
	log    *slog.Logger
	faults *fault.List
	agenda *agenda.Agenda
	client *http.Client
	turns  chan struct{} // one token for each POST in flight
	wake   wait.Bell     // there is something to look at
	eased  wait.Bell     // the outbox has become shorter
	active chan struct{} // closed once events go out
	posts  sync.WaitGroup

	mu     sync.Mutex
	chance *rand.Rand
	app    appSubscription
	page   pageSubscription
	out    outbox
	opened bool // active is closed
}

// New makes an app that nobody has subscribed to yet.
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

// Run sends what waits until ctx ends. When it returns, none of its POSTs is under way.
func (h *Webhooks) Run(ctx context.Context) {
	h.dispatch(ctx)
	h.posts.Wait()
}

// Close closes idle connections, once nobody posts or shakes hands any more.
func (h *Webhooks) Close() { h.client.CloseIdleConnections() }

// Event is an event on its way to the callback.
type Event struct {
	psid    string // whose order it keeps; "" for the Page
	field   string // the subscription field it belongs to
	standby bool
	body    json.RawMessage
	done    chan struct{} // closed once delivered or given up; may be nil
}

// NewEvent makes an event of a subscription field; psid is whose order it keeps, empty for
// an event of the Page.
func (h *Webhooks) NewEvent(psid, field string, m meta.Messaging) *Event {
	body, err := meta.Encode(m)
	if err != nil { // only possible for a payload that is not JSON
		h.log.Error("encode event", "field", field, "err", err)
		body = []byte("{}")
	}
	return &Event{psid: psid, field: field, body: body}
}

// Standby has another app control the thread: the event comes by standby.
func (e *Event) Standby() { e.standby, e.field = true, "standby" }

// finish tells whoever waits that the event's way has ended.
func (e *Event) finish() {
	if e.done != nil {
		close(e.done)
		e.done = nil
	}
}
