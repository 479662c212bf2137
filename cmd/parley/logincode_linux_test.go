package main

import (
	"os"
	"strings"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"parley/cmd/cli"
)

// terminal gives a process a terminal to read from, and returns the user's end of it
// with a look at whether it shows what is typed.
func terminal(t *testing.T, p *process) (user *os.File, echoes func() bool) {
	t.Helper()
	user, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = user.Close()
		_ = tty.Close()
	})
	p.cmd.Stdin = tty
	return user, func() bool {
		state, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		return state.Lflag&unix.ECHO != 0
	}
}

// asks begins a login at a terminal, and waits until it asks for the code.
func asks(t *testing.T, p *process, echoes func() bool) {
	t.Helper()
	p.begin()
	waitFor(t, "the code is asked for", patience, func() bool {
		return strings.Contains(p.err.String(), "One-time login code: ") && !echoes()
	})
}

// On a terminal the code is asked for, and not shown.
func TestLoginAsksOnTheTerminal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aki := w.addUser("Aki")
	p := newProcess(t, w.env(aki.homeDir), "login", w.hubURL)
	user, echoes := terminal(t, p)
	asks(t, p, echoes)
	if _, err := user.WriteString(strings.ToLower(aki.loginCode) + "\n"); err != nil {
		t.Fatal(err)
	}
	if code := p.exit(patience); code != cli.ExitDone || !strings.Contains(p.out.String(), "Aki is signed in") {
		t.Errorf("exit code %d: %s %s", code, p.out, p.err)
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
	if n > 0 && strings.Contains(strings.ToUpper(string(shown[:n])), aki.loginCode[:4]) {
		t.Errorf("the terminal shows %q", shown[:n])
	}
}

// Who thinks better of it gets the terminal back as it was.
func TestLoginInterrupted(t *testing.T) {
	t.Parallel()
	w := newQuietWorld(t)
	p := newProcess(t, w.env("aki"), "login", "http://127.0.0.1:1")
	_, echoes := terminal(t, p)
	asks(t, p, echoes)
	p.signal(os.Interrupt)
	if code := p.exit(patience); code != cli.ExitFailed || !strings.Contains(p.err.String(), "Interrupted.") {
		t.Errorf("exit code %d: %s", code, p.err)
	}
	if !echoes() {
		t.Error("the terminal stays blind")
	}
}

// At a terminal enter leaves it to the browser; the terminal is given back in the end.
func TestLoginThroughPipedriveAtATerminal(t *testing.T) {
	t.Parallel()
	w := newCRMWorld(t)
	w.addUser("Ben", "--email", "rep@example.com")
	env := w.env("ben", "SSH_CONNECTION=far away") // so that no browser of this machine is opened
	p := newProcess(t, env, "login", w.hubURL)
	user, echoes := terminal(t, p)
	link := waitsForBrowser(t, p)
	waitFor(t, "the code is asked for", patience, func() bool {
		return strings.Contains(p.err.String(), "Or give a one-time login code: ") && !echoes()
	})
	if _, err := user.WriteString("\n"); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "it waits for the browser", patience, func() bool { return strings.Contains(p.err.String(), "ctrl+c gives up") && echoes() })
	w.browse(link, "rep@example.com")
	if code := p.exit(patience); code != cli.ExitDone || !strings.Contains(p.out.String(), "Ben Carter is signed in") {
		t.Errorf("exit code %d: %s %s", code, p.out, p.err)
	}
}
