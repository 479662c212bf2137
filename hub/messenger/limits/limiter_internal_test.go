package limits

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"parley/model"
)

func TestLimiterSpacesCallsOfAPage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(ConversationsPause, time.Now)
		start := time.Now()
		for i, want := range []time.Duration{0, 500, 1000, 1500} {
			if err := l.Wait(t.Context(), "1"); err != nil {
				t.Fatal(err)
			}
			if got := time.Since(start); got != want*time.Millisecond {
				t.Errorf("call %d after %v", i, got)
			}
		}
		if err := l.Wait(t.Context(), "2"); err != nil || time.Since(start) != 1500*time.Millisecond {
			t.Errorf("another Page waits: %v", time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := l.Wait(ctx, "1"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestLimiterForgetsPages(t *testing.T) {
	t.Parallel()
	now := time.Unix(1790000000, 0)
	l := NewLimiter(ConversationsPause, func() time.Time { return now })
	for _, page := range []model.MetaPageID{"1", "2", "3"} {
		l.reserve(page)
	}
	now = now.Add(time.Second)
	l.reserve("4")
	if len(l.next) != 1 {
		t.Errorf("%d Pages kept", len(l.next))
	}
}
