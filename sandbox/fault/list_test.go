package fault_test

import (
	"testing"

	"parley/sandbox/fault"
	"parley/sandbox/seeded"
)

// The first fault that fits strikes, as often as it may; graph strikes every call of Meta's,
// and no webhook, no mail and nothing of Pipedrive's.
func TestWhichFaultStrikes(t *testing.T) {
	t.Parallel()
	none := 0.0
	l := fault.NewList(seeded.Stream(1, "faults"))
	for _, f := range []fault.Fault{
		{On: "send", Kind: "reset", Probability: &none},
		{On: "send", Kind: "echo_late", DelayMS: 1},
		{On: "send", Kind: "timeout", PSID: "1001", Count: 1, Fired: 7},
		{On: "pipedrive", Kind: "error", Call: "POST /v2/persons"},
		{On: "graph", Kind: "delay"},
	} {
		l.Add(f)
	}
	struck := func(on, psid string, call ...string) string {
		if f := l.Match(on, psid, fault.OnCall, call...); f != nil {
			return f.Kind
		}
		return ""
	}
	for _, c := range []struct{ on, psid, call, want string }{
		{"send", "1002", "", "delay"},
		{"send", "1001", "", "timeout"},
		{"send", "1001", "", "delay"}, // the other one has spent itself
		{"profile", "1001", "", "delay"},
		{"webhook", "1001", "", ""},
		{"smtp", "", "", ""},
		{"pipedrive", "", "GET /v2/persons", ""},
		{"pipedrive", "", "POST /v2/persons", "error"},
		{"pipedrive_webhook", "", "", ""},
	} {
		if got := struck(c.on, c.psid, c.call); got != c.want {
			t.Errorf("%s of %q %s: %q strikes, want %q", c.on, c.psid, c.call, got, c.want)
		}
	}
	if all := l.All(); all[0].Fired != 0 || all[2].Fired != 1 || all[4].Fired != 3 {
		t.Errorf("they fired %d, %d and %d times", all[0].Fired, all[2].Fired, all[4].Fired)
	}
	if n := l.Clear(); n != 5 || len(l.All()) != 0 {
		t.Errorf("cleared %d, %d are left", n, len(l.All()))
	}
}
