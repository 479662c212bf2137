package customers_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"parley/sandbox"
	"parley/sandbox/sandboxtest"
)

func TestTheLivingWriteOnlyOnceHeard(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Start(t, sandbox.Options{Customers: 4, Rate: 50, Seed: 3})
	sandboxtest.Pass(400 * time.Millisecond)
	if r := b.OK(b.Control("GET", "/customers", nil)); strings.Contains(string(r.Raw), `"last_wrote_at":"2`) {
		t.Error("somebody wrote before the subscription")
	}
	b.Subscribe()
	b.Eventually("the first message", func() bool { return len(b.Hook.Only(sandboxtest.IsMessage)) > 0 })
	b.Eventually("everybody", func() bool {
		who := map[string]bool{}
		for _, e := range b.Hook.Only(sandboxtest.IsMessage) {
			who[e.Sender.ID] = true
		}
		return len(who) == 4
	})
	b.OK(b.Control("POST", "/pause", nil))
	sandboxtest.Pass(200 * time.Millisecond)
	n := len(b.Hook.Only(sandboxtest.IsMessage))
	sandboxtest.Pass(300 * time.Millisecond)
	if more := len(b.Hook.Only(sandboxtest.IsMessage)); more > n+1 {
		t.Errorf("%d messages while paused", more-n)
	}
	b.OK(b.Control("POST", "/resume", nil))
	b.Eventually("more", func() bool { return len(b.Hook.Only(sandboxtest.IsMessage)) > n+2 })
}

func TestFirstMessageComesAtOnceAtASlowRate(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{Customers: 1, Rate: 0.01})
	began := time.Now()
	b.Eventually("the first message", func() bool { return len(b.Hook.All()) > 0 })
	if d := time.Since(began); d > 50*time.Second { // by the rate it would take a hundred
		t.Errorf("the first message took %v", d)
	}
}

func TestTheLivingAnswerAFewTimes(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{Customers: 1, Rate: 0.01, Seed: 11})
	b.Eventually("the first message", func() bool { return len(b.Hook.Only(sandboxtest.IsMessage)) > 0 })
	psid := b.Hook.Only(sandboxtest.IsMessage)[0].Sender.ID
	sandboxtest.Pass(time.Second) // some begin with two
	before := len(b.Hook.Only(sandboxtest.IsMessage))
	sent := time.Now()
	b.OK(b.Send(psid, "Thanks for writing!"))
	b.Eventually("an answer", func() bool { return len(b.Hook.Only(sandboxtest.IsMessage)) > before })
	if d := time.Since(sent); d < time.Second || d > 50*time.Second { // by the rate it would take a hundred
		t.Errorf("answered after %v", d)
	}
}

func TestTheRateIsKept(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{Customers: 20, Rate: 200})
	b.Eventually("the first message", func() bool { return len(b.Hook.Only(sandboxtest.IsMessage)) > 0 })
	began, n := time.Now(), len(b.Hook.Only(sandboxtest.IsMessage))
	b.Eventually("400 more", func() bool { return len(b.Hook.Only(sandboxtest.IsMessage))-n >= 400 })
	// However late a busy machine is, it is never early by much.
	if d := time.Since(began); d < 1450*time.Millisecond {
		t.Errorf("400 messages in %v at 200 a second", d)
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{History: 300, Seed: 5})
	want := messages(b)
	count := func() int { return len(b.Hook.Only(sandboxtest.IsMessage)) + len(b.Hook.Only(sandboxtest.IsEcho)) }
	b.Eventually("all of it", func() bool { return count() == want })
	now, soon, echoes := time.Now(), 0, 0
	newest := map[string]int64{}
	for _, e := range b.Hook.All() {
		if e.Timestamp > now.UnixMilli() {
			t.Errorf("a message of the future: %d", e.Timestamp)
		}
		if sandboxtest.IsEcho(e) {
			echoes++
			if e.Message.AppID.String() != "263902037430900" || e.Message.Metadata != "" {
				t.Errorf("an old sandboxtest.Reply of app %s", e.Message.AppID)
			}
			continue
		}
		if e.Timestamp < newest[e.Sender.ID] {
			t.Error("a customer's history is out of order")
		}
		newest[e.Sender.ID] = e.Timestamp
	}
	for _, last := range newest {
		left := 24*time.Hour - now.Sub(time.UnixMilli(last))
		if left > 0 && left < 15*time.Minute {
			soon++
		}
	}
	if soon < 5 || echoes == 0 || len(newest) != 300 {
		t.Errorf("%d close soon, %d echoes, %d customers", soon, echoes, len(newest))
	}
}

// messages counts all that stand in the Page's inbox.
func messages(b *sandboxtest.Box) int {
	b.Helper()
	var all struct{ Conversations []struct{ Messages []string } }
	if err := json.Unmarshal(b.OK(b.Control("GET", "/conversations", nil)).Raw, &all); err != nil {
		b.Fatal(err)
	}
	n := 0
	for _, c := range all.Conversations {
		n += len(c.Messages)
	}
	return n
}

// BenchmarkHistory tells how many messages of history reach a callback a second;
// 2,000 is what we promise.
func BenchmarkHistory(bm *testing.B) {
	for bm.Loop() {
		bm.StopTimer()
		t := &testing.T{}
		b := sandboxtest.Start(t, sandbox.Options{History: 2000})
		want := messages(b)
		bm.StartTimer()
		began := time.Now()
		b.Subscribe()
		for len(b.Hook.All()) < want {
			sandboxtest.Pass(time.Millisecond)
		}
		bm.ReportMetric(float64(want)/time.Since(began).Seconds(), "messages/s")
		bm.StopTimer()
		_ = b.Stop()
		bm.StartTimer()
	}
}
