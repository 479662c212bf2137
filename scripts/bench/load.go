//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"parley/model"
)

// load is how webhooks come in.
type load struct {
	what string
	// each is how many events a POST has, flight how many POSTs are under way at once, over how
	// many Pages they spread.
	each, flight, over int
	events             int
	// pace is how many POSTs a second there are; 0: as fast as they are answered.
	pace float64
}

func hundred(ctx context.Context, w *world) error {
	return w.take(ctx, load{what: "POSTs of 100, one Page", each: 100, flight: 2, over: 1, events: w.events})
}

func onePage(ctx context.Context, w *world) error {
	return w.take(ctx, load{what: "POSTs of one, 64 in flight, one Page", each: 1, flight: 64, over: 1, events: w.events})
}

func manyPages(ctx context.Context, w *world) error {
	return w.take(ctx, load{what: "POSTs of one, 64 in flight, 100 Pages", each: 1, flight: 64, over: pages, events: w.events})
}

// Half of what is to be reached, for which acknowledgements are to be quick.
const (
	halfHundreds = 20   // POSTs of 100 a second
	halfOnes     = 1250 // POSTs of one a second
)

func acknowledged(ctx context.Context, w *world) error {
	err := w.take(ctx, load{what: "POSTs of 100, 2,000 events a second", each: 100, flight: 8, over: 1, events: w.events, pace: halfHundreds})
	if err == nil {
		err = w.take(ctx, load{what: "POSTs of one, 1,250 events a second", each: 1, flight: 256, over: 1, events: w.events / 2, pace: halfOnes})
	}
	return err
}

// took is how a load was taken in.
type took struct {
	time, cpu time.Duration
	acks      []time.Duration
}

// take posts a load and prints its figures beside the floor.
func (w *world) take(ctx context.Context, l load) error {
	bodies := make([][]byte, 0, l.events/l.each)
	for i := range l.events / l.each {
		body, err := w.webhook(i%l.over, l.each, time.Now())
		if err != nil {
			return err
		}
		bodies = append(bodies, body)
	}
	size, commits := w.fileSize(), w.metric(ctx, "parley_store_commits_total")
	var t took
	const profileTime = 4 * time.Second
	err := w.profiled(ctx, profileTime, func() (err error) {
		t, err = w.post(ctx, bodies, l)
		return err
	})
	if err != nil {
		return err
	}
	events := len(bodies) * l.each
	commits = w.metric(ctx, "parley_store_commits_total") - commits
	if err := w.folded(ctx); err != nil {
		return err
	}
	bytes := float64(w.fileSize()-size) / float64(events)
	w.say("")
	w.say("%s", l.what)
	ours := float64(events) / t.time.Seconds()
	beside := []string{}
	if l.pace == 0 && commits > 0 && w.database == "" {
		floor, err := w.floor(ctx, events, int(bytes), int(commits))
		if err != nil {
			return err
		}
		beside = append(beside, fmt.Sprintf("floor %.0f (%.0f %%)", floor, 100*ours/floor))
	}
	w.figure("  events a second", fmt.Sprintf("%.0f", ours), beside...)
	w.figure("  CPU of the hub an event", ms(t.cpu/time.Duration(events)))
	w.figure("  acknowledged p50, p99", ms(share(t.acks, 0.5)), ms(share(t.acks, 0.99)), fmt.Sprintf("%d sent again", w.again.Load()))
	w.figure("  bytes on disk a message", fmt.Sprintf("%.0f", bytes), fmt.Sprintf("%.0f commits, %.1f events each", commits, float64(events)/max(1, commits)))
	return nil
}

// post posts webhooks.
func (w *world) post(ctx context.Context, bodies [][]byte, l load) (took, error) {
	var next atomic.Int64
	var mu sync.Mutex
	var senders sync.WaitGroup
	var t took
	var failed error
	limit := rate.NewLimiter(rate.Inf, 1)
	if l.pace > 0 {
		limit = rate.NewLimiter(rate.Limit(l.pace), 1)
	}
	w.again.Store(0)
	used, began := w.cpu(), time.Now()
	for range l.flight {
		senders.Go(func() {
			var acks []time.Duration
			var err error
			for err == nil {
				i := int(next.Add(1)) - 1
				if i >= len(bodies) {
					break
				}
				if err = limit.Wait(ctx); err == nil {
					sent := time.Now()
					err = w.deliver(ctx, bodies[i])
					acks = append(acks, time.Since(sent))
				}
			}
			mu.Lock()
			defer mu.Unlock()
			t.acks, failed = append(t.acks, acks...), errors.Join(failed, err)
		})
	}
	senders.Wait()
	t.time = time.Since(began)
	t.cpu = w.cpu() - used
	return t, failed
}

// webhook returns a POST of that many messages by customers of a Page, spread over its
// conversations.
func (w *world) webhook(page, events int, at time.Time) ([]byte, error) {
	id := string(pageID(page).Meta())
	var list []any
	for range events {
		w.mu.Lock()
		n := w.posted
		w.posted++
		w.mu.Unlock()
		const stride = 7919 // a prime, so that neighbours are far apart
		list = append(list, map[string]any{
			"sender": map[string]string{"id": string(psid(n * stride % w.conversationsOf(page)))}, "recipient": map[string]string{"id": id},
			"timestamp": at.UnixMilli(), "message": map[string]any{"mid": mid(fmt.Sprint("bench", n)), "text": words(n)},
		})
	}
	return json.Marshal(map[string]any{"object": "page", "entry": []any{map[string]any{"id": id, "time": at.UnixMilli(), "messaging": list}}})
}

// head returns where a Page's stream stands.
func (w *world) head(ctx context.Context, page int) (model.Position, error) {
	var l struct {
		AsOf model.AsOf `json:"as_of"`
	}
	err := w.get(ctx, "/v1/pages", &l)
	return l.AsOf[pageID(page)], err
}
