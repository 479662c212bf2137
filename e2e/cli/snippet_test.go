package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/e2e/driver"
	"parley/model/snippet"
)

// TestSnippets: a user's own, and the team's, which admins change; from an argument or a file, as
// text and JSON.
func TestSnippets(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	rep := w.AddUser("Ken")
	file := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(file, []byte("{customer}様\nありがとうございます。\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	aki.Cli("snippet", "add", "お礼", "--file", file, "--team").Ok()
	rep.Cli("snippet", "add", "paid", "Thanks {customer}", "--label", "paid", "--assign", "me", "--done", "--send", "--key", "f5").Ok()
	rep.Cli("snippet", "add", "x", "x", "--team").Exits(cli.ExitRefused).Says("(not_admin)")
	rep.Cli("snippet", "remove", "お礼", "--team").Exits(cli.ExitRefused).Says("(not_admin)")
	rep.Cli("snippet", "add", "two words", "x").Exits(cli.ExitRefused).Says("(snippet_name)")
	rep.Cli("snippet", "add", "x", "x", "--assign", "nobody").Exits(cli.ExitUsage)
	aki.Cli("snippet", "show", "paid").Exits(cli.ExitMissing)
	if out := rep.Cli("snippet", "show", "お礼").Ok().Out; out != "{customer}様\nありがとうございます。\n" {
		t.Errorf("shows %q", out)
	}
	var got struct{ Snippets []snippet.Snippet }
	driver.FromJSON(t, []byte(rep.Cli("snippet", "list", "--json").Ok().Out), &got)
	if len(got.Snippets) != 2 || got.Snippets[0].Name != "paid" || got.Snippets[0].Macro == nil || !got.Snippets[0].Macro.Send || !got.Snippets[1].Team {
		t.Errorf("lists %d", len(got.Snippets))
	}
	if out := rep.Cli("snippet", "list").Ok().Out; !strings.Contains(out, "paid") || !strings.Contains(out, "f5") {
		t.Errorf("lists %q", out)
	}
	rep.Cli("snippet", "remove", "ＰＡＩＤ").Ok()
	rep.Cli("snippet", "remove", "paid").Exits(cli.ExitMissing)
}
