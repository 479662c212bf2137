package cli

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"parley/cmd/cli"
	"parley/e2e/driver"
	"parley/i18n"
)

// TestDisconnectAsks: at a terminal a Page goes by its name alone, or with --yes; scripts
// are not asked.
func TestDisconnectAsks(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	page := w.Facebook.PageID
	const name = "Aoyama Coffee"
	connected := func() bool {
		t.Helper()
		return !strings.Contains(aki.Cli("page", "list").Ok().Out, driver.English.Say(i18n.StateDisconnected))
	}
	answers := func(typed string, args ...string) int {
		t.Helper()
		user, tty, err := pty.Open()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = user.Close() }()
		p := driver.NewProcess(t, aki.ScreenEnv(), append([]string{"page", "disconnect", page}, args...)...)
		p.Cmd.Stdin = tty
		p.Begin()
		_ = tty.Close()
		_, _ = io.WriteString(user, typed)
		return p.Exit(30 * time.Second)
	}
	for _, typed := range []string{"\n", "yes\n", "y\n", name + " 2\n", page + "\n", "\x04"} {
		if code := answers(typed); code != cli.ExitFailed {
			t.Errorf("%q: exit code %d", typed, code)
		}
	}
	if !connected() {
		t.Fatal("it went")
	}
	if code := answers(name + "\n"); code != cli.ExitDone {
		t.Errorf("by its name: exit code %d", code)
	}
	if connected() {
		t.Error("it is still there")
	}
	if code := answers("", "--yes"); code != cli.ExitDone {
		t.Errorf("--yes: exit code %d", code)
	}
	aki.Cli("page", "disconnect", page).Ok()
}
