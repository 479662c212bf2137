//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// slow makes Facebook slow and sometimes lose its answers, so that the hub is killed while it is
// sending.
var slow = []map[string]any{
	{"on": "send", "kind": "act_and_cut", "probability": 0.03},
	{"on": "send", "kind": "delay", "delay_ms": 150, "probability": 0.5},
}

// killed kills the hub that many times during work.
func (w *world) killed(ctx context.Context) (string, error) {
	for _, fault := range slow {
		if err := w.control(ctx, http.MethodPost, "/faults", fault, nil); err != nil {
			return "", err
		}
	}
	defer func() { _ = w.control(context.WithoutCancel(ctx), http.MethodDelete, "/faults", nil, nil) }()
	work := w.work(ctx)
	defer work.end()
	since := time.Now()
	for n := range w.kills {
		if !wait(ctx, time.Duration(w.rng.Int64N(int64(w.load)))) {
			return "ended", ctx.Err()
		}
		w.hub.kill()
		checked := time.Now()
		if err := w.startHub(ctx); err != nil {
			return fmt.Sprintf("after %d", n+1), fmt.Errorf("%w: after kill %d: %w", errHeld, n+1, err)
		}
		if err := w.shown(ctx, since); err != nil {
			return fmt.Sprintf("after %d", n+1), fmt.Errorf("after kill %d: %w", n+1, err)
		}
		since = checked
	}
	work.end()
	return w.account(ctx)
}

// account settles all that was acknowledged, stops the hub properly and checks its store.
func (w *world) account(ctx context.Context) (string, error) {
	sent, asking, err := w.sentOnce(ctx)
	if err != nil {
		return "not settled", err
	}
	w.hub.stop()
	now := time.Now()
	messages, replies := w.ledger.acknowledged(now)
	what := fmt.Sprintf("%d messages, %d replies and notes acknowledged; %d replies arrived once, %d did not; of those that asked, %d were sent again and %d dropped", len(messages), len(replies), sent, asking, w.ledger.retried, w.ledger.dropped)
	return what, errors.Join(append(w.ledger.mistakes(), w.held(ctx, w.store(), now, nil), w.startHub(ctx))...)
}

// wait sleeps, and returns false if ctx ends first.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
