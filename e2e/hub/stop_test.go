package hub

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// TestServersStopCleanly: told to end, a hub ends well while requests run; what it
// answered is kept, and a reply on its way is not lost.
func TestServersStopCleanly(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerWrites("9001", "Are you open?")
	id := w.ConversationWith("9001")
	driver.WaitFor(t, "the message is there", driver.Patience, func() bool { return aki.Holds(id, "Are you open?") })

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
				if a := w.Webhook(driver.Envelope(textEvent(w, "9002", mid, mid))); a.Err == nil && a.Status == http.StatusOK {
					mu.Lock()
					taken = append(taken, mid)
					mu.Unlock()
				} else if a.Err == nil && a.Status != http.StatusServiceUnavailable {
					t.Errorf("webhook answered %d %s", a.Status, a.Body)
				}
				if a := aki.Try(http.MethodGet, "/v1/conversations", nil); a.Err == nil && a.Status != http.StatusOK && a.Status != http.StatusServiceUnavailable {
					t.Errorf("list answered %d %s", a.Status, a.Body)
				}
				answered.Add(1)
			}
		})
	}
	driver.WaitFor(t, "requests run", driver.Patience, func() bool { return answered.Load() > 20 })
	w.Facebook.Fails(driver.Fault{On: "send", Kind: "delay", DelayMS: 3000, Count: 1})
	m, _ := insists(aki, id, newReply("Until six"))
	driver.WaitFor(t, "the reply is on its way", driver.Patience, func() bool { return aki.Message(id, m.ID).State == "posting" })
	w.Hub.Stop()
	close(stopped)
	wg.Wait()

	w.StartHub()
	if m := aki.Message(id, m.ID); !m.Arrived() || m.Attempt != 1 {
		t.Errorf("the reply that was on its way is %s after %d attempts", describe(m), m.Attempt)
	}
	driver.WaitFor(t, "the reply is read", driver.Patience, func() bool { return aki.Message(id, m.ID).State == "read" })
	if got := w.Facebook.GotBy("9001"); !slices.Equal(got, []string{"Until six"}) {
		t.Errorf("the customer got %q", got)
	}
	var kept []string
	for _, m := range aki.Messages(w.ConversationWith("9002")) {
		kept = append(kept, m.MID)
	}
	for _, mid := range taken {
		if !slices.Contains(kept, mid) {
			t.Errorf("the webhook with %s was answered 200 and is not kept", mid)
		}
	}
	t.Logf("%d webhooks were answered 200, %d are kept", len(taken), len(kept))

	w.Facebook.Fails(driver.Fault{On: "send", Kind: "timeout"})
	m, _ = insists(aki, id, newReply("Nobody will answer this one"))
	driver.WaitFor(t, "the reply is on its way", driver.Patience, func() bool { return aki.Message(id, m.ID).State == "posting" })
	w.Facebook.Stop()
	w.Hub.Signal(os.Interrupt)
	if code := w.Hub.Exit(2 * driver.StopWithin); code != cli.ExitDone {
		t.Errorf("exit code %d after an interrupt\n%s", code, w.Hub.Err)
	}
}
