package cli

import (
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// TestGreeting: on Facebook itself, by the installer; with preview, for each locale, and
// deleted again. What Facebook would refuse is refused before, in words.
func TestGreeting(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	page := w.Facebook.PageID
	set := func(u *driver.User, args ...string) driver.Result {
		return u.Cli(append([]string{"page", "greeting", page}, args...)...)
	}
	prints := func(r driver.Result, want string) {
		t.Helper()
		if out := r.Ok().Out; !strings.Contains(out, want) {
			t.Errorf("says %q, want %q", out, want)
		}
	}
	prints(set(aki), "nothing of its own")
	set(aki, "--set", "こんにちは", "--locale", "ja_JP").Exits(cli.ExitRefused).Says("(greeting_default)")
	set(aki, "--set", strings.Repeat("あ", 161)).Exits(cli.ExitRefused).Says("(greeting_too_long)")
	set(aki, "--set", "").Exits(cli.ExitRefused).Says("(text_empty)")
	set(aki, "--set", "x", "--delete").Exits(cli.ExitUsage)
	prints(set(aki, "--set", "Hello {{user_first_name}}"), "The greeting is set.")
	set(aki, "--set", strings.Repeat("あ", 160), "--locale", "ja_JP").Ok()
	prints(set(aki, "--preview", "--name", "Ken Sato"), "Hello Ken")
	set(aki, "--delete", "--locale", "default").Exits(cli.ExitRefused).Says("(greeting_default)")
	var got struct {
		Greetings []struct{ Locale, Text string }
	}
	driver.FromJSON(t, []byte(set(aki, "--json").Ok().Out), &got)
	if len(got.Greetings) != 2 || got.Greetings[0].Locale != "default" || got.Greetings[0].Text != "Hello {{user_first_name}}" {
		t.Errorf("greetings %+v", got)
	}
	ken := w.AddAdmin("Ken")
	prints(set(ken), "Hello")
	set(ken, "--set", "Mine").Exits(cli.ExitRefused).Says("(not_installer)")
	aki.Cli("page", "visibility", page, "private").Ok()
	set(ken).Exits(cli.ExitMissing)
	prints(set(aki, "--delete"), "The greeting is deleted.")
	prints(set(aki), "nothing of its own")
}

// TestEntry: the link with its ref, as text, code and JSON; a ref that Facebook would not
// carry is refused.
func TestEntry(t *testing.T) {
	t.Parallel()
	w := driver.NewQuietWorld(t)
	run := func(args ...string) driver.Result {
		return driver.RunProgram(t, w.Env("aki"), "", append([]string{"page", "entry"}, args...)...)
	}
	out := run("100~2", "--ref", "AUTUMN-1_a=b").Ok().Out
	if !strings.HasPrefix(out, "https://m.me/100?ref=AUTUMN-1_a=b\n") || !strings.Contains(out, "▀") || !strings.Contains(out, "Ads Manager") {
		t.Errorf("entry says\n%s", out)
	}
	if out := run("100", "--ascii").Ok().Out; !strings.Contains(out, "####") || strings.Contains(out, "▀") {
		t.Errorf("entry in ASCII says\n%s", out)
	}
	var got struct {
		Link, Ref string
		Ways      []struct{ Way, How string }
	}
	driver.FromJSON(t, []byte(run("100", "--json").Ok().Out), &got)
	if got.Link != "https://m.me/100" || len(got.Ways) < 6 || got.Ways[0].How == "" {
		t.Errorf("entry in JSON: %+v", got)
	}
	for _, ref := range []string{"a b", "a&b", "日本", strings.Repeat("a", 2084)} {
		run("100", "--ref", ref).Exits(cli.ExitRefused).Says("(entry_ref)")
	}
	run("evil.example/x").Exits(cli.ExitUsage)
	run("100", "--ground", "blue").Exits(cli.ExitUsage)
}
