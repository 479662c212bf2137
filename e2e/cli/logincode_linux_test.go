package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// terminal gives a process a terminal to read from, and returns the user's end of it
// with a look at whether it shows what is typed.
func terminal(t *testing.T, p *driver.Process) (user *os.File, echoes func() bool) {
	t.Helper()
	user, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = user.Close()
		_ = tty.Close()
	})
	p.Cmd.Stdin = tty
	return user, func() bool {
		state, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		return state.Lflag&unix.ECHO != 0
	}
}

// asks begins a login at a terminal, and waits until it asks for the code.
func asks(t *testing.T, p *driver.Process, echoes func() bool) {
	t.Helper()
	p.Begin()
	driver.WaitFor(t, "the code is asked for", driver.Patience, func() bool {
		return strings.Contains(p.Err.String(), "One-time login code: ") && !echoes()
	})
}

// On a terminal the code is asked for, and not shown.
func TestLoginAsksOnTheTerminal(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	aki := w.AddUser("Aki")
	p := driver.NewProcess(t, w.Env(aki.HomeDir), "login", w.HubURL)
	user, echoes := terminal(t, p)
	asks(t, p, echoes)
	if _, err := user.WriteString(strings.ToLower(aki.LoginCode) + "\n"); err != nil {
		t.Fatal(err)
	}
	if code := p.Exit(driver.Patience); code != cli.ExitDone || !strings.Contains(p.Out.String(), "Aki is signed in") {
		t.Errorf("exit code %d: %s %s", code, p.Out, p.Err)
	}
	if !echoes() {
		t.Error("the terminal stays blind")
	}
	shown := make([]byte, 1024)
	fd := int(user.Fd()) // which makes it wait
	if err := unix.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	n, _ := unix.Read(fd, shown) // nothing is there to be read: that is well
	if n > 0 && strings.Contains(strings.ToUpper(string(shown[:n])), aki.LoginCode[:4]) {
		t.Errorf("the terminal shows %q", shown[:n])
	}
}

// Who thinks better of it gets the terminal back as it was.
func TestLoginInterrupted(t *testing.T) {
	t.Parallel()
	w := driver.NewQuietWorld(t)
	p := driver.NewProcess(t, w.Env("aki"), "login", "http://127.0.0.1:1")
	_, echoes := terminal(t, p)
	asks(t, p, echoes)
	p.Signal(os.Interrupt)
	if code := p.Exit(driver.Patience); code != cli.ExitFailed || !strings.Contains(p.Err.String(), "Interrupted.") {
		t.Errorf("exit code %d: %s", code, p.Err)
	}
	if !echoes() {
		t.Error("the terminal stays blind")
	}
}

// At a terminal enter leaves it to the browser; the terminal is given back in the end.
func TestLoginThroughPipedriveAtATerminal(t *testing.T) {
	t.Parallel()
	w := driver.NewCRMWorld(t)
	w.AddUser("Ben", "--email", "rep@example.com")
	env := w.Env("ben", "SSH_CONNECTION=far away") // so that no browser of this machine is opened
	p := driver.NewProcess(t, env, "login", w.HubURL)
	user, echoes := terminal(t, p)
	link := waitsForBrowser(t, p)
	driver.WaitFor(t, "the code is asked for", driver.Patience, func() bool {
		return strings.Contains(p.Err.String(), "Or give a one-time login code: ") && !echoes()
	})
	if _, err := user.WriteString("\n"); err != nil {
		t.Fatal(err)
	}
	driver.WaitFor(t, "it waits for the browser", driver.Patience, func() bool { return strings.Contains(p.Err.String(), "ctrl+c gives up") && echoes() })
	browse(w, link, "rep@example.com")
	if code := p.Exit(driver.Patience); code != cli.ExitDone || !strings.Contains(p.Out.String(), "Ben Carter is signed in") {
		t.Errorf("exit code %d: %s %s", code, p.Out, p.Err)
	}
}
