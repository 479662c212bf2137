package screen

import (
	"bytes"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"parley/cmd/cli"
	"parley/e2e/driver"
	"parley/e2e/livehub"
	"parley/i18n"
)

// Keys for the terminal itself.
const (
	keyCtrlL = "\x0c"
	keyCtrlZ = "\x1a"
)

// scribbles has another program write on the terminal.
func scribbles(s *driver.Screen, text string) {
	s.T.Helper()
	s.Mu.Lock()
	_, err := s.Emulator.WriteString("\x1b7\x1b[3;1H\x1b[41m" + text + "\x1b[m\x1b8")
	s.Mu.Unlock()
	if err != nil {
		s.T.Fatal(err)
	}
	s.Sees(text)
}

// same waits for the screen to be as it was.
func same(s *driver.Screen, before []string) {
	s.T.Helper()
	s.Waits("the screen as it was", func(lines []string) bool { return slices.Equal(lines, before) })
}

// TestScreenPaintedAnew: what another program wrote over the screen goes by a key, wherever
// the user is, by a new size, and by a signal that the program goes on.
func TestScreenPaintedAnew(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	fillScreen(h, "見積もりをお願いできますか？", "Is the large one in stock?")
	s := driver.StartScreen(t, screenEnv(h, t, h.Ann))
	s.Sees("● live", "Open 2")
	s.Presses(driver.KeyEnter, "Reply to Customer 11…")
	s.Presses("r", "enter send")
	s.Types("可能でしょうか")
	s.Sees("可能でしょうか")
	before := s.Lines()
	for _, way := range []struct {
		name string
		do   func()
	}{
		{"ctrl+l", func() { s.Types(keyCtrlL) }},
		{"the same size again", func() {
			s.SetSize(driver.ScreenWidth, driver.ScreenHeight+1)
			s.SetSize(driver.ScreenWidth, driver.ScreenHeight)
		}},
		{"going on", func() { s.Signal(syscall.SIGCONT) }},
		{"ctrl+z without a shell", func() {
			s.Presses(keyCtrlZ, driver.English.Say(i18n.WhyNoShell))
			s.Types(keyCtrlL)
		}},
	} {
		t.Log(way.name)
		scribbles(s, "wall: the machine goes down")
		way.do()
		s.Misses("wall:")
		if !strings.Contains(way.name, "shell") {
			same(s, before)
		}
	}
	s.Leaves()
}

// TestScreenGivenToTheShell: ctrl+z leaves the terminal to the shell, as it was, and fg
// brings the screen back, in whatever size the terminal has by then.
func TestScreenGivenToTheShell(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	fillScreen(h, "見積もりをお願いできますか？", "Is the large one in stock?")
	s := driver.NewScreen(t, screenEnv(h, t, h.Ann))
	self := s.Cmd.Path
	s.Cmd.Path = "/bin/sh"
	s.Cmd.Args = []string{"sh", "-mc", `"$0"; read line; echo "the shell read $line"; read line; fg >/dev/null; echo "ended with $?"; read line`, self}
	s.Opens()
	s.Sees("● live", "Open 2")
	s.Presses(driver.KeyEnter, "Reply to Customer 11…")
	s.Presses("r", "enter send")
	s.Types("可能でしょうか")
	s.Sees("可能でしょうか")
	before := s.Lines()

	s.Types(keyCtrlZ)
	s.Waits("the screen is left", func([]string) bool { return !s.Emulator.IsAltScreen() })
	s.Writes("what is typed\n") // a line, as a terminal that is not raw gives it
	s.Sees("the shell read what is typed")
	if sent := s.Written(); strings.LastIndex(sent, "\x1b[?2004l") < strings.LastIndex(sent, "\x1b[?2004h") {
		t.Error("pasted text is still marked")
	}
	s.Resize(100, 24)
	s.Types("\n")
	s.Waits("the screen is back", func(lines []string) bool {
		return s.Emulator.IsAltScreen() && driver.AnyHolds(lines, "可能でしょうか")
	})
	s.Resize(driver.ScreenWidth, driver.ScreenHeight)
	same(s, before)
	s.Types(" still")
	s.Sees("可能でしょうか still")
	s.Types(driver.KeyCtrlC)
	s.Sees("ended with 0")
	s.Types("\n")
	s.Gone()
}

// takes reads what the program writes up to a text.
func takes(s *driver.Screen, text string) {
	s.T.Helper()
	if err := s.User.SetReadDeadline(time.Now().Add(driver.Patience)); err != nil {
		s.T.Fatal(err)
	}
	var all []byte
	for buf := make([]byte, 4<<10); !bytes.Contains(all, []byte(text)); {
		n, err := s.User.Read(buf)
		if err != nil {
			s.T.Fatalf("%q is not written: %v\n%q", text, err, all)
		}
		all = append(all, buf[:n]...)
	}
}

// TestScreenThatNobodyReads: SIGTERM ends the program though the terminal takes nothing,
// with what was typed kept.
func TestScreenThatNobodyReads(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	fillScreen(h, "見積もりをお願いできますか？")
	env := screenEnv(h, t, h.Ann)
	s := driver.NewScreen(t, env)
	tty := s.Connect()
	s.Cmd.Stdin, s.Cmd.Stdout = tty, tty
	s.Cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	s.Begin()
	t.Cleanup(func() { _ = s.User.Close() })
	line := int(tty.Fd())
	takes(s, "● live")
	s.Writes(driver.KeyEnter)
	takes(s, "Reply to Customer 11…")
	s.Writes("r")
	takes(s, "enter send")
	tick := time.NewTicker(driver.Glance)
	defer tick.Stop()
	for range 20 { // each a screen; the line holds a few
		s.Writes(keyCtrlL)
		<-tick.C
	}
	s.Writes("kept")
	<-tick.C
	s.Signal(syscall.SIGTERM)
	if code := s.Exit(driver.Patience); code != cli.ExitDone {
		t.Errorf("exit code %d: %s", code, s.Err)
	}
	state, err := unix.IoctlGetTermios(line, unix.TCGETS)
	if err != nil || state.Lflag&unix.ICANON == 0 {
		t.Errorf("the line is left raw: %v, %v", state, err)
	}
	_ = tty.Close()
	again := driver.StartScreen(t, env)
	again.Sees("● live")
	again.Types(driver.KeyEnter)
	again.InThread("✎")
	again.Leaves()
}
