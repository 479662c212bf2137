package fault_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/sandbox"
	"parley/sandbox/fault"
	"parley/sandbox/sandboxtest"
)

// brief sends with a short patience.
func brief(b *sandboxtest.Box, psid, text string) sandboxtest.Reply {
	b.Helper()
	raw, _ := json.Marshal(sandboxtest.TextTo(psid, text))
	i := b.Info()
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "POST", i.GraphURL+"/me/messages?appsecret_proof="+sandboxtest.Proof(i.AppSecret, i.PageToken), bytes.NewReader(raw))
	req.Header.Set("Authorization", "Bearer "+i.PageToken)
	return b.Do(req)
}

func TestSendFaults(t *testing.T) {
	t.Parallel()
	timedOut := func(r sandboxtest.Reply) bool { return errors.Is(r.Err, context.DeadlineExceeded) }
	for kind, c := range map[string]struct {
		got  int // how often the customer got it
		seen func(sandboxtest.Reply) bool
	}{
		"timeout":         {0, timedOut},
		"act_and_timeout": {1, timedOut},
		"reset": {0, func(r sandboxtest.Reply) bool {
			return errors.Is(r.Err, syscall.ECONNRESET) || errors.Is(r.Err, io.EOF)
		}},
		"act_and_cut": {1, func(r sandboxtest.Reply) bool { return errors.Is(r.Err, io.EOF) }},
		"act_and_500": {1, func(r sandboxtest.Reply) bool { return r.Status == 500 && r.Body == nil }},
		"http_500":    {0, func(r sandboxtest.Reply) bool { return r.Status == 500 && r.Body == nil }},
		"html_403":    {0, func(r sandboxtest.Reply) bool { return r.Status == 403 && bytes.Contains(r.Raw, []byte("<html>")) }},
		"garbage":     {1, func(r sandboxtest.Reply) bool { return r.Status == 200 && r.Body == nil }},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			b := sandboxtest.Begin(t, sandbox.Options{})
			b.Says("1001", "hello")
			b.Fault(map[string]any{"on": "send", "kind": kind, "count": 1, "psid": "1001"})
			// The echo must not hold the answer up here.
			b.Fault(map[string]any{"on": "send", "kind": "echo_late", "delay_ms": 50})
			b.OK(b.Page("POST", "/me/messages", map[string]any{"recipient": map[string]any{"id": "1001"}, "sender_action": "typing_on"}))
			if r := brief(b, "1001", "once"); !c.seen(r) {
				t.Errorf("seen: %d %q %v", r.Status, r.Raw, r.Err)
			}
			if got := b.Got("1001"); len(got) != c.got {
				t.Errorf("the customer got %q", got)
			}
			if c.got == 1 {
				b.Eventually("the echo", func() bool { return len(b.Hook.Only(sandboxtest.IsEcho)) == 1 })
			}
			b.OK(b.Send("1001", "twice")) // the fault has spent itself
		})
	}
}

func TestErrorFaults(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	b.Says("1001", "hello")
	b.Says("1002", "hello")
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
		b.Fault(map[string]any{"on": "send", "kind": "error", "code": c.code, "subcode": c.subcode, "count": 1, "regain_minutes": 3})
		r := b.Send("1001", "x")
		b.Refused(r, c.status, c.code, c.subcode)
		if throttled := slices.Contains([]int{4, 613, 80006}, c.code); throttled != strings.Contains(r.Header.Get("X-Business-Use-Case-Usage"), `"estimated_time_to_regain_access":3`) {
			t.Errorf("%d: usage is %s", c.code, r.Header.Get("X-Business-Use-Case-Usage"))
		}
	}
	b.Fault(map[string]any{"on": "send", "kind": "error", "code": 2, "status": 503, "psid": "1002"})
	b.OK(b.Send("1001", "not meant"))
	b.Refused(b.Send("1002", "meant"), 503, 2, 0)
	if got := b.Got("1002"); got != nil {
		t.Errorf("the customer got %q", got)
	}
}

func TestFaultsOnOtherCalls(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	b.Says("1001", "hello")
	b.Fault(map[string]any{"on": "profile", "kind": "http_500", "count": 1})
	b.Fault(map[string]any{"on": "conversations", "kind": "error", "code": 4, "count": 1})
	b.Fault(map[string]any{"on": "graph", "kind": "delay", "delay_ms": 120, "count": 1})
	if r := b.Page("GET", "/1001?fields=name", nil); r.Status != 500 {
		t.Errorf("profile got %d", r.Status)
	}
	b.Refused(b.Page("GET", "/me/conversations", nil), 400, 4, 0)
	began := time.Now()
	b.OK(b.Page("GET", "/me", nil))
	if time.Since(began) < 120*time.Millisecond {
		t.Error("no delay")
	}
	var out struct{ Faults []fault.Fault }
	_ = json.Unmarshal(b.OK(b.Control("GET", "/faults", nil)).Raw, &out)
	for _, f := range out.Faults {
		if f.Fired != 1 {
			t.Errorf("%s on %s fired %d times", f.Kind, f.On, f.Fired)
		}
	}
	b.OK(b.Control("DELETE", "/faults", nil))
	if r := b.OK(b.Control("GET", "/faults", nil)); !bytes.Contains(r.Raw, []byte(`{"faults":[]}`)) {
		t.Errorf("left: %s", r.Raw)
	}
}

func TestEchoFaults(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	b.Says("1001", "hello")
	one := func(kind string, delay int) {
		b.Fault(map[string]any{"on": "send", "kind": kind, "count": 1, "delay_ms": delay})
	}
	one("echo_early", 0)
	b.OK(b.Send("1001", "early"))
	if echoes := b.Hook.Only(sandboxtest.IsEcho); len(echoes) != 1 {
		t.Errorf("%d echoes before the answer", len(echoes))
	}
	one("echo_late", 700)
	sent := time.Now()
	b.OK(b.Send("1001", "late"))
	b.Eventually("the late echo", func() bool { return len(b.Hook.Only(sandboxtest.IsEcho)) == 2 })
	if time.Since(sent) < 700*time.Millisecond {
		t.Error("the echo was not late")
	}
	one("echo_missing", 0)
	b.OK(b.Send("1001", "missing"))
	one("echo_without_metadata", 0)
	b.OK(b.Send("1001", "bare"))
	b.Eventually("the bare echo and all reads", func() bool {
		return len(b.Hook.Only(sandboxtest.IsEcho)) == 3 && len(b.Hook.Only(sandboxtest.IsRead)) == 4
	})
	last := b.Hook.Only(sandboxtest.IsEcho)[2].Message
	if last.Text != "bare" || last.Metadata != "" || last.AppID.String() != b.Info().AppID {
		t.Errorf("the bare echo is %+v", last)
	}
}

func TestActAndCutTogetherWithEchoMissing(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	b.Says("1001", "hello")
	b.Fault(map[string]any{"on": "send", "kind": "act_and_cut", "count": 1})
	b.Fault(map[string]any{"on": "send", "kind": "echo_missing", "count": 1})
	if r := b.Send("1001", "once"); r.Err == nil {
		t.Errorf("answered %d", r.Status)
	}
	b.Eventually("the read", func() bool { return len(b.Hook.Only(sandboxtest.IsRead)) == 1 })
	if got := b.Got("1001"); len(got) != 1 || len(b.Hook.Only(sandboxtest.IsEcho)) != 0 {
		t.Errorf("got %q, %d echoes", got, len(b.Hook.Only(sandboxtest.IsEcho)))
	}
}

func TestBadFaultsAreRefused(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Start(t, sandbox.Options{})
	for _, f := range []map[string]any{
		{"on": "weather", "kind": "drop"},
		{"on": "send", "kind": "drop"},
		{"on": "webhook", "kind": "timeout"},
		{"on": "send", "kind": "reset", "probability": 2},
		{"on": "send", "kind": "reset", "count": -1},
		{"on": "send", "kind": "error", "status": 200},
		{"on": "send", "kind": "reset", "typo": 1},
	} {
		if r := b.Control("POST", "/faults", f); r.Status != 400 || r.Body["error"] == nil {
			t.Errorf("%v got %d %s", f, r.Status, r.Raw)
		}
	}
}
