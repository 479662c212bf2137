package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"parley/sandbox"
	"parley/sandbox/sandboxtest"
)

func TestNewRefusesWhatOthersCouldReach(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.168.1.2:80", "[::]:0", "example.com:80", "nonsense"} {
		if s, err := sandbox.New(sandbox.Options{Listen: addr}); err == nil {
			t.Errorf("New(%q) was accepted: %v", addr, s.Info())
		}
	}
}

func TestRunsOnce(t *testing.T) {
	t.Parallel()
	s, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if s.Run(ctx) == nil {
		t.Error("Run can be called twice")
	}
}

func TestSameSeedSameIDs(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC) }
	ids := func(seed uint64) (sandbox.Info, string) {
		b := sandboxtest.Start(t, sandbox.Options{Seed: seed, Customers: 12, History: 5, Now: now})
		people := string(b.OK(b.Control("GET", "/customers", nil)).Raw) + string(b.OK(b.Control("GET", "/conversations", nil)).Raw) +
			string(b.OK(b.Page("GET", "/me/conversations?fields=messages.limit(30)%7Bmessage%7D", nil)).Raw)
		i := b.Info()
		i.GraphURL, i.DialogURL, i.ControlURL, i.SMTPURL, i.PipedriveURL, i.PipedriveOAuthURL = "", "", "", "", "", ""
		return i, people
	}
	one, people := ids(7)
	two, peopleToo := ids(7)
	other, _ := ids(8)
	if one != two || people != peopleToo {
		t.Errorf("the same seed made other ids: %v %v\n%s\n%s", one, two, people, peopleToo)
	}
	if one.PageID == other.PageID || one.AppSecret == other.AppSecret {
		t.Error("another seed made the same ids")
	}
}

func TestInfoTags(t *testing.T) {
	t.Parallel()
	raw, _ := json.Marshal(sandbox.Info{})
	for _, tag := range []string{"graph_url", "dialog_url", "page_id", "page_token", "user_token", "app_id", "app_secret", "verify_token", "control_url"} {
		if !bytes.Contains(raw, []byte(`"`+tag+`":`)) {
			t.Errorf("Info has no %s", tag)
		}
	}
}

func TestStopsCleanlyInTheMiddle(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{Customers: 8, Rate: 100, History: 50})
	b.Hook.Answer(503)
	b.Says("1001", "hello")
	b.Fault(map[string]any{"on": "send", "kind": "timeout"})
	hung := make(chan sandboxtest.Reply)
	go func() { hung <- b.Send("1001", "never answered") }()
	sandboxtest.Pass(200 * time.Millisecond)
	began := time.Now()
	if err := b.Stop(); err != nil {
		t.Error(err)
	}
	if d := time.Since(began); d > 30*time.Second { // the call that hangs would hang for ever
		t.Errorf("stopping took %v", d)
	}
	if r := <-hung; r.Err == nil {
		t.Errorf("the hung call got %d", r.Status)
	}
}
