package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"parley/cmd/cli"
	"parley/i18n"
)

// screen is the program at a terminal: its keys are typed by the test, what it writes is
// shown by a terminal's emulator.
type screen struct {
	*process
	t *testing.T
	// user is the user's end of the terminal.
	user *os.File

	mu       sync.Mutex
	emulator *vt.Emulator
	raw      bytes.Buffer
	// heard is when the program wrote last.
	heard time.Time
	// blurred: the terminal was told that it has lost the focus.
	blurred bool
	hungUp  bool
	pumps   sync.WaitGroup
}

// The size of a terminal with three panes, unless a test says otherwise.
const (
	screenWidth  = 130
	screenHeight = 30
)

// newScreen prepares a run of the program at a terminal; [screen.opens] starts it.
func newScreen(t *testing.T, env []string, args ...string) *screen {
	t.Helper()
	env = append(env, "TERM=xterm-256color", "COLORTERM=truecolor")
	return &screen{process: newProcess(t, env, args...), t: t, emulator: vt.NewEmulator(screenWidth, screenHeight)}
}

// screenEnv is the environment of the screen of somebody in a hub inside the test's
// process, with a home of its own.
func (h *liveHub) screenEnv(t *testing.T, who liveUser) []string {
	t.Helper()
	return newQuietWorld(t).env(string(who.ID), "PARLEY_HUB=http://"+h.address, "PARLEY_TOKEN="+who.token)
}

// screenEnv is the environment of the screen of that user.
func (u *user) screenEnv() []string {
	return u.w.env(u.homeDir, "PARLEY_HUB="+u.w.hubURL, "PARLEY_TOKEN="+u.token)
}

// startScreen starts the program at a terminal, and waits for it to be drawn.
func startScreen(t *testing.T, env []string, args ...string) *screen {
	t.Helper()
	s := newScreen(t, env, args...)
	s.opens()
	return s
}

// opens starts the program, and waits for it to be drawn.
func (s *screen) opens() {
	s.t.Helper()
	tty := s.connect()
	s.cmd.Stdin, s.cmd.Stdout = tty, tty
	// A session of its own, whose terminal this is: hanging up ends it as it ends a shell's.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	s.t.Cleanup(s.ends)
	s.begin()
	_ = tty.Close() // the process has it; reading ends when it does
	s.pumps.Go(s.show)
	s.pumps.Go(s.answer)
	s.waits("the screen is drawn", func([]string) bool { return s.emulator.IsAltScreen() && s.row(0) != "" })
}

// connect opens the terminal, and returns the program's end of it.
func (s *screen) connect() *os.File {
	s.t.Helper()
	user, tty, err := pty.Open()
	if err != nil {
		s.t.Fatal(err)
	}
	// Opened by the package it blocks, so that closing it would wait for who reads.
	fd, err := unix.FcntlInt(user.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	_ = user.Close()
	if err != nil {
		s.t.Fatal(err)
	}
	s.user = os.NewFile(uintptr(fd), "terminal")
	s.setSize(screenWidth, screenHeight)
	return tty
}

// quiet is how long nothing comes until what came is taken for whole.
const quiet = 50 * time.Millisecond

// show feeds the emulator with what the program writes. The emulator takes the end of
// what it is given for the end of a cluster, so it is given what goes to the next escape.
func (s *screen) show() {
	buf := make([]byte, 64<<10)
	var held []byte
	for {
		_ = s.user.SetReadDeadline(time.Time{})
		if len(held) > 0 {
			_ = s.user.SetReadDeadline(time.Now().Add(quiet))
		}
		n, err := s.user.Read(buf)
		if n > 0 {
			s.mu.Lock()
			s.heard = time.Now()
			s.mu.Unlock()
		}
		held = append(held, buf[:n]...)
		whole := len(held)
		if err == nil {
			whole = max(0, bytes.LastIndexByte(held, '\x1b'))
		}
		s.mu.Lock()
		s.raw.Write(held[:whole])
		_, _ = s.emulator.Write(held[:whole])
		s.mu.Unlock()
		held = append(held[:0], held[whole:]...)
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) { // the program has ended, or the terminal is gone
			_ = s.emulator.InputPipe().(io.Closer).Close()
			return
		}
	}
}

// answer gives the program what the emulator answers to its questions.
func (s *screen) answer() {
	buf := make([]byte, 4<<10)
	for {
		n, err := s.emulator.Read(buf)
		// The emulator draws grapheme clusters, and doesn't say so.
		b := bytes.ReplaceAll(buf[:n], []byte("\x1b[?2027;0$y"), []byte("\x1b[?2027;2$y"))
		_, _ = s.user.Write(b) // fails once the program has ended
		if err != nil {
			return
		}
	}
}

// hangUp takes the terminal away, as closing its window does.
func (s *screen) hangUp() {
	s.t.Helper()
	s.hungUp = true
	if err := s.user.Close(); err != nil {
		s.t.Fatal(err)
	}
}

// ends ends the program, and then the terminal.
func (s *screen) ends() {
	s.kill()
	if !s.hungUp {
		_ = s.user.Close()
	}
	s.pumps.Wait()
	if said := s.raw.String() + s.err.String(); strings.Contains(said, "Caught panic") || strings.Contains(said, "panic.go") {
		s.t.Errorf("%s: panicked: %s\n%s", s.name, s.err, tail(s.raw.String()))
	}
}

// setSize tells the program's end of the terminal how large it is.
func (s *screen) setSize(w, h int) {
	s.t.Helper()
	conn, err := s.user.SyscallConn()
	if err != nil {
		s.t.Fatal(err)
	}
	size := &unix.Winsize{Col: uint16(w), Row: uint16(h)}
	var failed error
	err = conn.Control(func(fd uintptr) { failed = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, size) })
	if err := errors.Join(err, failed); err != nil {
		s.t.Fatal(err)
	}
}

// resize makes the terminal as large as that. The emulator has at least one cell.
func (s *screen) resize(w, h int) {
	s.t.Helper()
	s.mu.Lock()
	s.emulator.Resize(max(1, w), max(1, h))
	s.mu.Unlock()
	s.setSize(w, h)
}

// types has the user type keys, by hand: a text, and the enter that ends it, are apart
// from each other and from what was typed before, however late the program reads them.
func (s *screen) types(keys string) {
	s.t.Helper()
	text, ends := strings.CutSuffix(keys, keyEnter)
	if text != "" {
		s.apart(text)
	}
	if ends {
		s.apart(keyEnter)
	}
}

// apart writes keys that don't belong to those before them. What begins with an escape
// says so itself, and a terminal without the focus must not get it by this.
func (s *screen) apart(keys string) {
	s.t.Helper()
	if keys[0] != keyEscape[0] && !s.blurred {
		s.writes(between)
	}
	if strings.HasSuffix(keys, keyBlur) {
		s.blurred = true
	}
	s.writes(keys)
}

// writes has the terminal send something.
func (s *screen) writes(keys string) {
	s.t.Helper()
	if _, err := s.user.WriteString(keys); err != nil {
		s.t.Fatalf("type %q: %v\n%s", keys, err, s.picture())
	}
}

// What the screen says, for what is more than a word.
var (
	english  = i18n.New("en")
	japanese = i18n.New("ja")
)

// Keys that are no characters.
const (
	keyEnter  = "\r"
	keyEscape = "\x1b"
	keyCtrlC  = "\x03"
	keyCtrlK  = "\x0b"
	keyTab    = "\t"
	keyDown   = "\x1b[B"
	keyDelete = "\x7f"
	// What the terminal sends when it gets the focus, and when it loses it.
	keyFocus = "\x1b[I"
	keyBlur  = "\x1b[O"
	// between stands between keys that a hand presses one after the other, in a test that
	// need not wait for what the first brings about.
	between = keyFocus
)

// presses has the user press a key, and waits for what it brings up.
func (s *screen) presses(key, until string) {
	s.t.Helper()
	s.types(key)
	s.sees(until)
}

// rows is what stands on the screen, a string a row, blanks at their ends cut off. The
// emulator must not be fed meanwhile.
func (s *screen) rows() []string {
	rows := make([]string, s.emulator.Height())
	for y := range rows {
		rows[y] = s.row(y)
	}
	return rows
}

func (s *screen) row(y int) string { return strings.TrimRight(s.part(y, 0, s.emulator.Width()), " ") }

// part is what stands in some columns of a row.
func (s *screen) part(y, from, to int) string {
	var b strings.Builder
	for x := from; x < to; {
		c := s.emulator.CellAt(x, y)
		if c == nil || c.Width == 0 {
			b.WriteByte(' ')
			x++
			continue
		}
		b.WriteString(c.Content)
		x += c.Width
	}
	return b.String()
}

// lines is what stands on the screen now.
func (s *screen) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rows()
}

// cursor is where the cursor is now.
func (s *screen) cursor() (x, y int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.emulator.CursorPosition()
	return p.X, p.Y
}

// columns is what stands in some columns of every row. The emulator must not be fed
// meanwhile.
func (s *screen) columns(from, to int) []string {
	out := make([]string, s.emulator.Height())
	for y := range out {
		out[y] = strings.TrimRight(s.part(y, from, min(to, s.emulator.Width())), " ")
	}
	return out
}

// written is all that the program wrote so far.
func (s *screen) written() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.raw.String()
}

// came is when what is on the screen came, at the latest.
func (s *screen) came() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard
}

// picture is the screen as a failure shows it.
func (s *screen) picture() string {
	var b strings.Builder
	for y, l := range s.lines() {
		fmt.Fprintf(&b, "%3d|%s\n", y, l)
	}
	if said := s.err.String(); said != "" {
		b.WriteString("standard error: " + tail(said))
	}
	return b.String()
}

// waits waits until the screen is as it should be.
func (s *screen) waits(what string, holds func(lines []string) bool) {
	s.t.Helper()
	s.within(what, patience, holds)
}

// within is waits with its own limit.
func (s *screen) within(what string, most time.Duration, holds func(lines []string) bool) {
	s.t.Helper()
	deadline := time.NewTimer(most)
	defer deadline.Stop()
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for !s.is(holds) {
		select {
		case <-tick.C:
		case <-deadline.C:
			s.t.Fatalf("%s: not within %s\n%s", what, most, s.picture())
		}
	}
}

// is tells whether the screen is so now.
func (s *screen) is(holds func(lines []string) bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return holds(s.rows())
}

// sees waits until all these texts stand on the screen.
func (s *screen) sees(texts ...string) {
	s.t.Helper()
	s.waits(fmt.Sprintf("%q on screen", texts), func(lines []string) bool {
		for _, t := range texts {
			if !anyHolds(lines, t) {
				return false
			}
		}
		return true
	})
}

// misses waits until a text is gone from the screen.
func (s *screen) misses(text string) {
	s.t.Helper()
	s.waits(fmt.Sprintf("%q off the screen", text), func(lines []string) bool { return !anyHolds(lines, text) })
}

func anyHolds(lines []string, text string) bool {
	for _, l := range lines {
		if strings.Contains(l, text) {
			return true
		}
	}
	return false
}

// The columns of a terminal of the usual size: the list, the conversation beside it, and
// the panel.
const (
	listColumns = 38
	threadFrom  = 40
	panelFrom   = screenWidth - 28
)

// inList waits for a customer's two lines in the list to be as they should.
func (s *screen) inList(name string, holds func(row string) bool) {
	s.t.Helper()
	s.waits("the row of "+name, func([]string) bool {
		list := s.columns(0, listColumns)
		for y := 2; y+1 < len(list); y++ {
			if strings.Contains(list[y], name) {
				return holds(list[y] + "\n" + list[y+1])
			}
		}
		return false
	})
}

// inThread waits for the conversation that is open to hold these texts.
func (s *screen) inThread(texts ...string) {
	s.t.Helper()
	s.waits(fmt.Sprintf("%q in the conversation", texts), func([]string) bool {
		return holding(texts...)(strings.Join(s.columns(threadFrom, screenWidth), "\n"))
	})
}

// leaves quits by the key for it, and expects the terminal as it was.
func (s *screen) leaves() {
	s.t.Helper()
	s.types(keyCtrlC)
	s.gone()
}

// gone expects the program to end well, and the terminal as it was.
func (s *screen) gone() {
	s.t.Helper()
	if code := s.exit(patience); code != cli.ExitDone {
		s.t.Errorf("exit code %d\n%s", code, s.picture())
	}
	s.pumps.Wait()
	if s.emulator.IsAltScreen() {
		s.t.Error("the terminal is left as the program had it")
	}
}

// holding is a condition: all these texts stand there.
func holding(texts ...string) func(string) bool {
	return func(s string) bool {
		for _, t := range texts {
			if !strings.Contains(s, t) {
				return false
			}
		}
		return true
	}
}

// lacking is a condition: none of these texts stands there.
func lacking(texts ...string) func(string) bool {
	return func(s string) bool {
		for _, t := range texts {
			if strings.Contains(s, t) {
				return false
			}
		}
		return true
	}
}
