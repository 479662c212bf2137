package cli

import (
	"net/http"
	"slices"
	"testing"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// shownTo returns what a customer was shown besides messages: "react 👍".
func shownTo(f *driver.Facebook, psid string) []string {
	f.W.T.Helper()
	var out struct {
		Actions []struct{ Action, Reaction string }
	}
	f.Control(http.MethodGet, "/actions?psid="+psid, nil, &out)
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

// TestReactByTheCommandLine: set, changed, taken back; refused in words.
func TestReactByTheCommandLine(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerWrites("2301", "Thank you!")
	id := w.ConversationWith("2301")
	driver.WaitFor(t, "the message is there", driver.Patience, func() bool { return aki.Holds(id, "Thank you!") })
	m := aki.Show(id).Messages[0].ID
	aki.Cli("react", id, m, "❤").Ok().Tells("The reaction is set.")
	aki.Cli("show", id).Ok().Tells("❤ from")
	aki.Cli("react", id, m, "👍", "--json").Ok()
	aki.Cli("react", id, m, "--remove").Ok().Tells("The reaction is taken back.")
	if got, want := shownTo(w.Facebook, "2301"), []string{"react ❤", "react 👍", "unreact"}; !slices.Equal(got, want) {
		t.Errorf("the customer was shown %q, want %q", got, want)
	}
	aki.Cli("react", id, m, "love").Exits(cli.ExitUsage)
	aki.Cli("react", id, m+"x", "👍").Exits(cli.ExitMissing)
	w.Facebook.Fails(driver.Fault{On: "action", Kind: "error", Code: 551})
	aki.Cli("react", id, m, "👍").Refused("unreachable")
	aki.Cli("show", id).Ok().Tells("👍 was not set. This person can't be reached on Messenger.")
}
