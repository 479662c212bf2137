package client

import (
	"context"
	"errors"
	"net/http"
	"time"

	"parley/model"
)

// Pauses between polls of a message and between tries to hand one in: the first, which
// doubles up to the longest.
const (
	PollFirst = 50 * time.Millisecond
	PollMax   = time.Second
)

// Follow polls a message until it is settled, a call fails for good, or the deadline is over.
// It returns the message as last known.
func (c *Client) Follow(ctx context.Context, m model.Message, deadline time.Time, settled func(model.Message) bool) (model.Message, error) {
	timed, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	for pause := PollFirst; !settled(m) && Pause(ctx, pause, deadline); pause = min(2*pause, PollMax) {
		now, err := c.Message(timed, m.ConversationID, m.ID)
		if MayPass(err) {
			continue
		}
		if err != nil {
			return m, err
		}
		m = now
	}
	return m, ctx.Err()
}

// MayPass reports whether the same call may succeed later.
func MayPass(err error) bool {
	var unreachable *UnreachableError
	if errors.As(err, &unreachable) {
		return true
	}
	var problem *Problem
	return errors.As(err, &problem) && problem.Status >= http.StatusInternalServerError
}

// Pause sleeps, and returns false if the deadline or the end of ctx came first.
func Pause(ctx context.Context, d time.Duration, deadline time.Time) bool {
	left := time.Until(deadline)
	if left <= 0 {
		return false
	}
	t := time.NewTimer(min(d, left))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
