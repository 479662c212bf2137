package agenda_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"parley/sandbox/agenda"
)

// What is due happens in the order of its time, and of writing where the time is the same;
// what is written into the agenda meanwhile, too.
func TestInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := agenda.New()
		var got []string
		note := func(what string) func() { return func() { got = append(got, what) } }
		a.After(2*time.Second, note("later"))
		a.After(time.Second, note("first"))
		a.After(time.Second, func() {
			note("second")()
			a.After(500*time.Millisecond, note("between"))
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { a.Run(ctx); close(done) }()
		time.Sleep(time.Minute) //nolint:forbidigo // The bubble's clock: it costs nothing.
		cancel()
		<-done
		if want := []string{"first", "second", "between", "later"}; !slices.Equal(got, want) {
			t.Errorf("%v happened, want %v", got, want)
		}
	})
}
