package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/cmd/cli"
)

// TestAdsAtTheCommandLine: who came by an ad and wrote two days ago is shown as one whom
// Facebook may refuse, and until when; a reply leaves; Facebook's refusal closes it.
func TestAdsAtTheCommandLine(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	id := w.conversationWith("6301")
	w.customerSays("6301", wording{Text: "I saw your ad", Name: "Ken Sato", FromAd: true, At: time.Now().Add(-49 * time.Hour)})
	waitFor(t, "the customer is there", patience, func() bool { return aki.holds(id, "I saw your ad") })

	for lang, says := range map[string][2]string{"en": {"May be refused; until ", "4d?"}, "ja": {"まで（拒否の可能性あり）", "4日?"}} {
		if out := aki.cli("show", id, "--lang", lang).ok().out; !strings.Contains(out, says[0]) {
			t.Errorf("shown as\n%s", out)
		}
		if out := aki.cli("list", "--lang", lang).ok().out; !strings.Contains(out, says[1]) {
			t.Errorf("listed as\n%s", out)
		}
	}
	var shown struct {
		Conversation struct {
			UncertainUntil time.Time `json:"uncertain_until"`
			Reply          struct {
				Allowed, Uncertain bool
				Until              time.Time
			}
		}
	}
	fromJSON(t, []byte(aki.cli("show", id, "--json").ok().out), &shown)
	if r := shown.Conversation.Reply; !r.Allowed || !r.Uncertain || !r.Until.Equal(shown.Conversation.UncertainUntil) || time.Until(r.Until) < 4*24*time.Hour {
		t.Errorf("the verdict is %+v", shown)
	}
	blocked := func() bool { return strings.Contains(aki.cli("list", "--filter", "blocked").ok().out, "Ken Sato") }
	if blocked() {
		t.Error("listed among the blocked ones")
	}
	aki.cli("reply", id, "We have it in blue").ok()
	w.facebook.control(http.MethodPost, "/faults", map[string]any{"on": "send", "kind": "error", "code": 10, "subcode": 2018278, "count": 1}, nil)
	aki.cli("reply", id, "And in red").exits(cli.ExitRefused)
	if out := aki.cli("show", id).ok().out; strings.Contains(out, "May be refused") || !blocked() {
		t.Errorf("after Facebook's refusal:\n%s", out)
	}
	aki.cli("reply", id, "Hello?").exits(cli.ExitRefused)
	if got := len(w.facebook.gotBy("6301")); got != 1 {
		t.Errorf("%d replies arrived, want 1", got)
	}
}
