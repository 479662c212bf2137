package keylock

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

func TestOneAtATimeHoldsAKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var l Locks[string]
		unlock, err := l.Lock(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		other, err := l.Lock(t.Context(), "b")
		if err != nil {
			t.Fatal("one key's lock holds another up")
		}
		other()
		ctx, cancel := context.WithCancel(t.Context())
		gaveUp := make(chan error, 1)
		go func() {
			_, err := l.Lock(ctx, "a")
			gaveUp <- err
		}()
		got := make(chan func(), 1)
		go func() {
			unlock, _ := l.Lock(t.Context(), "a")
			got <- unlock
		}()
		synctest.Wait()
		if len(got) > 0 {
			t.Fatal("two hold one key's lock")
		}
		cancel()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up got %v", err)
		}
		unlock()
		(<-got)()
		if len(l.of) > 0 {
			t.Errorf("%d locks are left that nobody holds", len(l.of))
		}
	})
}
