// Package ratelimit limits how often each user does something.
package ratelimit

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"parley/hub/wake"
	"parley/model"
)

// Limits are the rate limits of all users, one each.
type Limits struct {
	often rate.Limit
	burst int

	mu sync.Mutex
	of map[model.UserID]*rate.Limiter
}

// New returns limits of that rate and burst.
func New(often rate.Limit, burst int) *Limits {
	return &Limits{often: often, burst: burst, of: make(map[model.UserID]*rate.Limiter)}
}

// Reserve takes a user's next turn, and returns how long to wait for it.
func (l *Limits) Reserve(user model.UserID, now time.Time) time.Duration {
	return l.limiter(user).ReserveN(now, 1).DelayFrom(now)
}

// Allow takes a user's turn if there is one now, and reports whether there is.
func (l *Limits) Allow(user model.UserID, now time.Time) bool {
	return l.limiter(user).AllowN(now, 1)
}

func (l *Limits) limiter(user model.UserID) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	of := l.of[user]
	if of == nil {
		of = rate.NewLimiter(l.often, l.burst)
		l.of[user] = of
	}
	return of
}

// Wait waits for a user's next turn, or until ctx ends.
func (l *Limits) Wait(ctx context.Context, user model.UserID, now time.Time) error {
	if d := l.Reserve(user, now); d > 0 && !wake.Pause(ctx, d) {
		return ctx.Err()
	}
	return nil
}
