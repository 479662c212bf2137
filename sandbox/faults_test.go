package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/sandbox/fault"
)

// brief sends with a short patience.
func (b *box) brief(psid, text string) reply {
	b.Helper()
	raw, _ := json.Marshal(textTo(psid, text))
	i := b.Info()
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "POST", i.GraphURL+"/me/messages?appsecret_proof="+proof(i.AppSecret, i.PageToken), bytes.NewReader(raw))
	req.Header.Set("Authorization", "Bearer "+i.PageToken)
	return b.do(req)
}

func TestSendFaults(t *testing.T) {
	t.Parallel()
	timedOut := func(r reply) bool { return errors.Is(r.err, context.DeadlineExceeded) }
	for kind, c := range map[string]struct {
		got  int // how often the customer got it
		seen func(reply) bool
	}{
		"timeout":         {0, timedOut},
		"act_and_timeout": {1, timedOut},
		"reset":           {0, func(r reply) bool { return errors.Is(r.err, syscall.ECONNRESET) || errors.Is(r.err, io.EOF) }},
		"act_and_cut":     {1, func(r reply) bool { return errors.Is(r.err, io.EOF) }},
		"act_and_500":     {1, func(r reply) bool { return r.status == 500 && r.body == nil }},
		"http_500":        {0, func(r reply) bool { return r.status == 500 && r.body == nil }},
		"html_403":        {0, func(r reply) bool { return r.status == 403 && bytes.Contains(r.raw, []byte("<html>")) }},
		"garbage":         {1, func(r reply) bool { return r.status == 200 && r.body == nil }},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			b := begin(t, Options{})
			b.says("1001", "hello")
			b.fault(map[string]any{"on": "send", "kind": kind, "count": 1, "psid": "1001"})
			// The echo must not hold the answer up here.
			b.fault(map[string]any{"on": "send", "kind": "echo_late", "delay_ms": 50})
			b.ok(b.page("POST", "/me/messages", map[string]any{"recipient": map[string]any{"id": "1001"}, "sender_action": "typing_on"}))
			if r := b.brief("1001", "once"); !c.seen(r) {
				t.Errorf("seen: %d %q %v", r.status, r.raw, r.err)
			}
			if got := b.got("1001"); len(got) != c.got {
				t.Errorf("the customer got %q", got)
			}
			if c.got == 1 {
				b.eventually("the echo", func() bool { return len(b.hook.only(isEcho)) == 1 })
			}
			b.ok(b.send("1001", "twice")) // the fault has spent itself
		})
	}
}

func TestErrorFaults(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{})
	b.says("1001", "hello")
	b.says("1002", "hello")
	for _, c := range []struct{ code, subcode, status int }{
		{4, 0, 400},
		{613, 0, 400},
		{80006, 0, 400},
		{2, 0, 500},
		{1, 0, 500},
		{1200, 0, 400},
		{190, 0, 400},
		{368, 0, 400},
		{551, 1545041, 400},
		{10, 2018278, 400},
		{200, 2018028, 403},
		{2018300, 0, 400},
	} {
		b.fault(map[string]any{"on": "send", "kind": "error", "code": c.code, "subcode": c.subcode, "count": 1, "regain_minutes": 3})
		r := b.send("1001", "x")
		b.refused(r, c.status, c.code, c.subcode)
		if throttled := (&graphError{code: c.code}).throttle(); throttled != strings.Contains(r.header.Get("X-Business-Use-Case-Usage"), `"estimated_time_to_regain_access":3`) {
			t.Errorf("%d: usage is %s", c.code, r.header.Get("X-Business-Use-Case-Usage"))
		}
	}
	b.fault(map[string]any{"on": "send", "kind": "error", "code": 2, "status": 503, "psid": "1002"})
	b.ok(b.send("1001", "not meant"))
	b.refused(b.send("1002", "meant"), 503, 2, 0)
	if got := b.got("1002"); got != nil {
		t.Errorf("the customer got %q", got)
	}
}

func TestFaultsOnOtherCalls(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{})
	b.says("1001", "hello")
	b.fault(map[string]any{"on": "profile", "kind": "http_500", "count": 1})
	b.fault(map[string]any{"on": "conversations", "kind": "error", "code": 4, "count": 1})
	b.fault(map[string]any{"on": "graph", "kind": "delay", "delay_ms": 120, "count": 1})
	if r := b.page("GET", "/1001?fields=name", nil); r.status != 500 {
		t.Errorf("profile got %d", r.status)
	}
	b.refused(b.page("GET", "/me/conversations", nil), 400, 4, 0)
	began := time.Now()
	b.ok(b.page("GET", "/me", nil))
	if time.Since(began) < 120*time.Millisecond {
		t.Error("no delay")
	}
	var out struct{ Faults []fault.Fault }
	_ = json.Unmarshal(b.ok(b.control("GET", "/faults", nil)).raw, &out)
	for _, f := range out.Faults {
		if f.Fired != 1 {
			t.Errorf("%s on %s fired %d times", f.Kind, f.On, f.Fired)
		}
	}
	b.ok(b.control("DELETE", "/faults", nil))
	if r := b.ok(b.control("GET", "/faults", nil)); !bytes.Contains(r.raw, []byte(`{"faults":[]}`)) {
		t.Errorf("left: %s", r.raw)
	}
}

func TestEchoFaults(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{})
	b.says("1001", "hello")
	one := func(kind string, delay int) {
		b.fault(map[string]any{"on": "send", "kind": kind, "count": 1, "delay_ms": delay})
	}
	one("echo_early", 0)
	b.ok(b.send("1001", "early"))
	if echoes := b.hook.only(isEcho); len(echoes) != 1 {
		t.Errorf("%d echoes before the answer", len(echoes))
	}
	one("echo_late", 700)
	sent := time.Now()
	b.ok(b.send("1001", "late"))
	b.eventually("the late echo", func() bool { return len(b.hook.only(isEcho)) == 2 })
	if time.Since(sent) < 700*time.Millisecond {
		t.Error("the echo was not late")
	}
	one("echo_missing", 0)
	b.ok(b.send("1001", "missing"))
	one("echo_without_metadata", 0)
	b.ok(b.send("1001", "bare"))
	b.eventually("the bare echo and all reads", func() bool {
		return len(b.hook.only(isEcho)) == 3 && len(b.hook.only(isRead)) == 4
	})
	last := b.hook.only(isEcho)[2].Message
	if last.Text != "bare" || last.Metadata != "" || last.AppID.String() != b.Info().AppID {
		t.Errorf("the bare echo is %+v", last)
	}
}

func TestActAndCutTogetherWithEchoMissing(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{})
	b.says("1001", "hello")
	b.fault(map[string]any{"on": "send", "kind": "act_and_cut", "count": 1})
	b.fault(map[string]any{"on": "send", "kind": "echo_missing", "count": 1})
	if r := b.send("1001", "once"); r.err == nil {
		t.Errorf("answered %d", r.status)
	}
	b.eventually("the read", func() bool { return len(b.hook.only(isRead)) == 1 })
	if got := b.got("1001"); len(got) != 1 || len(b.hook.only(isEcho)) != 0 {
		t.Errorf("got %q, %d echoes", got, len(b.hook.only(isEcho)))
	}
}

func TestBadFaultsAreRefused(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	for _, f := range []map[string]any{
		{"on": "weather", "kind": "drop"},
		{"on": "send", "kind": "drop"},
		{"on": "webhook", "kind": "timeout"},
		{"on": "send", "kind": "reset", "probability": 2},
		{"on": "send", "kind": "reset", "count": -1},
		{"on": "send", "kind": "error", "status": 200},
		{"on": "send", "kind": "reset", "typo": 1},
	} {
		if r := b.control("POST", "/faults", f); r.status != 400 || r.body["error"] == nil {
			t.Errorf("%v got %d %s", f, r.status, r.raw)
		}
	}
}
