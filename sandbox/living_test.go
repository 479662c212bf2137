package sandbox

import (
	"strings"
	"testing"
	"time"
)

func TestTheLivingWriteOnlyOnceHeard(t *testing.T) {
	t.Parallel()
	b := start(t, Options{Customers: 4, Rate: 50, Seed: 3})
	pass(400 * time.Millisecond)
	if r := b.ok(b.control("GET", "/customers", nil)); strings.Contains(string(r.raw), `"last_wrote_at":"2`) {
		t.Error("somebody wrote before the subscription")
	}
	b.subscribe()
	b.eventually("the first message", func() bool { return len(b.hook.only(isMessage)) > 0 })
	b.eventually("everybody", func() bool {
		who := map[string]bool{}
		for _, e := range b.hook.only(isMessage) {
			who[e.Sender.ID] = true
		}
		return len(who) == 4
	})
	b.ok(b.control("POST", "/pause", nil))
	pass(200 * time.Millisecond)
	n := len(b.hook.only(isMessage))
	pass(300 * time.Millisecond)
	if more := len(b.hook.only(isMessage)); more > n+1 {
		t.Errorf("%d messages while paused", more-n)
	}
	b.ok(b.control("POST", "/resume", nil))
	b.eventually("more", func() bool { return len(b.hook.only(isMessage)) > n+2 })
}

func TestFirstMessageComesAtOnceAtASlowRate(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{Customers: 1, Rate: 0.01})
	began := time.Now()
	b.eventually("the first message", func() bool { return len(b.hook.all()) > 0 })
	if d := time.Since(began); d > 50*time.Second { // by the rate it would take a hundred
		t.Errorf("the first message took %v", d)
	}
}

func TestTheLivingAnswerAFewTimes(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{Customers: 1, Rate: 0.01, Seed: 11})
	b.eventually("the first message", func() bool { return len(b.hook.only(isMessage)) > 0 })
	psid := b.hook.only(isMessage)[0].Sender.ID
	pass(time.Second) // some begin with two
	before := len(b.hook.only(isMessage))
	sent := time.Now()
	b.ok(b.send(psid, "Thanks for writing!"))
	b.eventually("an answer", func() bool { return len(b.hook.only(isMessage)) > before })
	if d := time.Since(sent); d < time.Second || d > 50*time.Second { // by the rate it would take a hundred
		t.Errorf("answered after %v", d)
	}
}

func TestTheRateIsKept(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{Customers: 20, Rate: 200})
	b.eventually("the first message", func() bool { return len(b.hook.only(isMessage)) > 0 })
	began, n := time.Now(), len(b.hook.only(isMessage))
	b.eventually("400 more", func() bool { return len(b.hook.only(isMessage))-n >= 400 })
	// However late a busy machine is, it is never early by much.
	if d := time.Since(began); d < 1450*time.Millisecond {
		t.Errorf("400 messages in %v at 200 a second", d)
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{History: 300, Seed: 5})
	want := 0
	for _, c := range b.world.order {
		want += len(c.messages)
	}
	count := func() int { return len(b.hook.only(isMessage)) + len(b.hook.only(isEcho)) }
	b.eventually("all of it", func() bool { return count() == want })
	now, soon, echoes := time.Now(), 0, 0
	newest := map[string]int64{}
	for _, e := range b.hook.all() {
		if e.Timestamp > now.UnixMilli() {
			t.Errorf("a message of the future: %d", e.Timestamp)
		}
		if isEcho(e) {
			echoes++
			if e.Message.AppID.String() != inboxApp || e.Message.Metadata != "" {
				t.Errorf("an old reply of app %s", e.Message.AppID)
			}
			continue
		}
		if e.Timestamp < newest[e.Sender.ID] {
			t.Error("a customer's history is out of order")
		}
		newest[e.Sender.ID] = e.Timestamp
	}
	for _, last := range newest {
		left := window - now.Sub(time.UnixMilli(last))
		if left > 0 && left < 15*time.Minute {
			soon++
		}
	}
	if soon < 5 || echoes == 0 || len(newest) != 300 {
		t.Errorf("%d close soon, %d echoes, %d customers", soon, echoes, len(newest))
	}
}

// BenchmarkHistory tells how many messages of history reach a callback a second;
// 2,000 is what we promise.
func BenchmarkHistory(bm *testing.B) {
	for bm.Loop() {
		bm.StopTimer()
		t := &testing.T{}
		b := start(t, Options{History: 2000})
		want := 0
		for _, c := range b.world.order {
			want += len(c.messages)
		}
		bm.StartTimer()
		began := time.Now()
		b.subscribe()
		for len(b.hook.all()) < want {
			pass(time.Millisecond)
		}
		bm.ReportMetric(float64(want)/time.Since(began).Seconds(), "messages/s")
		bm.StopTimer()
		_ = b.stop()
		bm.StartTimer()
	}
}
