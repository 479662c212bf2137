package hub

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// TestInterruptedReply: whoever waits no longer for a reply that the hub took is told
// that the hub has it, and how to look; it leaves once.
func TestInterruptedReply(t *testing.T) {
	t.Parallel()
	for i, c := range []struct{ lang, psid, says string }{
		{"en", "6301", "The hub has the reply"},
		{"ja", "6302", "ハブが受け取って"},
	} {
		w, aki := driver.ConnectedWorld(t)
		w.CustomerWrites(c.psid, "Hello")
		id := w.ConversationWith(c.psid)
		driver.WaitFor(t, "the customer is there", driver.Patience, func() bool { return aki.Holds(id, "Hello") })
		// Nobody answers the call: how the reply stands changes no more meanwhile.
		w.Facebook.Fails(driver.Fault{On: "send", Kind: "timeout"})
		env := w.Env(aki.HomeDir, "PARLEY_HUB="+w.HubURL, "PARLEY_TOKEN="+aki.Token)
		p := driver.NewProcess(t, env, "reply", id, "Good morning", "--wait", "1h", "--lang", c.lang)
		p.Begin()
		var m driver.Message
		driver.WaitFor(t, "the hub has the reply", driver.Patience, func() bool {
			ms := aki.Messages(id)
			if len(ms) == 2 {
				m = ms[1]
			}
			return m.State == "posting"
		})
		driver.WaitFor(t, "its writer knows", driver.Patience, func() bool { return len(aki.KeptReplies()) == 0 })
		p.Signal(os.Interrupt)
		if code := p.Exit(driver.Patience); code != cli.ExitDone {
			t.Errorf("exit code %d\n%s", code, p.Err)
		}
		for _, want := range []string{c.says, m.ID, m.ClientID, "parley show " + id} {
			if said := p.Err.String(); !strings.Contains(said, want) {
				t.Errorf("%d: %q says nothing of %q", i, said, want)
			}
		}
		if state := strings.TrimSpace(p.Out.String()); state == "" || strings.Contains(state, "\n") {
			t.Errorf("the state is told as %q", state)
		}
		// The same id is the same reply.
		a := aki.Post(driver.ConversationPath(id, "messages"), replyBody{ClientID: m.ClientID, Text: "Good morning"}).Is(http.StatusAccepted)
		var same driver.Message
		a.Into(&same)
		if same.ID != m.ID || len(aki.Messages(id)) != 2 {
			t.Errorf("handed in again it is %s, was %s", same.ID, m.ID)
		}
	}
}
