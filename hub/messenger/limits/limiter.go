// Package limits keeps to Meta's rate limits: it spaces calls, and reads from answers how long
// to wait.
package limits

import (
	"context"
	"sync"
	"time"

	"parley/model"
)

// ConversationsPause spaces calls of the Conversations API to 2 a second for each Page.
//
// Source: Messenger Platform, "Rate limits", Conversations API.
const ConversationsPause = 500 * time.Millisecond

// Limiter spaces calls that concern the same Page.
type Limiter struct {
	Pause time.Duration
	now   func() time.Time
	// Begins is when the first call may be made: a hub that was killed may have called just
	// before this one began.
	Begins time.Time

	mu   sync.Mutex
	next map[model.MetaPageID]time.Time
}

// NewLimiter returns a limiter with that pause between two calls.
func NewLimiter(pause time.Duration, now func() time.Time) *Limiter {
	return &Limiter{Pause: pause, now: now, next: make(map[model.MetaPageID]time.Time)}
}

// Wait returns when the Page's next call may be made, or when ctx ends.
func (l *Limiter) Wait(ctx context.Context, page model.MetaPageID) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	pause := l.reserve(page)
	if pause <= 0 {
		return nil
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Done records that a call for the Page was answered. Meta counts calls when they arrive, which
// may be long after they were made, so the next call waits a pause from this answer.
func (l *Limiter) Done(page model.MetaPageID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if next := l.now().Add(l.Pause); l.next[page].Before(next) {
		l.next[page] = next
	}
}

// reserve takes the Page's next turn and returns how long to wait for it.
func (l *Limiter) reserve(page model.MetaPageID) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	for other, next := range l.next {
		if next.Before(now) {
			delete(l.next, other)
		}
	}
	turn := l.next[page]
	for _, earliest := range []time.Time{now, l.Begins} {
		if turn.Before(earliest) {
			turn = earliest
		}
	}
	l.next[page] = turn.Add(l.Pause)
	return turn.Sub(now)
}
