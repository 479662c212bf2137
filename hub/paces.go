package hub

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"parley/model"
)

// What of users' doing asks Facebook at once, as the doctor and greetings do: so often a
// second for each user, so many at first. More wait: a limit of Meta's would hold up the
// whole Page's replies.
const (
	askingRate  = 5
	askingBurst = 20
)

// paces lets each user do something so often.
type paces struct {
	often rate.Limit
	burst int

	mu sync.Mutex
	of map[model.UserID]*rate.Limiter
}

func newPaces(often rate.Limit, burst int) *paces {
	return &paces{often: often, burst: burst, of: make(map[model.UserID]*rate.Limiter)}
}

// turn takes a user's next turn, and returns how far away it is.
func (p *paces) turn(user model.UserID, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	of := p.of[user]
	if of == nil {
		of = rate.NewLimiter(p.often, p.burst)
		p.of[user] = of
	}
	return of.ReserveN(now, 1).DelayFrom(now)
}

// wait waits for a user's next turn, or until ctx ends.
func (p *paces) wait(ctx context.Context, user model.UserID, now time.Time) error {
	if d := p.turn(user, now); d > 0 && !pause(ctx, d) {
		return ctx.Err()
	}
	return nil
}
