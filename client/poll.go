package client

import (
	"context"
	"errors"
	"net/http"
	"time"

	"parley/model"
)

// Pauses between two questions how a message stands, and between two tries to hand it
// in: the first, which doubles up to the longest.
const (
	PollFirst = 50 * time.Millisecond
	PollMax   = time.Second
)

// Follow asks how a message stands until it is settled, nothing will change by itself any
// more, or the deadline has come. It returns the message as it was last known.
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

// MayPass tells whether a call may succeed later.
func MayPass(err error) bool {
	var unreachable *UnreachableError
	if errors.As(err, &unreachable) {
		return true
	}
	var problem *Problem
	return errors.As(err, &problem) && problem.Status >= http.StatusInternalServerError
}

// Pause pauses, and answers false when the deadline came or ctx ended first.
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
