package receive

import (
	"context"
	"errors"
	"sync"
	"time"

	"parley/hub/store"
)

// slowFor is how long a slow webhook counts when none came after it. Without that limit, a
// sender that asks before sending would never send again.
const slowFor = time.Minute

// intake records how the last webhook went.
type intake struct {
	mu sync.Mutex
	// state is one of StoreOK, StoreUnavailable and StoreSlow; empty before the first webhook.
	state string
	at    time.Time
}

// How storing works, as readiness reports it.
const (
	StoreOK          = "ok"
	StoreUnavailable = "unavailable"
	StoreSlow        = "slow"
	StoreGone        = "gone"
)

// record notes the result of a webhook. That its sender hung up, or that something in it can't
// be stored, says nothing about the store.
func (i *intake) record(err error, now time.Time) {
	state := ""
	switch {
	case err == nil:
		state = StoreOK
	case errors.Is(err, store.ErrUnavailable):
		state = StoreUnavailable
	case errors.Is(err, context.DeadlineExceeded):
		state = StoreSlow
	default:
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.state, i.at = state, now
}

// storing returns how webhooks are being stored at the given time.
func (i *intake) storing(now time.Time) string {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.state == "" || i.state == StoreSlow && now.Sub(i.at) >= slowFor {
		return StoreOK
	}
	return i.state
}
