package main

import (
	"net/http"
	"strings"
	"testing"

	"parley/cmd/cli"
)

// TestDelete: the installer deletes a conversation, after being asked; it is gone for
// everybody, and what the customer writes later opens a new one.
func TestDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann, ben := w.addAdmin("Ann"), w.addUser("Ben")
	ann.connectsPage("shared").ok()
	w.customerSays("4401", wording{Text: "my strawberry secret", Name: "山田 花子", Locale: "ja_JP"})
	id := w.conversationWith("4401")
	waitFor(t, "the message is there", patience, func() bool { return ann.holds(id, "my strawberry secret") })
	ann.cli("reply", id, "a strawberry answer").ok()

	ben.cli("delete", id, "--yes").refused("not_installer")
	for _, answer := range []string{"", "no\n", "y\n", "yes, please\n"} {
		ann.types(answer, "delete", id).exits(cli.ExitFailed).says("--yes")
	}
	ann.types("いいえ\n", "delete", id, "--lang", "ja").exits(cli.ExitFailed).says("何も削除していません")
	ann.cli("show", id).ok()
	if r := ann.types("yes\n", "delete", id).exits(cli.ExitDone); !strings.Contains(r.err, "山田 花子") || !strings.Contains(r.out, "deleted") {
		t.Errorf("said %q %q", r.out, r.err)
	}
	for _, u := range []*user{ann, ben} {
		u.cli("show", id).exits(cli.ExitMissing)
		u.cli("delete", id, "--yes").exits(cli.ExitMissing)
		for _, args := range [][]string{{"list", "--json"}, {"list", "--search", "strawberry", "--json"}, {"notices", "--json"}} {
			if out := u.cli(args...).ok().out; strings.Contains(out, "strawberry") || strings.Contains(out, id) {
				t.Errorf("%v: %s", args, out)
			}
		}
	}
	if out := ann.cli("audit").ok().out; !strings.Contains(out, "deleted conversation "+id) || strings.Contains(out, "strawberry") {
		t.Errorf("the audit log says %s", out)
	}

	w.customerWrites("4401", "hello again")
	waitFor(t, "the new conversation is there", patience, func() bool { return ann.holds(id, "hello again") })
	if ms := ann.messages(id); len(ms) != 1 {
		t.Errorf("the new conversation holds %d messages", len(ms))
	}
	if r := ann.cli("delete", id, "--yes", "--json").ok(); r.out != `{"deleted":"`+id+`"}`+"\n" {
		t.Errorf("printed %s", r.out)
	}
	ann.get(conversationPath(id)).problem(http.StatusNotFound, "not_found")
}
