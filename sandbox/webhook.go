package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"parley/sandbox/fault"
)

// The bounds of delivery.
const (
	maxBatch  = 1000 // events in one POST
	maxPosts  = 4    // POSTs in flight
	ownLanes  = "~"  // prefix of the lanes of events that lost their place
	scatterIn = 500 * time.Millisecond
)

// retryPause is the pause before the next try. Meta goes on with growing pauses
// for 36 hours; here the clock is faster, and nothing is ever given up.
func retryPause(try int) time.Duration {
	pauses := [...]time.Duration{200 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second}
	return pauses[min(try, len(pauses)-1)]
}

// outbox holds the events that wait for the callback, a lane for each customer.
// A lane has at most one POST under way, which keeps a customer's events in
// order; lanes do not wait for each other.
type outbox struct {
	lanes   map[string]*lane
	ready   []*lane // have events and no POST under way
	pending int     // events not delivered yet
	strays  uint64
	kick    chan struct{} // closed to call pausing retries
}

type lane struct {
	key    string
	queue  []*event
	listed bool // in ready, or busy
}

func newOutbox() outbox {
	return outbox{lanes: map[string]*lane{}, kick: make(chan struct{})}
}

func newWebhookClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: maxPosts * 2, IdleConnTimeout: time.Minute, Proxy: nil},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// emit sends an event to the callback if the app and the Page have subscribed to
// its field, in its customer's order, as far as the faults let it. mu held.
func (s *Sandbox) emit(e *event) {
	if !s.listening() || !s.page.fields[e.field] || !s.app.fields[e.field] {
		e.finish()
		return
	}
	switch f := s.faults.Take("webhook", e.psid, fault.OnWebhook); {
	case f == nil:
		s.enqueue(e.psid, e)
	case f.Kind == "drop":
		e.finish()
	case f.Kind == "duplicate":
		s.enqueue(e.psid, e)
		twin := *e
		twin.done = nil
		s.stray(&twin, 20*time.Millisecond+s.within(scatterIn))
	case f.Kind == "shuffle":
		s.stray(e, s.within(f.DelayOr(scatterIn)))
	case f.Kind == "delay":
		s.stray(e, f.DelayOr(time.Second))
	}
}

// stray delivers an event later and outside its customer's order. mu held.
func (s *Sandbox) stray(e *event, d time.Duration) {
	s.out.strays++
	key := ownLanes + strconv.FormatUint(s.out.strays, 10)
	s.after(d, func() { s.enqueue(key, e) })
}

// enqueue puts an event in a lane. mu held.
func (s *Sandbox) enqueue(key string, e *event) {
	l := s.out.lanes[key]
	if l == nil {
		l = &lane{key: key}
		s.out.lanes[key] = l
	}
	l.queue = append(l.queue, e)
	s.out.pending++
	if !l.listed {
		l.listed = true
		s.out.ready = append(s.out.ready, l)
	}
	s.wake.Ring()
}

// batch is the events of some lanes that go out in one POST.
type batch struct {
	lanes  []*lane
	events []*event
}

// takeBatch gathers what is ready, up to 1,000 events; nil when nothing is.
func (s *Sandbox) takeBatch() *batch {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.out.ready) == 0 {
		return nil
	}
	b := &batch{}
	for len(s.out.ready) > 0 && len(b.events) < maxBatch {
		l := s.out.ready[0]
		s.out.ready = s.out.ready[1:]
		n := min(len(l.queue), maxBatch-len(b.events))
		b.events = append(b.events, l.queue[:n]...)
		l.queue = l.queue[n:]
		b.lanes = append(b.lanes, l)
	}
	return b
}

// settle frees the lanes of a batch that is through.
func (s *Sandbox) settle(b *batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range b.events {
		e.finish()
	}
	s.out.pending -= len(b.events)
	for _, l := range b.lanes {
		if len(l.queue) == 0 {
			delete(s.out.lanes, l.key)
			continue
		}
		s.out.ready = append(s.out.ready, l)
	}
	s.wake.Ring()
	s.eased.Ring()
}

// dispatch sends batches until ctx ends, a bounded number at a time.
func (s *Sandbox) dispatch(ctx context.Context) {
	for {
		if !s.takeTurn(ctx) {
			return
		}
		b := s.takeBatch()
		if b != nil {
			s.wg.Go(func() { s.deliverBatch(ctx, b) })
			continue
		}
		<-s.post
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		}
	}
}

// takeTurn waits for one of the places for a POST under way.
func (s *Sandbox) takeTurn(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case s.post <- struct{}{}:
		return true
	}
}

// deliverBatch posts a batch until the callback answers 200. It holds a turn
// when called, gives it up while it pauses, and has none when it returns.
func (s *Sandbox) deliverBatch(ctx context.Context, b *batch) {
	body, err := s.envelope(b.events)
	if err != nil {
		s.log.Error("encode webhook", "err", err)
		<-s.post
		s.settle(b)
		return
	}
	for try := 0; ; try++ {
		callback, kick := s.destination()
		if callback == "" { // the Page was unsubscribed meanwhile
			<-s.post
			break
		}
		status, err := s.postBody(ctx, callback, body, signedWith(s.info.AppSecret, body))
		<-s.post
		if status == http.StatusOK {
			break
		}
		s.log.Info("webhook refused", "status", status, "err", err, "events", len(b.events), "try", try+1)
		if !s.pause(ctx, retryPause(try), kick) || !s.takeTurn(ctx) {
			return
		}
	}
	s.settle(b)
}

// destination is where events go now, "" for nowhere, and the channel that calls
// retries when that changes.
func (s *Sandbox) destination() (string, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.listening() {
		return "", nil
	}
	return s.app.callback, s.out.kick
}

// pause waits for d, or for the call to try at once.
func (s *Sandbox) pause(ctx context.Context, d time.Duration, kick <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-kick:
	case <-t.C:
	}
	return true
}

// entry is one entry of a webhook's body.
type entry struct {
	ID        string            `json:"id"`
	Time      int64             `json:"time"`
	Messaging []json.RawMessage `json:"messaging,omitempty"`
	Standby   []json.RawMessage `json:"standby,omitempty"`
	Changes   []json.RawMessage `json:"changes,omitempty"`
}

// envelope is the body of a POST: neighbouring events of one customer share an
// entry.
func (s *Sandbox) envelope(events []*event) ([]byte, error) {
	var entries []entry
	for i, e := range events {
		if i == 0 || e.psid != events[i-1].psid || e.standby != events[i-1].standby {
			entries = append(entries, entry{ID: s.info.PageID, Time: s.nowMS()})
		}
		last := &entries[len(entries)-1]
		if e.standby {
			last.Standby = append(last.Standby, e.body)
		} else {
			last.Messaging = append(last.Messaging, e.body)
		}
	}
	// The inner events are in Meta's escapes already; these pass unchanged.
	return encodeMeta(struct {
		Object string  `json:"object"`
		Entry  []entry `json:"entry"`
	}{"page", entries})
}

// signedWith makes the signature headers of a body.
func signedWith(secret string, body []byte) http.Header {
	h := http.Header{}
	new256, old := signatures(secret, body)
	h.Set("X-Hub-Signature-256", new256)
	h.Set("X-Hub-Signature", old)
	return h
}

// postBody posts raw bytes to the callback, once.
func (s *Sandbox) postBody(ctx context.Context, callback string, body []byte, headers http.Header) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, callback, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("post webhook: %w", err)
	}
	for name, values := range headers {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "facebookexternalua")
	res, err := s.client.Do(req)
	if err != nil {
		return 0, fmt.Errorf("post webhook: %w", err)
	}
	_, err = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
	return res.StatusCode, errors.Join(err, res.Body.Close())
}
