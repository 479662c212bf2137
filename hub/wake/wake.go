// Package wake has workers sleep until there is something to do.
package wake

import (
	"context"
	"time"
)

// Signal wakes one waiter; signals while it is awake count as one.
type Signal chan struct{}

// NewSignal returns a signal that nobody has given yet.
func NewSignal() Signal { return make(Signal, 1) }

// Notify wakes whoever waits, or has whoever waits next go on at once.
func (s Signal) Notify() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// Wait waits for the signal, at most that long; it answers false when ctx ended first.
func (s Signal) Wait(ctx context.Context, most time.Duration) bool {
	t := time.NewTimer(most)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-s:
	case <-t.C:
	}
	return true
}

// Loop calls step until ctx ends. After each call it sleeps for as long as step said that
// there is nothing to do, or until the signal comes.
func Loop(ctx context.Context, s Signal, step func(context.Context) time.Duration) {
	for s.Wait(ctx, step(ctx)) {
	}
}

// Idle is how long who is woken by a signal sleeps when nothing is due: this only guards
// against a wake-up that was lost.
const Idle = time.Minute

// Until is how long to sleep until next: at least a moment, at most [Idle], as for a next
// that is zero, which is none.
func Until(next, now time.Time) time.Duration {
	if next.IsZero() {
		return Idle
	}
	return max(min(next.Sub(now), Idle), time.Millisecond)
}

// Pause waits, and answers false when ctx ended first.
func Pause(ctx context.Context, d time.Duration) bool {
	return Signal(nil).Wait(ctx, d)
}
