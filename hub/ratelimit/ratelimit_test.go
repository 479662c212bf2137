package ratelimit_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"parley/hub/ratelimit"
)

func TestEachUserWaitsForTheirOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(2, 3)
		began := time.Now()
		for range 7 {
			if err := l.Wait(t.Context(), "ann", time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("seven at two a second, three at first, took %v", took)
		}
		if err := l.Wait(t.Context(), "ben", time.Now()); err != nil || time.Since(began) != 2*time.Second {
			t.Errorf("another's keep one waiting: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := l.Wait(ctx, "ann", time.Now()); err == nil {
			t.Error("who went away got their turn")
		}
	})
}
