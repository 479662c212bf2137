// Package wait is how the sandbox's goroutines wait: for a time to pass, or for another
// goroutine to ring.
package wait

import (
	"context"
	"time"
)

// Bell wakes the one goroutine that receives from it. Rung before that waits, it is heard
// when it does; rung twice meanwhile, it is heard once.
type Bell chan struct{}

// NewBell makes a bell that has not rung.
func NewBell() Bell { return make(Bell, 1) }

// Ring rings, without ever waiting.
func (b Bell) Ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}

// Sleep waits for d, or less if ctx ends; it tells whether it slept it out.
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
