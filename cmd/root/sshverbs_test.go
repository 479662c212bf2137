package root

import (
	"io"
	"slices"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/cmd/server"
	"parley/i18n"
)

// TestSSHVerbs: what may be run over SSH is a command with these flags, none of which
// names a file, a store or another hub; and what is to be run there is, once it is built.
func TestSSHVerbs(t *testing.T) {
	t.Parallel()
	p := cli.New(strings.NewReader(""), io.Discard, io.Discard, nil)
	p.Words = i18n.New("en")
	root := Tree(p)
	verbs := server.SSHVerbs()
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
