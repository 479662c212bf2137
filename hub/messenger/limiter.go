package messenger

import (
	"context"
	"sync"
	"time"

	"parley/model"
)

// conversationsPause keeps calls of the Conversations API at 2 a second for each
// Page.
//
// Source: Messenger Platform, "Rate limits", Conversations API.
const conversationsPause = 500 * time.Millisecond

// limiter spaces calls that concern the same Page.
type limiter struct {
	pause time.Duration
	now   func() time.Time
	// begins is before when there is no turn: a hub that was killed may have called just
	// before this one began.
	begins time.Time

	mu   sync.Mutex
	next map[model.MetaPageID]time.Time
}

func newLimiter(pause time.Duration, now func() time.Time) *limiter {
	return &limiter{pause: pause, now: now, next: make(map[model.MetaPageID]time.Time)}
}

// wait returns when the Page's next call may be made, or when ctx ends.
func (l *limiter) wait(ctx context.Context, page model.MetaPageID) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	pause := l.take(page)
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

// done notes that a call of the Page was answered. Meta counts by when calls arrive, which
// may be long after they were made: the next one is a pause away from this one's answer.
func (l *limiter) done(page model.MetaPageID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if next := l.now().Add(l.pause); l.next[page].Before(next) {
		l.next[page] = next
	}
}

// take takes the Page's next turn and returns how far away it is.
func (l *limiter) take(page model.MetaPageID) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	for other, next := range l.next {
		if next.Before(now) {
			delete(l.next, other)
		}
	}
	turn := l.next[page]
	for _, earliest := range []time.Time{now, l.begins} {
		if turn.Before(earliest) {
			turn = earliest
		}
	}
	l.next[page] = turn.Add(l.pause)
	return turn.Sub(now)
}
