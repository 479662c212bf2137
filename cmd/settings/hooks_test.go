package settings

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/hub/sshd"
	"parley/i18n"
)

// TestHooksStandInTheUsersFile: no variable sets them, and a session over SSH, whose machine is
// the hub's, has none.
func TestHooksStandInTheUsersFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config.toml")
	file := "[[hooks]]\nevent = \"mentioned\"\ncommand = [\"say\", \"a b; c\"]\n\n[[hooks]]\nevent = \"new_in_mine\"\ncommand = [\"x\"]\ncontent = true\n"
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	read := func(seat *sshd.Start, env ...string) []Hook {
		t.Helper()
		p := cli.New(strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{}, env)
		p.Words, p.Seat = i18n.New("en"), seat
		s, err := Read(p, nil, path)
		if err != nil {
			t.Fatal(err)
		}
		return s.Hooks
	}
	got := read(nil, "PARLEY_HOOKS=rm")
	if len(got) != 2 || got[0].Event != "mentioned" || len(got[0].Command) != 2 || got[0].Command[1] != "a b; c" || !got[1].Content {
		t.Errorf("the file's are %+v", got)
	}
	if got := read(&sshd.Start{}, "PARLEY_HOOKS=rm"); len(got) != 0 {
		t.Errorf("over SSH there are %+v", got)
	}
	for content, says := range map[string]string{
		"[[hooks]]\nevent = \"lunch\"\ncommand = [\"x\"]":    "hooks: each needs",
		"[[hooks]]\nevent = \"mentioned\"":                   "hooks: each needs",
		"[[hooks]]\nevent = \"mentioned\"\ncommand = []":     "hooks: each needs",
		"[[hooks]]\nevnt = \"mentioned\"\ncommand = [\"x\"]": "there is no setting hooks.evnt",
		"notify = \"loud\"":                                  "notify: must be",
	} {
		if said := loads(t, content); !strings.Contains(said, says) {
			t.Errorf("%q: %q, want %q", content, said, says)
		}
	}
}
