package wake_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"parley/hub/wake"
)

func TestLoopSleepsUntilSomethingIsDue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		s := wake.NewSignal()
		var at []time.Duration
		sleeps := []time.Duration{time.Second, time.Minute, time.Hour, time.Hour}
		done := make(chan struct{})
		go func() {
			defer close(done)
			wake.Loop(ctx, s, func(context.Context) time.Duration {
				at = append(at, time.Since(began))
				return sleeps[len(at)-1]
			})
		}()
		time.Sleep(10 * time.Second) //nolint:forbidigo // of the bubble's own clock
		s.Notify()
		time.Sleep(50 * time.Minute) //nolint:forbidigo // of the bubble's own clock
		cancel()
		<-done
		want := []time.Duration{0, time.Second, 10 * time.Second}
		if len(at) != len(want) {
			t.Fatalf("steps at %v, want %v", at, want)
		}
		for i := range want {
			if at[i] != want[i] {
				t.Errorf("steps at %v, want %v", at, want)
			}
		}
	})
}

func TestSignalWhileNobodyWaitsIsNotLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := wake.NewSignal()
		s.Notify()
		began := time.Now()
		if !s.Wait(t.Context(), time.Hour) || time.Since(began) != 0 {
			t.Error("it waited for a signal that had come")
		}
		if !s.Wait(t.Context(), time.Hour) || time.Since(began) != time.Hour {
			t.Error("one signal woke twice")
		}
	})
}

func TestPauseEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if !wake.Pause(ctx, time.Millisecond) {
			t.Error("a pause was cut short")
		}
		if wake.Pause(ctx, time.Hour) {
			t.Error("a pause outlived its context")
		}
	})
}

func TestUntil(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for next, want := range map[time.Time]time.Duration{
		{}:                      wake.Idle,
		now.Add(time.Hour):      wake.Idle,
		now.Add(time.Second):    time.Second,
		now:                     time.Millisecond,
		now.Add(-2 * time.Hour): time.Millisecond,
	} {
		if got := wake.Until(next, now); got != want {
			t.Errorf("Until(%v) = %v, want %v", next, got, want)
		}
	}
}
