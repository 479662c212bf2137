package media

import (
	"sync"
	"time"
)

const (
	// failingAfter is how long nothing may be fetched before that is told: one failure is none.
	failingAfter = 2 * time.Minute
	// pressedFor is how long it is told that something was removed to make room.
	pressedFor = 24 * time.Hour
)

// condition is how fetching and keeping go.
type condition struct {
	mu sync.Mutex
	// unwritable: the last content could not be kept. failing is since when nothing could be
	// fetched, pressed when something was last removed to make room; zero if not.
	unwritable       bool
	failing, pressed time.Time
}

// kept notes whether a content could be kept.
func (c *condition) kept(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unwritable = err != nil
}

// answered notes whether Meta answered.
func (c *condition) answered(ok bool, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case ok:
		c.failing = time.Time{}
	case c.failing.IsZero():
		c.failing = now
	}
}

// madeRoom notes that something was removed to make room.
func (c *condition) madeRoom(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pressed = now
}

// Condition is how fetching and keeping what customers send go.
type Condition struct {
	// Off: nothing is kept.
	Off bool
	// Unwritable: the folder can't be written. Failing is since when nothing could be fetched;
	// zero if it can.
	Unwritable bool
	Failing    time.Time
	// Pressed: something was removed to make room within a day.
	Pressed bool
}

// MediaCondition tells how fetching and keeping go.
func (l *Library) MediaCondition() Condition {
	if l.o.Folder == nil || l.o.Quota <= 0 {
		return Condition{Off: true}
	}
	now := l.o.Now()
	c := &l.condition
	c.mu.Lock()
	defer c.mu.Unlock()
	out := Condition{Unwritable: c.unwritable, Pressed: !c.pressed.IsZero() && now.Sub(c.pressed) < pressedFor}
	if !c.failing.IsZero() && now.Sub(c.failing) >= failingAfter {
		out.Failing = c.failing
	}
	return out
}
