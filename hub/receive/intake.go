package receive

import (
	"context"
	"errors"
	"sync"
	"time"

	"parley/hub/store"
)

// slowFor is how long a webhook that was not stored in time counts where none came after
// it: whoever asks before sending would else never send again.
const slowFor = time.Minute

// intake is how the webhook that was answered last went.
type intake struct {
	mu sync.Mutex
	// state is what [Readiness] calls it: storeOK, storeUnavailable or storeSlow.
	state string
	at    time.Time
}

// What [Readiness] says of the store.
const (
	StoreOK          = "ok"
	StoreUnavailable = "unavailable"
	StoreSlow        = "slow"
	StoreGone        = "gone"
)

// note takes down what came of a webhook. That its sender hung up, or that something of
// it can't be taken, says nothing of the store.
func (i *intake) note(err error, now time.Time) {
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

// is tells how webhooks are taken now.
func (i *intake) is(now time.Time) string {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.state == "" || i.state == StoreSlow && now.Sub(i.at) >= slowFor {
		return StoreOK
	}
	return i.state
}
