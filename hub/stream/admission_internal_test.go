package stream

import (
	"context"
	"crypto/rand"
	"sync"
	"testing"

	"parley/model"
)

// Whoever comes by many connections has nobody else wait to be welcomed.
func TestNobodysManyConnectionsKeepOthersWaiting(t *testing.T) {
	t.Parallel()
	st := New(Options{})
	ctx, end := context.WithCancel(t.Context())
	var many sync.WaitGroup
	defer many.Wait()
	defer end()
	came := make(chan struct{}, 64)
	for range 64 {
		many.Go(func() {
			if leave, err := st.admit.Acquire(ctx, "one with many"); err == nil {
				came <- struct{}{}
				<-ctx.Done()
				leave()
			}
		})
	}
	for range admissionEach {
		<-came
	}
	for range admission - admissionEach {
		other := model.UserID(rand.Text())
		if _, err := st.admit.Acquire(ctx, other); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(came); n > 0 {
		t.Errorf("%d more of the one came in", n)
	}
}
