// Package limits keeps to how often Meta lets itself be called: it spaces calls, and reads
// after how long one may come again.
package limits

import (
	"context"
	"sync"
	"time"

	"parley/model"
)

// ConversationsPause keeps calls of the Conversations API at 2 a second for each
// Page.
//
// Source: Messenger Platform, "Rate limits", Conversations API.
const ConversationsPause = 500 * time.Millisecond

// Limiter spaces calls that concern the same Page.
type Limiter struct {
	Pause time.Duration
	now   func() time.Time
	// Begins is before when there is no turn: a hub that was killed may have called just
	// before this one began.
	Begins time.Time

	mu   sync.Mutex
	next map[model.MetaPageID]time.Time
}

// NewLimiter makes one that leaves so long between two calls.
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

// Done notes that a call of the Page was answered. Meta counts by when calls arrive, which
// may be long after they were made: the next one is a pause away from this one's answer.
func (l *Limiter) Done(page model.MetaPageID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if next := l.now().Add(l.Pause); l.next[page].Before(next) {
		l.next[page] = next
	}
}

// reserve takes the Page's next turn and returns how far away it is.
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
