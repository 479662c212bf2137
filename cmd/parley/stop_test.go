package main

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"parley/cmd/cli"
)

// TestServersStopCleanly: told to end, a hub ends well while requests run; what it
// answered is kept, and a reply on its way is not lost.
func TestServersStopCleanly(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerWrites("9001", "Are you open?")
	id := w.conversationWith("9001")
	waitFor(t, "the message is there", patience, func() bool { return aki.holds(id, "Are you open?") })

	stopped := make(chan struct{})
	var wg sync.WaitGroup
	var mu sync.Mutex
	var taken []string
	var answered atomic.Int32
	for worker := range 4 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stopped:
					return
				default:
				}
				mid := fmt.Sprintf("m_%d_%d", worker, n)
				if a := w.webhook(envelope(w.textEvent("9002", mid, mid))); a.err == nil && a.status == http.StatusOK {
					mu.Lock()
					taken = append(taken, mid)
					mu.Unlock()
				} else if a.err == nil && a.status != http.StatusServiceUnavailable {
					t.Errorf("webhook answered %d %s", a.status, a.body)
				}
				if a := aki.try(http.MethodGet, "/v1/conversations", nil); a.err == nil && a.status != http.StatusOK && a.status != http.StatusServiceUnavailable {
					t.Errorf("list answered %d %s", a.status, a.body)
				}
				answered.Add(1)
			}
		})
	}
	waitFor(t, "requests run", patience, func() bool { return answered.Load() > 20 })
	w.facebook.fails(fault{On: "send", Kind: "delay", DelayMS: 3000, Count: 1})
	m, _ := aki.insists(id, newReply("Until six"))
	waitFor(t, "the reply is on its way", patience, func() bool { return aki.message(id, m.ID).State == "posting" })
	w.hub.stop()
	close(stopped)
	wg.Wait()

	w.startHub()
	if m := aki.message(id, m.ID); !m.arrived() || m.Attempt != 1 {
		t.Errorf("the reply that was on its way is %s after %d attempts", describe(m), m.Attempt)
	}
	waitFor(t, "the reply is read", patience, func() bool { return aki.message(id, m.ID).State == "read" })
	if got := w.facebook.gotBy("9001"); !slices.Equal(got, []string{"Until six"}) {
		t.Errorf("the customer got %q", got)
	}
	var kept []string
	for _, m := range aki.messages(w.conversationWith("9002")) {
		kept = append(kept, m.MID)
	}
	for _, mid := range taken {
		if !slices.Contains(kept, mid) {
			t.Errorf("the webhook with %s was answered 200 and is not kept", mid)
		}
	}
	t.Logf("%d webhooks were answered 200, %d are kept", len(taken), len(kept))

	w.facebook.fails(fault{On: "send", Kind: "timeout"})
	m, _ = aki.insists(id, newReply("Nobody will answer this one"))
	waitFor(t, "the reply is on its way", patience, func() bool { return aki.message(id, m.ID).State == "posting" })
	w.facebook.stop()
	w.hub.signal(os.Interrupt)
	if code := w.hub.exit(2 * stopWithin); code != cli.ExitDone {
		t.Errorf("exit code %d after an interrupt\n%s", code, w.hub.err)
	}
}
