package events

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// TestAdsAtTheCommandLine: who came by an ad and wrote two days ago is shown as one whom
// Facebook may refuse, and until when; a reply leaves; Facebook's refusal closes it.
func TestAdsAtTheCommandLine(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	id := w.ConversationWith("6301")
	w.CustomerSays("6301", driver.Wording{Text: "I saw your ad", Name: "Ken Sato", FromAd: true, At: time.Now().Add(-49 * time.Hour)})
	driver.WaitFor(t, "the customer is there", driver.Patience, func() bool { return aki.Holds(id, "I saw your ad") })

	for lang, says := range map[string][2]string{"en": {"May be refused; until ", "4d?"}, "ja": {"まで（拒否の可能性あり）", "4日?"}} {
		if out := aki.Cli("show", id, "--lang", lang).Ok().Out; !strings.Contains(out, says[0]) {
			t.Errorf("shown as\n%s", out)
		}
		if out := aki.Cli("list", "--lang", lang).Ok().Out; !strings.Contains(out, says[1]) {
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
	driver.FromJSON(t, []byte(aki.Cli("show", id, "--json").Ok().Out), &shown)
	if r := shown.Conversation.Reply; !r.Allowed || !r.Uncertain || !r.Until.Equal(shown.Conversation.UncertainUntil) || time.Until(r.Until) < 4*24*time.Hour {
		t.Errorf("the verdict is %+v", shown)
	}
	blocked := func() bool { return strings.Contains(aki.Cli("list", "--filter", "blocked").Ok().Out, "Ken Sato") }
	if blocked() {
		t.Error("listed among the blocked ones")
	}
	aki.Cli("reply", id, "We have it in blue").Ok()
	w.Facebook.Control(http.MethodPost, "/faults", map[string]any{"on": "send", "kind": "error", "code": 10, "subcode": 2018278, "count": 1}, nil)
	aki.Cli("reply", id, "And in red").Exits(cli.ExitRefused)
	if out := aki.Cli("show", id).Ok().Out; strings.Contains(out, "May be refused") || !blocked() {
		t.Errorf("after Facebook's refusal:\n%s", out)
	}
	aki.Cli("reply", id, "Hello?").Exits(cli.ExitRefused)
	if got := len(w.Facebook.GotBy("6301")); got != 1 {
		t.Errorf("%d replies arrived, want 1", got)
	}
}
