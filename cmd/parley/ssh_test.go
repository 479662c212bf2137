package main

import (
	"io"
	"slices"
	"strings"
	"testing"

	"parley/hub/sshd"
	"parley/i18n"
)

// TestSSHVerbs: what may be run over SSH is a command with these flags, none of which
// names a file, a store or another hub; and what is to be run there is, once it is built.
func TestSSHVerbs(t *testing.T) {
	t.Parallel()
	p := newProgram(strings.NewReader(""), io.Discard, io.Discard, nil)
	p.words = i18n.New("en")
	root := (&rootCommand{p}).root()
	verbs := sshVerbs()
	for name, verb := range verbs {
		cmd, _, err := root.Find([]string{name})
		if err != nil || cmd == root {
			t.Errorf("%s: no such command", name)
			continue
		}
		for _, flag := range append(slices.Clone(verb.Values), verb.Switches...) {
			f := cmd.Flag(flag)
			switch {
			case f == nil:
				t.Errorf("%s: no flag --%s", name, flag)
			case (f.Value.Type() == "bool") != slices.Contains(verb.Switches, flag):
				t.Errorf("%s: --%s is a %s", name, flag, f.Value.Type())
			}
		}
		for _, flag := range []string{"hub", "config", "db", "data", "file", "token-file"} {
			if slices.Contains(verb.Values, flag) {
				t.Errorf("%s: --%s over SSH", name, flag)
			}
		}
	}
	for _, name := range []string{"list", "show", "tail", "reply", "link", "unlink", "record", "stats"} {
		cmd, _, err := root.Find([]string{name})
		if _, may := verbs[name]; err == nil && cmd != root && !may {
			t.Errorf("%s may not be run over SSH", name)
		}
	}
}

// TestSSHNotices: each has a sentence of its own in each language.
func TestSSHNotices(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en_US.UTF-8", "ja_JP.UTF-8"} {
		said := map[string]sshd.Notice{}
		for _, n := range []sshd.Notice{
			sshd.NoticeCommandLong, sshd.NoticeCommandQuote, sshd.NoticeCommandVerb, sshd.NoticeCommandFlag, sshd.NoticeCommandValue,
			sshd.NoticeTerminal, sshd.NoticeNotStarted, sshd.NoticeKilled, sshd.NoticeIdle, sshd.NoticeLong, sshd.NoticeRevoked,
			sshd.NoticeStopping,
		} {
			s := saySSH(n, lang)
			if other, twice := said[s]; twice || s == "" {
				t.Errorf("%s: %q and %q: %q", lang, n, other, s)
			}
			said[s] = n
		}
	}
	if en, ja := saySSH(sshd.NoticeIdle, "en"), saySSH(sshd.NoticeIdle, "ja"); en == ja {
		t.Errorf("in both languages: %q", en)
	}
	// The client's own language comes first; one that is not spoken gives way to the hub's.
	if got := saySSH(sshd.NoticeIdle, "fr_FR.UTF-8", "ja"); got != saySSH(sshd.NoticeIdle, "ja") {
		t.Errorf("to a French client of a Japanese hub: %q", got)
	}
}
