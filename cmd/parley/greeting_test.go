package main

import (
	"strings"
	"testing"

	"parley/cmd/cli"
)

// TestGreeting: on Facebook itself, by the installer; with preview, for each locale, and
// deleted again. What Facebook would refuse is refused before, in words.
func TestGreeting(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	page := w.facebook.PageID
	set := func(u *user, args ...string) result {
		return u.cli(append([]string{"page", "greeting", page}, args...)...)
	}
	prints := func(r result, want string) {
		t.Helper()
		if out := r.ok().out; !strings.Contains(out, want) {
			t.Errorf("says %q, want %q", out, want)
		}
	}
	prints(set(aki), "nothing of its own")
	set(aki, "--set", "こんにちは", "--locale", "ja_JP").exits(cli.ExitRefused).says("(greeting_default)")
	set(aki, "--set", strings.Repeat("あ", 161)).exits(cli.ExitRefused).says("(greeting_too_long)")
	set(aki, "--set", "").exits(cli.ExitRefused).says("(text_empty)")
	set(aki, "--set", "x", "--delete").exits(cli.ExitUsage)
	prints(set(aki, "--set", "Hello {{user_first_name}}"), "The greeting is set.")
	set(aki, "--set", strings.Repeat("あ", 160), "--locale", "ja_JP").ok()
	prints(set(aki, "--preview", "--name", "Ken Sato"), "Hello Ken")
	set(aki, "--delete", "--locale", "default").exits(cli.ExitRefused).says("(greeting_default)")
	var got struct {
		Greetings []struct{ Locale, Text string }
	}
	fromJSON(t, []byte(set(aki, "--json").ok().out), &got)
	if len(got.Greetings) != 2 || got.Greetings[0].Locale != "default" || got.Greetings[0].Text != "Hello {{user_first_name}}" {
		t.Errorf("greetings %+v", got)
	}
	ken := w.addAdmin("Ken")
	prints(set(ken), "Hello")
	set(ken, "--set", "Mine").exits(cli.ExitRefused).says("(not_installer)")
	aki.cli("page", "visibility", page, "private").ok()
	set(ken).exits(cli.ExitMissing)
	prints(set(aki, "--delete"), "The greeting is deleted.")
	prints(set(aki), "nothing of its own")
}

// TestEntry: the link with its ref, as text, code and JSON; a ref that Facebook would not
// carry is refused.
func TestEntry(t *testing.T) {
	t.Parallel()
	w := newQuietWorld(t)
	run := func(args ...string) result {
		return runProgram(t, w.env("aki"), "", append([]string{"page", "entry"}, args...)...)
	}
	out := run("100~2", "--ref", "AUTUMN-1_a=b").ok().out
	if !strings.HasPrefix(out, "https://m.me/100?ref=AUTUMN-1_a=b\n") || !strings.Contains(out, "▀") || !strings.Contains(out, "Ads Manager") {
		t.Errorf("entry says\n%s", out)
	}
	if out := run("100", "--ascii").ok().out; !strings.Contains(out, "####") || strings.Contains(out, "▀") {
		t.Errorf("entry in ASCII says\n%s", out)
	}
	var got struct {
		Link, Ref string
		Ways      []struct{ Way, How string }
	}
	fromJSON(t, []byte(run("100", "--json").ok().out), &got)
	if got.Link != "https://m.me/100" || len(got.Ways) < 6 || got.Ways[0].How == "" {
		t.Errorf("entry in JSON: %+v", got)
	}
	for _, ref := range []string{"a b", "a&b", "日本", strings.Repeat("a", 2084)} {
		run("100", "--ref", ref).exits(cli.ExitRefused).says("(entry_ref)")
	}
	run("evil.example/x").exits(cli.ExitUsage)
	run("100", "--ground", "blue").exits(cli.ExitUsage)
}
