package main

import (
	"bytes"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"parley/cmd/cli"
	"parley/i18n"
)

// Keys for the terminal itself.
const (
	keyCtrlL = "\x0c"
	keyCtrlZ = "\x1a"
)

// scribbles has another program write on the terminal.
func (s *screen) scribbles(text string) {
	s.t.Helper()
	s.mu.Lock()
	_, err := s.emulator.WriteString("\x1b7\x1b[3;1H\x1b[41m" + text + "\x1b[m\x1b8")
	s.mu.Unlock()
	if err != nil {
		s.t.Fatal(err)
	}
	s.sees(text)
}

// same waits for the screen to be as it was.
func (s *screen) same(before []string) {
	s.t.Helper()
	s.waits("the screen as it was", func(lines []string) bool { return slices.Equal(lines, before) })
}

// TestScreenPaintedAnew: what another program wrote over the screen goes by a key, wherever
// the user is, by a new size, and by a signal that the program goes on.
func TestScreenPaintedAnew(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	fillScreen(h, "見積もりをお願いできますか？", "Is the large one in stock?")
	s := startScreen(t, h.screenEnv(t, h.ann))
	s.sees("● live", "Open 2")
	s.presses(keyEnter, "Reply to Customer 11…")
	s.presses("r", "enter send")
	s.types("可能でしょうか")
	s.sees("可能でしょうか")
	before := s.lines()
	for _, way := range []struct {
		name string
		do   func()
	}{
		{"ctrl+l", func() { s.types(keyCtrlL) }},
		{"the same size again", func() {
			s.setSize(screenWidth, screenHeight+1)
			s.setSize(screenWidth, screenHeight)
		}},
		{"going on", func() { s.signal(syscall.SIGCONT) }},
		{"ctrl+z without a shell", func() {
			s.presses(keyCtrlZ, english.Say(i18n.WhyNoShell))
			s.types(keyCtrlL)
		}},
	} {
		t.Log(way.name)
		s.scribbles("wall: the machine goes down")
		way.do()
		s.misses("wall:")
		if !strings.Contains(way.name, "shell") {
			s.same(before)
		}
	}
	s.leaves()
}

// TestScreenGivenToTheShell: ctrl+z leaves the terminal to the shell, as it was, and fg
// brings the screen back, in whatever size the terminal has by then.
func TestScreenGivenToTheShell(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	fillScreen(h, "見積もりをお願いできますか？", "Is the large one in stock?")
	s := newScreen(t, h.screenEnv(t, h.ann))
	self := s.cmd.Path
	s.cmd.Path = "/bin/sh"
	s.cmd.Args = []string{"sh", "-mc", `"$0"; read line; echo "the shell read $line"; read line; fg >/dev/null; echo "ended with $?"; read line`, self}
	s.opens()
	s.sees("● live", "Open 2")
	s.presses(keyEnter, "Reply to Customer 11…")
	s.presses("r", "enter send")
	s.types("可能でしょうか")
	s.sees("可能でしょうか")
	before := s.lines()

	s.types(keyCtrlZ)
	s.waits("the screen is left", func([]string) bool { return !s.emulator.IsAltScreen() })
	s.writes("what is typed\n") // a line, as a terminal that is not raw gives it
	s.sees("the shell read what is typed")
	if sent := s.written(); strings.LastIndex(sent, "\x1b[?2004l") < strings.LastIndex(sent, "\x1b[?2004h") {
		t.Error("pasted text is still marked")
	}
	s.resize(100, 24)
	s.types("\n")
	s.waits("the screen is back", func(lines []string) bool { return s.emulator.IsAltScreen() && anyHolds(lines, "可能でしょうか") })
	s.resize(screenWidth, screenHeight)
	s.same(before)
	s.types(" still")
	s.sees("可能でしょうか still")
	s.types(keyCtrlC)
	s.sees("ended with 0")
	s.types("\n")
	s.gone()
}

// takes reads what the program writes up to a text.
func (s *screen) takes(text string) {
	s.t.Helper()
	if err := s.user.SetReadDeadline(time.Now().Add(patience)); err != nil {
		s.t.Fatal(err)
	}
	var all []byte
	for buf := make([]byte, 4<<10); !bytes.Contains(all, []byte(text)); {
		n, err := s.user.Read(buf)
		if err != nil {
			s.t.Fatalf("%q is not written: %v\n%q", text, err, all)
		}
		all = append(all, buf[:n]...)
	}
}

// TestScreenThatNobodyReads: SIGTERM ends the program though the terminal takes nothing,
// with what was typed kept.
func TestScreenThatNobodyReads(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	fillScreen(h, "見積もりをお願いできますか？")
	env := h.screenEnv(t, h.ann)
	s := newScreen(t, env)
	tty := s.connect()
	s.cmd.Stdin, s.cmd.Stdout = tty, tty
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	s.begin()
	t.Cleanup(func() { _ = s.user.Close() })
	line := int(tty.Fd())
	s.takes("● live")
	s.writes(keyEnter)
	s.takes("Reply to Customer 11…")
	s.writes("r")
	s.takes("enter send")
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for range 20 { // each a screen; the line holds a few
		s.writes(keyCtrlL)
		<-tick.C
	}
	s.writes("kept")
	<-tick.C
	s.signal(syscall.SIGTERM)
	if code := s.exit(patience); code != cli.ExitDone {
		t.Errorf("exit code %d: %s", code, s.err)
	}
	state, err := unix.IoctlGetTermios(line, unix.TCGETS)
	if err != nil || state.Lflag&unix.ICANON == 0 {
		t.Errorf("the line is left raw: %v, %v", state, err)
	}
	_ = tty.Close()
	again := startScreen(t, env)
	again.sees("● live")
	again.types(keyEnter)
	again.inThread("✎")
	again.leaves()
}
