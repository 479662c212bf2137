package webhooks

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"parley/sandbox/meta"
)

// timeout is how long Meta waits for the callback's answer.
const timeout = 5 * time.Second

// retryPause returns the pause before the next try. Meta retries with growing pauses for 36
// hours; here they are shorter, and nothing is ever given up.
func retryPause(try int) time.Duration {
	pauses := [...]time.Duration{200 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second}
	return pauses[min(try, len(pauses)-1)]
}

// batch is the events of some lanes that are sent in one POST.
type batch struct {
	lanes  []*lane
	events []*Event
}

// takeBatch collects what is ready, up to 1,000 events; nil if nothing is.
func (h *Webhooks) takeBatch() *batch {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.out.ready) == 0 {
		return nil
	}
	b := &batch{}
	for len(h.out.ready) > 0 && len(b.events) < maxBatch {
		l := h.out.ready[0]
		h.out.ready = h.out.ready[1:]
		n := min(len(l.queue), maxBatch-len(b.events))
		b.events = append(b.events, l.queue[:n]...)
		l.queue = l.queue[n:]
		b.lanes = append(b.lanes, l)
	}
	return b
}

// settle frees the lanes of a completed batch.
func (h *Webhooks) settle(b *batch) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range b.events {
		e.finish()
	}
	h.out.pending -= len(b.events)
	for _, l := range b.lanes {
		if len(l.queue) == 0 {
			delete(h.out.lanes, l.key)
			continue
		}
		h.out.ready = append(h.out.ready, l)
	}
	h.wake.Ring()
	h.eased.Ring()
}

// dispatch sends batches until ctx ends, a limited number at a time.
func (h *Webhooks) dispatch(ctx context.Context) {
	for {
		if !h.acquireTurn(ctx) {
			return
		}
		b := h.takeBatch()
		if b != nil {
			h.posts.Go(func() { h.deliverBatch(ctx, b) })
			continue
		}
		<-h.turns
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
		}
	}
}

// acquireTurn waits for a free slot for a POST.
func (h *Webhooks) acquireTurn(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case h.turns <- struct{}{}:
		return true
	}
}

// deliverBatch posts a batch until the callback answers 200. It holds a turn when called,
// releases it while it pauses, and has none when it returns.
func (h *Webhooks) deliverBatch(ctx context.Context, b *batch) {
	body, err := h.envelope(b.events)
	if err != nil {
		h.log.Error("encode webhook", "err", err)
		<-h.turns
		h.settle(b)
		return
	}
	for try := 0; ; try++ {
		callback, kick := h.destination()
		if callback == "" { // the Page was unsubscribed meanwhile
			<-h.turns
			break
		}
		status, err := h.Post(ctx, callback, body, meta.Sign(h.meta.AppSecret, body))
		<-h.turns
		if status == http.StatusOK {
			break
		}
		h.log.Info("webhook refused", "status", status, "err", err, "events", len(b.events), "try", try+1)
		if !h.pause(ctx, retryPause(try), kick) || !h.acquireTurn(ctx) {
			return
		}
	}
	h.settle(b)
}

// destination returns the callback, "" if there is none, and the channel that wakes retries when
// that changes.
func (h *Webhooks) destination() (string, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.listening() {
		return "", nil
	}
	return h.app.callback, h.out.kick
}

// pause waits for d, or until it is told to try at once.
func (h *Webhooks) pause(ctx context.Context, d time.Duration, kick <-chan struct{}) bool {
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

// envelope returns the body of a POST: adjacent events of one customer share an entry.
func (h *Webhooks) envelope(events []*Event) ([]byte, error) {
	var entries []meta.Entry
	for i, e := range events {
		if i == 0 || e.psid != events[i-1].psid || e.standby != events[i-1].standby {
			entries = append(entries, meta.Entry{ID: h.meta.PageID, Time: h.now().UnixMilli()})
		}
		last := &entries[len(entries)-1]
		if e.standby {
			last.Standby = append(last.Standby, e.body)
		} else {
			last.Messaging = append(last.Messaging, e.body)
		}
	}
	return meta.Envelope(entries)
}

// Post posts raw bytes to a callback once, bypassing the outbox. It returns the status.
func (h *Webhooks) Post(ctx context.Context, callback string, body []byte, headers http.Header) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
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
	res, err := h.client.Do(req)
	if err != nil {
		return 0, fmt.Errorf("post webhook: %w", err)
	}
	_, err = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
	return res.StatusCode, errors.Join(err, res.Body.Close())
}
