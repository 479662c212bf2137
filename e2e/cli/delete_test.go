package cli

import (
	"net/http"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// TestDelete: the installer deletes a conversation, after being asked; it is gone for
// everybody, and what the customer writes later opens a new one.
func TestDelete(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	ann, ben := w.AddAdmin("Ann"), w.AddUser("Ben")
	ann.ConnectsPage("shared").Ok()
	w.CustomerSays("4401", driver.Wording{Text: "my strawberry secret", Name: "山田 花子", Locale: "ja_JP"})
	id := w.ConversationWith("4401")
	driver.WaitFor(t, "the message is there", driver.Patience, func() bool { return ann.Holds(id, "my strawberry secret") })
	ann.Cli("reply", id, "a strawberry answer").Ok()

	ben.Cli("delete", id, "--yes").Refused("not_installer")
	for _, answer := range []string{"", "no\n", "y\n", "yes, please\n"} {
		ann.Types(answer, "delete", id).Exits(cli.ExitFailed).Says("--yes")
	}
	ann.Types("いいえ\n", "delete", id, "--lang", "ja").Exits(cli.ExitFailed).Says("何も削除していません")
	ann.Cli("show", id).Ok()
	if r := ann.Types("yes\n", "delete", id).Exits(cli.ExitDone); !strings.Contains(r.Err, "山田 花子") || !strings.Contains(r.Out, "deleted") {
		t.Errorf("said %q %q", r.Out, r.Err)
	}
	for _, u := range []*driver.User{ann, ben} {
		u.Cli("show", id).Exits(cli.ExitMissing)
		u.Cli("delete", id, "--yes").Exits(cli.ExitMissing)
		for _, args := range [][]string{{"list", "--json"}, {"list", "--search", "strawberry", "--json"}, {"notices", "--json"}} {
			if out := u.Cli(args...).Ok().Out; strings.Contains(out, "strawberry") || strings.Contains(out, id) {
				t.Errorf("%v: %s", args, out)
			}
		}
	}
	if out := ann.Cli("audit").Ok().Out; !strings.Contains(out, "deleted conversation "+id) || strings.Contains(out, "strawberry") {
		t.Errorf("the audit log says %s", out)
	}

	w.CustomerWrites("4401", "hello again")
	driver.WaitFor(t, "the new conversation is there", driver.Patience, func() bool { return ann.Holds(id, "hello again") })
	if ms := ann.Messages(id); len(ms) != 1 {
		t.Errorf("the new conversation holds %d messages", len(ms))
	}
	if r := ann.Cli("delete", id, "--yes", "--json").Ok(); r.Out != `{"deleted":"`+id+`"}`+"\n" {
		t.Errorf("printed %s", r.Out)
	}
	ann.Get(driver.ConversationPath(id)).Problem(http.StatusNotFound, "not_found")
}
