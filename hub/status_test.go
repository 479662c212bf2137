package hub_test

import (
	"fmt"
	"slices"
	"testing"

	"parley/hub/hubtest"
)

func TestSubscribeAppUntilMetaAgrees(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Graph.AppRefusals = 3
		if got := w.Hub.Ready(w.Ctx).Webhooks; got != "not asked" {
			t.Errorf("webhooks %q", got)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.Hub.SubscribeApp(w.Ctx, "https://hub.example.com")
		}()
		w.Settle()
		if r := w.Hub.Ready(w.Ctx); r.Webhooks != "refused" || !r.Ready {
			t.Errorf("readiness %+v", r)
		}
		<-done
		if got := w.Hub.Ready(w.Ctx).Webhooks; got != "subscribed" {
			t.Errorf("webhooks %q", got)
		}
		if want := fmt.Sprint(slices.Repeat([]string{"https://hub.example.com"}, 4)); fmt.Sprint(w.Graph.AppCallbacks) != want {
			t.Errorf("asked with %v", w.Graph.AppCallbacks)
		}
	})
}
