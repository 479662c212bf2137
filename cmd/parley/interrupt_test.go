package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/cmd/cli"
)

// TestInterruptedReply: whoever waits no longer for a reply that the hub took is told
// that the hub has it, and how to look; it leaves once.
func TestInterruptedReply(t *testing.T) {
	t.Parallel()
	for i, c := range []struct{ lang, psid, says string }{
		{"en", "6301", "The hub has the reply"},
		{"ja", "6302", "ハブが受け取って"},
	} {
		w, aki := connectedWorld(t)
		w.customerWrites(c.psid, "Hello")
		id := w.conversationWith(c.psid)
		waitFor(t, "the customer is there", patience, func() bool { return aki.holds(id, "Hello") })
		// Nobody answers the call: how the reply stands changes no more meanwhile.
		w.facebook.fails(fault{On: "send", Kind: "timeout"})
		env := w.env(aki.homeDir, "PARLEY_HUB="+w.hubURL, "PARLEY_TOKEN="+aki.token)
		p := newProcess(t, env, "reply", id, "Good morning", "--wait", "1h", "--lang", c.lang)
		p.begin()
		var m message
		waitFor(t, "the hub has the reply", patience, func() bool {
			ms := aki.messages(id)
			if len(ms) == 2 {
				m = ms[1]
			}
			return m.State == "posting"
		})
		kept := filepath.Join(w.dir, aki.homeDir, "state", "parley", "replies")
		waitFor(t, "its writer knows", patience, func() bool {
			files, err := os.ReadDir(kept)
			return err == nil && len(files) == 0
		})
		p.signal(os.Interrupt)
		if code := p.exit(patience); code != cli.ExitDone {
			t.Errorf("exit code %d\n%s", code, p.err)
		}
		for _, want := range []string{c.says, m.ID, m.ClientID, "parley show " + id} {
			if said := p.err.String(); !strings.Contains(said, want) {
				t.Errorf("%d: %q says nothing of %q", i, said, want)
			}
		}
		if state := strings.TrimSpace(p.out.String()); state == "" || strings.Contains(state, "\n") {
			t.Errorf("the state is told as %q", state)
		}
		// The same id is the same reply.
		a := aki.post(conversationPath(id, "messages"), replyBody{ClientID: m.ClientID, Text: "Good morning"}).is(http.StatusAccepted)
		var same message
		a.into(&same)
		if same.ID != m.ID || len(aki.messages(id)) != 2 {
			t.Errorf("handed in again it is %s, was %s", same.ID, m.ID)
		}
	}
}
