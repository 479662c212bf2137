// Package wait is how the sandbox's goroutines wait: for time to pass, or for another goroutine's
// signal.
package wait

import (
	"context"
	"time"
)

// Bell wakes the one goroutine that receives from it. A ring before it waits is kept; several
// rings are kept as one.
type Bell chan struct{}

// NewBell returns a bell that has not rung.
func NewBell() Bell { return make(Bell, 1) }

// Ring rings, and never blocks.
func (b Bell) Ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}

// Sleep waits for d, or until ctx ends; it reports whether d has passed.
func Sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
