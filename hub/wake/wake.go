// Package wake lets workers sleep until there is something to do.
package wake

import (
	"context"
	"time"
)

// Signal wakes one waiter; several signals before it wakes count as one.
type Signal chan struct{}

// NewSignal returns a signal.
func NewSignal() Signal { return make(Signal, 1) }

// Notify wakes whoever waits, or makes the next wait return at once.
func (s Signal) Notify() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// Wait waits for the signal, at most most long; it returns false if ctx ended first.
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

// Loop calls step until ctx ends. After each call it sleeps for the duration that step
// returned, or until the signal comes.
func Loop(ctx context.Context, s Signal, step func(context.Context) time.Duration) {
	for s.Wait(ctx, step(ctx)) {
	}
}

// Idle is the longest sleep when nothing is due and work arrives with a signal: it only guards
// against a lost wake-up.
const Idle = time.Minute

// Until returns how long to sleep until next: at least a moment, at most [Idle]; a zero next
// means that nothing is due.
func Until(next, now time.Time) time.Duration {
	if next.IsZero() {
		return Idle
	}
	return max(min(next.Sub(now), Idle), time.Millisecond)
}

// Pause waits, and returns false if ctx ended first.
func Pause(ctx context.Context, d time.Duration) bool {
	return Signal(nil).Wait(ctx, d)
}
