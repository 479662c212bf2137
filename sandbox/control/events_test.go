package control_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"parley/sandbox"
	"parley/sandbox/control"
	"parley/sandbox/sandboxtest"
)

func TestRawEvents(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Start(t, sandbox.Options{})
	if r := b.Control("POST", "/events", map[string]any{"raw": "x"}); r.Status != 409 {
		t.Errorf("without a callback: %d", r.Status)
	}
	b.Subscribe()
	envelope := map[string]any{"object": "page", "entry": []any{map[string]any{"id": "1", "messaging": []any{
		map[string]any{"message": map[string]any{"mid": "m_1", "text": "é/@"}},
		map[string]any{"message": map[string]any{"mid": "m_2", "text": "b"}},
	}}}}
	statuses := func(body map[string]any) string {
		return fmt.Sprint(b.OK(b.Control("POST", "/events", body)).Body["status"])
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
	all := b.Hook.Posts()
	posts := all[:len(all)-1]
	if bare := all[len(posts)]; !bytes.Contains(bare, []byte(`"é/@"`)) {
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
	b := sandboxtest.Begin(t, sandbox.Options{})
	first := b.OK(b.Control("POST", "/customers/1001/messages", map[string]any{"text": "hello", "name": "Ken Sato", "locale": "en_US"}))
	if first.Status != http.StatusAccepted || first.Body["psid"] != "1001" {
		t.Errorf("answer is %d %s", first.Status, first.Raw)
	}
	for _, body := range []map[string]any{
		{"text": "standby", "standby": true},
		{"text": "mine", "mid": "m_mine"},
		{"text": "mine", "mid": "m_mine"},
		{"text": "Green", "quick_reply": "GREEN"},
		{"text": "re", "reply_to": first.Body["mid"]},
		{"attachments": []any{map[string]any{"type": "image", "payload": map[string]any{"url": "https://scontent.xx.fbcdn.net/a.jpg"}}}},
	} {
		b.OK(b.Control("POST", "/customers/1001/messages", body))
	}
	b.Eventually("seven events", func() bool { return len(b.Hook.All()) == 7 })
	all := b.Hook.All()
	if !all[1].Standby || all[2].Message.MID != "m_mine" || all[3].Message.MID != "m_mine" || all[4].Message.QuickReply.Payload != "GREEN" ||
		all[5].Message.ReplyTo.MID != first.Body["mid"] || all[6].Message.Attachments[0].Payload.URL != "https://scontent.xx.fbcdn.net/a.jpg" {
		t.Errorf("events are %+v", all)
	}
	for path, body := range map[string]any{
		"/customers/t_x/messages":  map[string]any{"text": "x"},
		"/customers/1001/messages": map[string]any{},
		"/customers/1002/messages": map[string]any{"text": "x", "at": "yesterday"},
		"/customers/1001":          map[string]any{"profile": "half"},
		"/page":                    map[string]any{"policy": "hug"},
	} {
		if r := b.Control("POST", path, body); r.Status != 400 || r.Body["error"] == nil {
			t.Errorf("%s %v got %d %s", path, body, r.Status, r.Raw)
		}
	}
	if r := b.Control("GET", "/nonsense", nil); r.Status != 404 || r.Body["error"] == nil {
		t.Errorf("unknown route got %d %s", r.Status, r.Raw)
	}
	if r := b.OK(b.Control("GET", "", nil)); len(r.Body["routes"].([]any)) != control.Routes() {
		t.Errorf("routes are %s", r.Raw)
	}
	if r := b.OK(b.Control("GET", "/customers", nil)); !bytes.Contains(r.Raw, []byte(`"name":"Ken Sato","locale":"en_US"`)) {
		t.Errorf("customers are %s", r.Raw)
	}
}

func TestDeliveredRoute(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	b.Says("1001", "hello")
	b.Says("1002", "hello")
	b.OK(b.Send("1001", "same"))
	b.OK(b.Send("1001", "same"))
	b.OK(b.Send("1002", "other"))
	var out struct {
		Delivered []struct{ Text, Metadata, MID, At string }
		Customers map[string][]string
	}
	if err := json.Unmarshal(b.OK(b.Control("GET", "/delivered", nil)).Raw, &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Delivered) != 3 || len(out.Customers["1001"]) != 2 || out.Delivered[0].Metadata != "token:same" || out.Delivered[0].MID == out.Delivered[1].MID {
		t.Errorf("delivered is %+v", out)
	}
	if _, err := time.Parse(time.RFC3339, out.Delivered[0].At); err != nil {
		t.Error(err)
	}
}
