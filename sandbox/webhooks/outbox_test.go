package webhooks_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/sandbox"
	"parley/sandbox/sandboxtest"
)

func TestOneCustomersMessagesKeepTheirOrder(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	b.Hook.Answer(503)
	var want strings.Builder
	for i := range 40 {
		text := fmt.Sprintf("line %d", i)
		b.Says("1001", text)
		want.WriteString(text + "|")
		if i == 20 {
			b.Hook.Answer(0)
		}
	}
	b.Eventually("all in order", func() bool { return sandboxtest.Texts(b.Hook.Only(sandboxtest.IsMessage)) == want.String() })
}

func TestRetriesUntilAccepted(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	b.Hook.Answer(500)
	b.Says("1001", "stubborn")
	b.Eventually("three tries", func() bool {
		return len(b.Hook.Posts()) >= 3
	})
	if posts := b.Hook.Posts(); !bytes.Equal(posts[0], posts[2]) {
		t.Error("a retry has other bytes")
	}
	b.Hook.Answer(204) // anything but 200 is a failure
	sandboxtest.Pass(50 * time.Millisecond)
	b.Hook.Answer(0)
	b.Subscribe() // a new handshake calls the retry at once
	b.Eventually("the message", func() bool { return len(b.Hook.Only(sandboxtest.IsMessage)) == 1 })
}

func TestRetriesDoNotHoldOthersUp(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	b.Hook.Answer(500)
	for i := range 12 { // more than may be in flight
		b.Says(fmt.Sprint(2000+i), "stuck")
		sandboxtest.Pass(20 * time.Millisecond)
	}
	sandboxtest.Pass(1800 * time.Millisecond) // by now the first ones pause for two seconds
	b.Hook.Answer(0)
	b.Says("1001", "through")
	b.Eventually("the free one", func() bool { return strings.Contains(sandboxtest.Texts(b.Hook.Only(sandboxtest.IsMessage)), "through") })
}

func TestBacklogGoesOutInBatches(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	b.Hook.Slow(300 * time.Millisecond)
	for i := range 200 {
		b.Says(fmt.Sprint(3000+i), "crowd")
	}
	b.Eventually("all", func() bool { return len(b.Hook.Only(sandboxtest.IsMessage)) == 200 })
	perPost := map[int]int{}
	for _, e := range b.Hook.All() {
		perPost[e.Post]++
	}
	most := 0
	for _, n := range perPost {
		most = max(most, n)
	}
	if most < 10 {
		t.Errorf("the biggest of %d POSTs has %d events", len(perPost), most)
	}
}

func TestWebhookFaults(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	one := func(kind string, more map[string]any) {
		f := map[string]any{"on": "webhook", "kind": kind, "count": 1}
		for k, v := range more {
			f[k] = v
		}
		b.Fault(f)
	}
	count := func(text string) int {
		return strings.Count("|"+sandboxtest.Texts(b.Hook.Only(sandboxtest.IsMessage)), "|"+text+"|")
	}
	one("drop", nil)
	b.Says("1001", "dropped")
	one("duplicate", nil)
	b.Says("1001", "doubled")
	one("delay", map[string]any{"delay_ms": 400})
	b.Says("1001", "delayed")
	b.Says("1001", "prompt")
	b.Eventually("all of them", func() bool { return count("doubled") == 2 && count("delayed") == 1 && count("prompt") == 1 })
	if count("dropped") != 0 {
		t.Error("a dropped event came")
	}
	list := sandboxtest.Texts(b.Hook.Only(sandboxtest.IsMessage))
	if strings.Index(list, "prompt") > strings.Index(list, "delayed") {
		t.Errorf("the delayed one did not come late: %s", list)
	}
}

func TestShuffleFault(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	b.Fault(map[string]any{"on": "webhook", "kind": "shuffle", "psid": "1001", "delay_ms": 300})
	for i := range 30 {
		b.Says("1001", fmt.Sprintf("%03d", i))
		b.Says("1002", fmt.Sprintf("%03d", i))
	}
	b.Eventually("all", func() bool { return len(b.Hook.Only(sandboxtest.IsMessage)) == 60 })
	sorted := func(psid string) bool {
		return slices.IsSortedFunc(b.Hook.Only(func(e sandboxtest.Received) bool { return sandboxtest.IsMessage(e) && e.Sender.ID == psid }),
			func(a, b sandboxtest.Received) int { return strings.Compare(a.Message.Text, b.Message.Text) })
	}
	if sorted("1001") {
		t.Error("30 shuffled messages came in order")
	}
	if !sorted("1002") {
		t.Error("the other customer's messages were shuffled too")
	}
}
