package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"parley/cmd/cli"
)

// shownTo returns what a customer was shown besides messages: "react 👍".
func (f *facebook) shownTo(psid string) []string {
	f.w.t.Helper()
	var out struct {
		Actions []struct{ Action, Reaction string }
	}
	f.control(http.MethodGet, "/actions?psid="+psid, nil, &out)
	var all []string
	for _, a := range out.Actions {
		said := a.Action
		if a.Reaction != "" {
			said += " " + a.Reaction
		}
		all = append(all, said)
	}
	return all
}

// tells expects words on standard output.
func (r result) tells(words string) {
	r.t.Helper()
	if !strings.Contains(r.out, words) {
		r.t.Errorf("%s: it says %q, not %q", r.line, r.out, words)
	}
}

// TestReactByTheCommandLine: set, changed, taken back; refused in words.
func TestReactByTheCommandLine(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerWrites("2301", "Thank you!")
	id := w.conversationWith("2301")
	waitFor(t, "the message is there", patience, func() bool { return aki.holds(id, "Thank you!") })
	m := aki.show(id).Messages[0].ID
	aki.cli("react", id, m, "❤").ok().tells("The reaction is set.")
	aki.cli("show", id).ok().tells("❤ from")
	aki.cli("react", id, m, "👍", "--json").ok()
	aki.cli("react", id, m, "--remove").ok().tells("The reaction is taken back.")
	if got, want := w.facebook.shownTo("2301"), []string{"react ❤", "react 👍", "unreact"}; !slices.Equal(got, want) {
		t.Errorf("the customer was shown %q, want %q", got, want)
	}
	aki.cli("react", id, m, "love").exits(cli.ExitUsage)
	aki.cli("react", id, m+"x", "👍").exits(cli.ExitMissing)
	w.facebook.fails(fault{On: "action", Kind: "error", Code: 551})
	aki.cli("react", id, m, "👍").refused("unreachable")
	aki.cli("show", id).ok().tells("👍 was not set. This person can't be reached on Messenger.")
}
