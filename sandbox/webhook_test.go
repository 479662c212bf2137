package sandbox

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestOneCustomersMessagesKeepTheirOrder(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{})
	b.hook.answer(503)
	var want strings.Builder
	for i := range 40 {
		text := fmt.Sprintf("line %d", i)
		b.says("1001", text)
		want.WriteString(text + "|")
		if i == 20 {
			b.hook.answer(0)
		}
	}
	b.eventually("all in order", func() bool { return texts(b.hook.only(isMessage)) == want.String() })
}

func TestRetriesUntilAccepted(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{})
	b.hook.answer(500)
	b.says("1001", "stubborn")
	b.eventually("three tries", func() bool {
		b.hook.mu.Lock()
		defer b.hook.mu.Unlock()
		return len(b.hook.posts) >= 3
	})
	b.hook.mu.Lock()
	if !bytes.Equal(b.hook.posts[0], b.hook.posts[2]) {
		t.Error("a retry has other bytes")
	}
	b.hook.mu.Unlock()
	b.hook.answer(204) // anything but 200 is a failure
	pass(50 * time.Millisecond)
	b.hook.answer(0)
	b.subscribe() // a new handshake calls the retry at once
	b.eventually("the message", func() bool { return len(b.hook.only(isMessage)) == 1 })
}

func TestRetriesDoNotHoldOthersUp(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{})
	b.hook.answer(500)
	for i := range 12 { // more than may be in flight
		b.says(fmt.Sprint(2000+i), "stuck")
		pass(20 * time.Millisecond)
	}
	pass(1800 * time.Millisecond) // by now the first ones pause for two seconds
	b.hook.answer(0)
	b.says("1001", "through")
	b.eventually("the free one", func() bool { return strings.Contains(texts(b.hook.only(isMessage)), "through") })
}

func TestBacklogGoesOutInBatches(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{})
	b.hook.mu.Lock()
	b.hook.slow = 300 * time.Millisecond
	b.hook.mu.Unlock()
	for i := range 200 {
		b.says(fmt.Sprint(3000+i), "crowd")
	}
	b.eventually("all", func() bool { return len(b.hook.only(isMessage)) == 200 })
	perPost := map[int]int{}
	for _, e := range b.hook.all() {
		perPost[e.post]++
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
	b := begin(t, Options{})
	one := func(kind string, more map[string]any) {
		f := map[string]any{"on": "webhook", "kind": kind, "count": 1}
		for k, v := range more {
			f[k] = v
		}
		b.fault(f)
	}
	count := func(text string) int {
		return strings.Count("|"+texts(b.hook.only(isMessage)), "|"+text+"|")
	}
	one("drop", nil)
	b.says("1001", "dropped")
	one("duplicate", nil)
	b.says("1001", "doubled")
	one("delay", map[string]any{"delay_ms": 400})
	b.says("1001", "delayed")
	b.says("1001", "prompt")
	b.eventually("all of them", func() bool { return count("doubled") == 2 && count("delayed") == 1 && count("prompt") == 1 })
	if count("dropped") != 0 {
		t.Error("a dropped event came")
	}
	list := texts(b.hook.only(isMessage))
	if strings.Index(list, "prompt") > strings.Index(list, "delayed") {
		t.Errorf("the delayed one did not come late: %s", list)
	}
}

func TestShuffleFault(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{})
	b.fault(map[string]any{"on": "webhook", "kind": "shuffle", "psid": "1001", "delay_ms": 300})
	for i := range 30 {
		b.says("1001", fmt.Sprintf("%03d", i))
		b.says("1002", fmt.Sprintf("%03d", i))
	}
	b.eventually("all", func() bool { return len(b.hook.only(isMessage)) == 60 })
	sorted := func(psid string) bool {
		return slices.IsSortedFunc(b.hook.only(func(e received) bool { return isMessage(e) && e.Sender.ID == psid }),
			func(a, b received) int { return strings.Compare(a.Message.Text, b.Message.Text) })
	}
	if sorted("1001") {
		t.Error("30 shuffled messages came in order")
	}
	if !sorted("1002") {
		t.Error("the other customer's messages were shuffled too")
	}
}

func TestRawEvents(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	if r := b.control("POST", "/events", map[string]any{"raw": "x"}); r.status != 409 {
		t.Errorf("without a callback: %d", r.status)
	}
	b.subscribe()
	envelope := map[string]any{"object": "page", "entry": []any{map[string]any{"id": "1", "messaging": []any{
		map[string]any{"message": map[string]any{"mid": "m_1", "text": "é/@"}},
		map[string]any{"message": map[string]any{"mid": "m_2", "text": "b"}},
	}}}}
	statuses := func(body map[string]any) string {
		return fmt.Sprint(b.ok(b.control("POST", "/events", body)).body["status"])
	}
	for _, c := range []struct {
		body map[string]any
		want string
	}{
		{map[string]any{"body": envelope}, "[200]"},
		{map[string]any{"body": envelope, "times": 3}, "[200 200 200]"},
		{map[string]any{"body": envelope, "shuffle": true}, "[200]"},
		{map[string]any{"body": envelope, "sign": false}, "[401]"},
		{map[string]any{"body": envelope, "signature": "sha256=00"}, "[401]"},
		{map[string]any{"raw": "{\"é\": <"}, "[200]"},
		{map[string]any{"raw_base64": "/w=="}, "[200]"},
	} {
		if got := statuses(c.body); got != c.want {
			t.Errorf("%v got %s, want %s", c.body, got, c.want)
		}
	}
	if got := statuses(envelope); got != "[200]" {
		t.Errorf("a bare envelope got %s", got)
	}
	b.hook.mu.Lock()
	defer b.hook.mu.Unlock()
	posts := b.hook.posts[:len(b.hook.posts)-1]
	if bare := b.hook.posts[len(posts)]; !bytes.Contains(bare, []byte(`"é/@"`)) {
		t.Errorf("the bare envelope was changed: %s", bare)
	}
	if !bytes.Contains(posts[0], []byte(`"\u00e9\/\u0040"`)) {
		t.Errorf("not in Meta's escapes: %s", posts[0])
	}
	if n := len(posts); string(posts[n-2]) != "{\"é\": <" || string(posts[n-1]) != "\xff" {
		t.Errorf("raw bytes changed: %q %q", posts[n-2], posts[n-1])
	}
}

func TestControlMessages(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{})
	first := b.ok(b.control("POST", "/customers/1001/messages", map[string]any{"text": "hello", "name": "Ken Sato", "locale": "en_US"}))
	if first.status != http.StatusAccepted || first.body["psid"] != "1001" {
		t.Errorf("answer is %d %s", first.status, first.raw)
	}
	for _, body := range []map[string]any{
		{"text": "standby", "standby": true},
		{"text": "mine", "mid": "m_mine"},
		{"text": "mine", "mid": "m_mine"},
		{"text": "Green", "quick_reply": "GREEN"},
		{"text": "re", "reply_to": first.body["mid"]},
		{"attachments": []any{map[string]any{"type": "image", "payload": map[string]any{"url": "https://scontent.xx.fbcdn.net/a.jpg"}}}},
	} {
		b.ok(b.control("POST", "/customers/1001/messages", body))
	}
	b.eventually("seven events", func() bool { return len(b.hook.all()) == 7 })
	all := b.hook.all()
	if !all[1].standby || all[2].Message.MID != "m_mine" || all[3].Message.MID != "m_mine" || all[4].Message.QuickReply.Payload != "GREEN" ||
		all[5].Message.ReplyTo.MID != first.body["mid"] || all[6].Message.Attachments[0].url() != "https://scontent.xx.fbcdn.net/a.jpg" {
		t.Errorf("events are %+v", all)
	}
	for path, body := range map[string]any{
		"/customers/t_x/messages":  map[string]any{"text": "x"},
		"/customers/1001/messages": map[string]any{},
		"/customers/1002/messages": map[string]any{"text": "x", "at": "yesterday"},
		"/customers/1001":          map[string]any{"profile": "half"},
		"/page":                    map[string]any{"policy": "hug"},
	} {
		if r := b.control("POST", path, body); r.status != 400 || r.body["error"] == nil {
			t.Errorf("%s %v got %d %s", path, body, r.status, r.raw)
		}
	}
	if r := b.control("GET", "/nonsense", nil); r.status != 404 || r.body["error"] == nil {
		t.Errorf("unknown route got %d %s", r.status, r.raw)
	}
	if r := b.ok(b.control("GET", "", nil)); len(r.body["routes"].([]any)) != len(b.controlRoutes()) {
		t.Errorf("routes are %s", r.raw)
	}
	if r := b.ok(b.control("GET", "/customers", nil)); !bytes.Contains(r.raw, []byte(`"name":"Ken Sato","locale":"en_US"`)) {
		t.Errorf("customers are %s", r.raw)
	}
}
