package webhooks

import (
	"strconv"
	"time"

	"parley/sandbox/fault"
)

// Limits of delivery.
const (
	maxBatch  = 1000 // events in one POST
	maxPosts  = 4    // POSTs in flight
	ownLanes  = "~"  // prefix of the lanes of events out of order
	scatterIn = 500 * time.Millisecond
)

// outbox holds the events for the callback, in a lane for each customer. A lane has at most one
// POST in flight, which keeps a customer's events in order; lanes do not wait for each other.
type outbox struct {
	lanes   map[string]*lane
	ready   []*lane // have events and no POST in flight
	pending int     // events not delivered yet
	strays  uint64
	kick    chan struct{} // closed to wake pausing retries
}

type lane struct {
	key    string
	queue  []*Event
	listed bool // in ready, or busy
}

func newOutbox() outbox {
	return outbox{lanes: map[string]*lane{}, kick: make(chan struct{})}
}

// Emit sends an event to the callback if the app and the Page have subscribed to its field, in
// its customer's order, as the faults allow.
func (h *Webhooks) Emit(e *Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.listening() || !h.page.fields[e.field] || !h.app.fields[e.field] {
		e.finish()
		return
	}
	switch f := h.faults.Match("webhook", e.psid, fault.OnWebhook); {
	case f == nil:
		h.enqueue(e.psid, e)
	case f.Kind == "drop":
		e.finish()
	case f.Kind == "duplicate":
		h.enqueue(e.psid, e)
		twin := *e
		twin.done = nil
		h.stray(&twin, 20*time.Millisecond+h.within(scatterIn))
	case f.Kind == "shuffle":
		h.stray(e, h.within(f.DelayOr(scatterIn)))
	case f.Kind == "delay":
		h.stray(e, f.DelayOr(time.Second))
	}
}

// EmitFirst is Emit for a caller that must wait for it: it returns a channel that is closed once
// the callback has the event, or will never get it.
func (h *Webhooks) EmitFirst(e *Event) <-chan struct{} {
	done := make(chan struct{})
	e.done = done
	h.Emit(e)
	return done
}

// Pending returns how many events wait.
func (h *Webhooks) Pending() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.out.pending
}

// Eased signals when the outbox has become shorter.
func (h *Webhooks) Eased() <-chan struct{} { return h.eased }

// stray delivers an event later and out of its customer's order. mu must be held.
func (h *Webhooks) stray(e *Event, d time.Duration) {
	h.out.strays++
	key := ownLanes + strconv.FormatUint(h.out.strays, 10)
	h.agenda.After(d, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.enqueue(key, e)
	})
}

// within returns a random time up to d, never zero. mu must be held.
func (h *Webhooks) within(d time.Duration) time.Duration {
	return time.Millisecond + time.Duration(h.chance.Int64N(int64(d)))
}

// enqueue puts an event into a lane. mu must be held.
func (h *Webhooks) enqueue(key string, e *Event) {
	l := h.out.lanes[key]
	if l == nil {
		l = &lane{key: key}
		h.out.lanes[key] = l
	}
	l.queue = append(l.queue, e)
	h.out.pending++
	if !l.listed {
		l.listed = true
		h.out.ready = append(h.out.ready, l)
	}
	h.wake.Ring()
}
