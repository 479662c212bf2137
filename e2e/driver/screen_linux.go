package driver

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

// Screen is the program at a terminal: its keys are typed by the test, what it writes is
// shown by a terminal's emulator.
type Screen struct {
	*Process
	T *testing.T
	// User is the user's end of the terminal.
	User *os.File

	Mu       sync.Mutex
	Emulator *vt.Emulator
	Raw      bytes.Buffer
	// heard is when the program wrote last.
	heard time.Time
	// blurred: the terminal was told that it has lost the focus.
	blurred bool
	HungUp  bool
	Pumps   sync.WaitGroup
}

// The size of a terminal with three panes, unless a test says otherwise.
const (
	ScreenWidth  = 130
	ScreenHeight = 30
)

// NewScreen prepares a run of the program at a terminal; [Screen.Opens] starts it.
func NewScreen(t *testing.T, env []string, args ...string) *Screen {
	t.Helper()
	env = append(env, "TERM=xterm-256color", "COLORTERM=truecolor")
	return &Screen{Process: NewProcess(t, env, args...), T: t, Emulator: vt.NewEmulator(ScreenWidth, ScreenHeight)}
}

// ScreenEnv is the environment of the screen of that user.
func (u *User) ScreenEnv() []string {
	return u.W.Env(u.HomeDir, "PARLEY_HUB="+u.W.HubURL, "PARLEY_TOKEN="+u.Token)
}

// StartScreen starts the program at a terminal, and waits for it to be drawn.
func StartScreen(t *testing.T, env []string, args ...string) *Screen {
	t.Helper()
	s := NewScreen(t, env, args...)
	s.Opens()
	return s
}

// Opens starts the program, and waits for it to be drawn.
func (s *Screen) Opens() {
	s.T.Helper()
	tty := s.Connect()
	s.Cmd.Stdin, s.Cmd.Stdout = tty, tty
	// A session of its own, whose terminal this is: hanging up ends it as it ends a shell's.
	s.Cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	s.T.Cleanup(s.ends)
	s.Begin()
	_ = tty.Close() // the process has it; reading ends when it does
	s.Pumps.Go(s.show)
	s.Pumps.Go(s.answer)
	s.Waits("the screen is drawn", func([]string) bool { return s.Emulator.IsAltScreen() && s.row(0) != "" })
}

// Connect opens the terminal, and returns the program's end of it.
func (s *Screen) Connect() *os.File {
	s.T.Helper()
	user, tty, err := pty.Open()
	if err != nil {
		s.T.Fatal(err)
	}
	// Opened by the package it blocks, so that closing it would wait for who reads.
	fd, err := unix.FcntlInt(user.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	_ = user.Close()
	if err != nil {
		s.T.Fatal(err)
	}
	s.User = os.NewFile(uintptr(fd), "terminal")
	s.SetSize(ScreenWidth, ScreenHeight)
	return tty
}

// quiet is how long nothing comes until what came is taken for whole.
const quiet = 50 * time.Millisecond

// show feeds the emulator with what the program writes. The emulator takes the end of
// what it is given for the end of a cluster, so it is given what goes to the next escape.
func (s *Screen) show() {
	buf := make([]byte, 64<<10)
	var held []byte
	for {
		_ = s.User.SetReadDeadline(time.Time{})
		if len(held) > 0 {
			_ = s.User.SetReadDeadline(time.Now().Add(quiet))
		}
		n, err := s.User.Read(buf)
		if n > 0 {
			s.Mu.Lock()
			s.heard = time.Now()
			s.Mu.Unlock()
		}
		held = append(held, buf[:n]...)
		whole := len(held)
		if err == nil {
			whole = max(0, bytes.LastIndexByte(held, '\x1b'))
		}
		s.Mu.Lock()
		s.Raw.Write(held[:whole])
		_, _ = s.Emulator.Write(held[:whole])
		s.Mu.Unlock()
		held = append(held[:0], held[whole:]...)
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) { // the program has ended, or the terminal is gone
			_ = s.Emulator.InputPipe().(io.Closer).Close()
			return
		}
	}
}

// answer gives the program what the emulator answers to its questions.
func (s *Screen) answer() {
	buf := make([]byte, 4<<10)
	for {
		n, err := s.Emulator.Read(buf)
		// The emulator draws grapheme clusters, and doesn't say so.
		b := bytes.ReplaceAll(buf[:n], []byte("\x1b[?2027;0$y"), []byte("\x1b[?2027;2$y"))
		_, _ = s.User.Write(b) // fails once the program has ended
		if err != nil {
			return
		}
	}
}

// HangUp takes the terminal away, as closing its window does.
func (s *Screen) HangUp() {
	s.T.Helper()
	s.HungUp = true
	if err := s.User.Close(); err != nil {
		s.T.Fatal(err)
	}
}

// ends ends the program, and then the terminal.
func (s *Screen) ends() {
	s.Kill()
	if !s.HungUp {
		_ = s.User.Close()
	}
	s.Pumps.Wait()
	if said := s.Raw.String() + s.Err.String(); strings.Contains(said, "Caught panic") || strings.Contains(said, "panic.go") {
		s.T.Errorf("%s: panicked: %s\n%s", s.Name, s.Err, tail(s.Raw.String()))
	}
}

// SetSize tells the program's end of the terminal how large it is.
func (s *Screen) SetSize(w, h int) {
	s.T.Helper()
	conn, err := s.User.SyscallConn()
	if err != nil {
		s.T.Fatal(err)
	}
	size := &unix.Winsize{Col: uint16(w), Row: uint16(h)}
	var failed error
	err = conn.Control(func(fd uintptr) { failed = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, size) })
	if err := errors.Join(err, failed); err != nil {
		s.T.Fatal(err)
	}
}

// Resize makes the terminal as large as that. The emulator has at least one cell.
func (s *Screen) Resize(w, h int) {
	s.T.Helper()
	s.Mu.Lock()
	s.Emulator.Resize(max(1, w), max(1, h))
	s.Mu.Unlock()
	s.SetSize(w, h)
}

// Types has the user type keys, by hand: a text, and the enter that ends it, are apart
// from each other and from what was typed before, however late the program reads them.
func (s *Screen) Types(keys string) {
	s.T.Helper()
	text, ends := strings.CutSuffix(keys, KeyEnter)
	if text != "" {
		s.apart(text)
	}
	if ends {
		s.apart(KeyEnter)
	}
}

// apart writes keys that don't belong to those before them. What begins with an escape
// says so itself, and a terminal without the focus must not get it by this.
func (s *Screen) apart(keys string) {
	s.T.Helper()
	if keys[0] != KeyEscape[0] && !s.blurred {
		s.Writes(Between)
	}
	if strings.HasSuffix(keys, KeyBlur) {
		s.blurred = true
	}
	s.Writes(keys)
}

// Writes has the terminal send something.
func (s *Screen) Writes(keys string) {
	s.T.Helper()
	if _, err := s.User.WriteString(keys); err != nil {
		s.T.Fatalf("type %q: %v\n%s", keys, err, s.Picture())
	}
}

// What the screen says, for what is more than a word.
var (
	English  = i18n.New("en")
	Japanese = i18n.New("ja")
)

// Keys that are no characters.
const (
	KeyEnter  = "\r"
	KeyEscape = "\x1b"
	KeyCtrlC  = "\x03"
	KeyCtrlK  = "\x0b"
	KeyTab    = "\t"
	KeyDown   = "\x1b[B"
	KeyDelete = "\x7f"
	// What the terminal sends when it gets the focus, and when it loses it.
	KeyFocus = "\x1b[I"
	KeyBlur  = "\x1b[O"
	// Between stands between keys that a hand presses one after the other, in a test that
	// need not wait for what the first brings about.
	Between = KeyFocus
)

// Presses has the user press a key, and waits for what it brings up.
func (s *Screen) Presses(key, until string) {
	s.T.Helper()
	s.Types(key)
	s.Sees(until)
}

// rows is what stands on the screen, a string a row, blanks at their ends cut off. The
// emulator must not be fed meanwhile.
func (s *Screen) rows() []string {
	rows := make([]string, s.Emulator.Height())
	for y := range rows {
		rows[y] = s.row(y)
	}
	return rows
}

func (s *Screen) row(y int) string { return strings.TrimRight(s.Part(y, 0, s.Emulator.Width()), " ") }

// Part is what stands in some columns of a row.
func (s *Screen) Part(y, from, to int) string {
	var b strings.Builder
	for x := from; x < to; {
		c := s.Emulator.CellAt(x, y)
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

// Lines is what stands on the screen now.
func (s *Screen) Lines() []string {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return s.rows()
}

// Cursor is where the cursor is now.
func (s *Screen) Cursor() (x, y int) {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	p := s.Emulator.CursorPosition()
	return p.X, p.Y
}

// Columns is what stands in some columns of every row. The emulator must not be fed
// meanwhile.
func (s *Screen) Columns(from, to int) []string {
	out := make([]string, s.Emulator.Height())
	for y := range out {
		out[y] = strings.TrimRight(s.Part(y, from, min(to, s.Emulator.Width())), " ")
	}
	return out
}

// Written is all that the program wrote so far.
func (s *Screen) Written() string {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return s.Raw.String()
}

// Came is when what is on the screen came, at the latest.
func (s *Screen) Came() time.Time {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return s.heard
}

// Picture is the screen as a failure shows it.
func (s *Screen) Picture() string {
	var b strings.Builder
	for y, l := range s.Lines() {
		fmt.Fprintf(&b, "%3d|%s\n", y, l)
	}
	if said := s.Err.String(); said != "" {
		b.WriteString("standard error: " + tail(said))
	}
	return b.String()
}

// Waits waits until the screen is as it should be.
func (s *Screen) Waits(what string, holds func(lines []string) bool) {
	s.T.Helper()
	s.Within(what, Patience, holds)
}

// Within is waits with its own limit.
func (s *Screen) Within(what string, most time.Duration, holds func(lines []string) bool) {
	s.T.Helper()
	deadline := time.NewTimer(most)
	defer deadline.Stop()
	tick := time.NewTicker(Glance)
	defer tick.Stop()
	for !s.is(holds) {
		select {
		case <-tick.C:
		case <-deadline.C:
			s.T.Fatalf("%s: not within %s\n%s", what, most, s.Picture())
		}
	}
}

// is tells whether the screen is so now.
func (s *Screen) is(holds func(lines []string) bool) bool {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return holds(s.rows())
}

// Sees waits until all these texts stand on the screen.
func (s *Screen) Sees(texts ...string) {
	s.T.Helper()
	s.Waits(fmt.Sprintf("%q on screen", texts), func(lines []string) bool {
		for _, t := range texts {
			if !AnyHolds(lines, t) {
				return false
			}
		}
		return true
	})
}

// Misses waits until a text is gone from the screen.
func (s *Screen) Misses(text string) {
	s.T.Helper()
	s.Waits(fmt.Sprintf("%q off the screen", text), func(lines []string) bool { return !AnyHolds(lines, text) })
}

// AnyHolds tells whether a line holds a text.
func AnyHolds(lines []string, text string) bool {
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
	ListColumns = 38
	ThreadFrom  = 40
	PanelFrom   = ScreenWidth - 28
)

// InList waits for a customer's two lines in the list to be as they should.
func (s *Screen) InList(name string, holds func(row string) bool) {
	s.T.Helper()
	s.Waits("the row of "+name, func([]string) bool {
		list := s.Columns(0, ListColumns)
		for y := 2; y+1 < len(list); y++ {
			if strings.Contains(list[y], name) {
				return holds(list[y] + "\n" + list[y+1])
			}
		}
		return false
	})
}

// InThread waits for the conversation that is open to hold these texts.
func (s *Screen) InThread(texts ...string) {
	s.T.Helper()
	s.Waits(fmt.Sprintf("%q in the conversation", texts), func([]string) bool {
		return Holding(texts...)(strings.Join(s.Columns(ThreadFrom, ScreenWidth), "\n"))
	})
}

// Leaves quits by the key for it, and expects the terminal as it was.
func (s *Screen) Leaves() {
	s.T.Helper()
	s.Types(KeyCtrlC)
	s.Gone()
}

// Gone expects the program to end well, and the terminal as it was.
func (s *Screen) Gone() {
	s.T.Helper()
	if code := s.Exit(Patience); code != cli.ExitDone {
		s.T.Errorf("exit code %d\n%s", code, s.Picture())
	}
	s.Pumps.Wait()
	if s.Emulator.IsAltScreen() {
		s.T.Error("the terminal is left as the program had it")
	}
}

// Holding is a condition: all these texts stand there.
func Holding(texts ...string) func(string) bool {
	return func(s string) bool {
		for _, t := range texts {
			if !strings.Contains(s, t) {
				return false
			}
		}
		return true
	}
}

// Lacking is a condition: none of these texts stands there.
func Lacking(texts ...string) func(string) bool {
	return func(s string) bool {
		for _, t := range texts {
			if strings.Contains(s, t) {
				return false
			}
		}
		return true
	}
}
