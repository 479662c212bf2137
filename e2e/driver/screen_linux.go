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

// Screen is the program on a terminal: the test types its keys, and a terminal emulator shows
// its output.
type Screen struct {
	*Process
	T *testing.T
	// User is the user's end of the terminal.
	User *os.File

	Mu       sync.Mutex
	Emulator *vt.Emulator
	Raw      bytes.Buffer
	// heard is when the program last wrote.
	heard time.Time
	// blurred: the terminal has lost the focus.
	blurred bool
	HungUp  bool
	Pumps   sync.WaitGroup
}

// Default size of a terminal, with three panes.
const (
	ScreenWidth  = 130
	ScreenHeight = 30
)

// NewScreen prepares a run of the program on a terminal; [Screen.Opens] starts it.
func NewScreen(t *testing.T, env []string, args ...string) *Screen {
	t.Helper()
	env = append(env, "TERM=xterm-256color", "COLORTERM=truecolor")
	return &Screen{Process: NewProcess(t, env, args...), T: t, Emulator: vt.NewEmulator(ScreenWidth, ScreenHeight)}
}

// ScreenEnv returns the environment of the user's screen.
func (u *User) ScreenEnv() []string {
	return u.W.Env(u.HomeDir, "PARLEY_HUB="+u.W.HubURL, "PARLEY_TOKEN="+u.Token)
}

// StartScreen starts the program on a terminal, and waits until it is drawn.
func StartScreen(t *testing.T, env []string, args ...string) *Screen {
	t.Helper()
	s := NewScreen(t, env, args...)
	s.Opens()
	return s
}

// Opens starts the program, and waits until it is drawn.
func (s *Screen) Opens() {
	s.T.Helper()
	s.Starts()
	s.Waits("the screen is drawn", func([]string) bool { return s.Emulator.IsAltScreen() && s.row(0) != "" })
}

// Starts starts the program, which may draw no screen.
func (s *Screen) Starts() {
	s.T.Helper()
	tty := s.Connect()
	s.Cmd.Stdin, s.Cmd.Stdout = tty, tty
	// A session of its own with this terminal: a hang-up ends it as it ends a shell's.
	s.Cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	s.T.Cleanup(s.ends)
	s.Begin()
	_ = tty.Close() // the process has it; reading ends when it does
	s.Pumps.Go(s.show)
	s.Pumps.Go(s.answer)
}

// Connect opens the terminal, and returns the program's end of it.
func (s *Screen) Connect() *os.File {
	s.T.Helper()
	user, tty, err := pty.Open()
	if err != nil {
		s.T.Fatal(err)
	}
	// The package opens it in blocking mode, so that closing it would wait for the reader.
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

// quiet is how long output must pause to count as complete.
const quiet = 50 * time.Millisecond

// show feeds the program's output to the emulator. The emulator takes the end of its input as the
// end of a cluster, so it is fed up to the next escape.
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

// answer returns the emulator's answers to the program.
func (s *Screen) answer() {
	buf := make([]byte, 4<<10)
	for {
		n, err := s.Emulator.Read(buf)
		// The emulator draws grapheme clusters, but does not say so.
		b := bytes.ReplaceAll(buf[:n], []byte("\x1b[?2027;0$y"), []byte("\x1b[?2027;2$y"))
		_, _ = s.User.Write(b) // fails once the program has ended
		if err != nil {
			return
		}
	}
}

// HangUp closes the terminal, like closing its window.
func (s *Screen) HangUp() {
	s.T.Helper()
	s.HungUp = true
	if err := s.User.Close(); err != nil {
		s.T.Fatal(err)
	}
}

// ends ends the program, and then closes the terminal.
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

// SetSize sets the size of the program's end of the terminal.
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

// Resize resizes the terminal. The emulator has at least one cell.
func (s *Screen) Resize(w, h int) {
	s.T.Helper()
	s.Mu.Lock()
	s.Emulator.Resize(max(1, w), max(1, h))
	s.Mu.Unlock()
	s.SetSize(w, h)
}

// Types types keys by hand: a text, and the enter that ends it, are separate from each other and
// from what was typed before, however late the program reads them.
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

// apart types keys separately from those before. A sequence that begins with an escape is
// separate by itself, and a terminal without the focus must not get it this way.
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

// Writes makes the terminal send something.
func (s *Screen) Writes(keys string) {
	s.T.Helper()
	if _, err := s.User.WriteString(keys); err != nil {
		s.T.Fatalf("type %q: %v\n%s", keys, err, s.Picture())
	}
}

// Sentences of the screen, for what is more than a word.
var (
	English  = i18n.New("en")
	Japanese = i18n.New("ja")
)

// Keys other than characters.
const (
	KeyEnter  = "\r"
	KeyEscape = "\x1b"
	KeyCtrlC  = "\x03"
	KeyCtrlK  = "\x0b"
	KeyTab    = "\t"
	KeyDown   = "\x1b[B"
	KeyDelete = "\x7f"
	// What the terminal sends when it gets and loses the focus.
	KeyFocus = "\x1b[I"
	KeyBlur  = "\x1b[O"
	// Between separates keys pressed one after another, in tests that need not wait for the
	// effect of the first.
	Between = KeyFocus
)

// Presses presses a key, and waits for a text.
func (s *Screen) Presses(key, until string) {
	s.T.Helper()
	s.Types(key)
	s.Sees(until)
}

// rows returns the screen, a string a row, without trailing blanks. The emulator must not be fed
// meanwhile.
func (s *Screen) rows() []string {
	rows := make([]string, s.Emulator.Height())
	for y := range rows {
		rows[y] = s.row(y)
	}
	return rows
}

func (s *Screen) row(y int) string { return strings.TrimRight(s.Part(y, 0, s.Emulator.Width()), " ") }

// Part returns some columns of a row.
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

// Lines returns the present screen.
func (s *Screen) Lines() []string {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return s.rows()
}

// Cursor returns the present position of the cursor.
func (s *Screen) Cursor() (x, y int) {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	p := s.Emulator.CursorPosition()
	return p.X, p.Y
}

// Columns returns some columns of every row. The emulator must not be fed meanwhile.
func (s *Screen) Columns(from, to int) []string {
	out := make([]string, s.Emulator.Height())
	for y := range out {
		out[y] = strings.TrimRight(s.Part(y, from, min(to, s.Emulator.Width())), " ")
	}
	return out
}

// Written returns all that the program wrote so far.
func (s *Screen) Written() string {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return s.Raw.String()
}

// Came returns when the present screen was complete, at the latest.
func (s *Screen) Came() time.Time {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return s.heard
}

// Picture returns the screen for a failure's message.
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

// Waits waits until the screen fulfils a condition.
func (s *Screen) Waits(what string, holds func(lines []string) bool) {
	s.T.Helper()
	s.Within(what, Patience, holds)
}

// Within is Waits with a time limit.
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

// is reports whether the screen fulfils a condition now.
func (s *Screen) is(holds func(lines []string) bool) bool {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return holds(s.rows())
}

// Sees waits until all these texts are on the screen.
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

// AnyHolds reports whether a line contains a text.
func AnyHolds(lines []string, text string) bool {
	for _, l := range lines {
		if strings.Contains(l, text) {
			return true
		}
	}
	return false
}

// Columns of a terminal of the default size: the list, the conversation beside it, and the panel.
const (
	ListColumns = 38
	ThreadFrom  = 40
	PanelFrom   = ScreenWidth - 28
)

// InList waits until a customer's two lines in the list fulfil a condition.
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

// InThread waits until the open conversation contains these texts.
func (s *Screen) InThread(texts ...string) {
	s.T.Helper()
	s.Waits(fmt.Sprintf("%q in the conversation", texts), func([]string) bool {
		return Holding(texts...)(strings.Join(s.Columns(ThreadFrom, ScreenWidth), "\n"))
	})
}

// Leaves quits by its key, and expects the terminal to be restored.
func (s *Screen) Leaves() {
	s.T.Helper()
	s.Types(KeyCtrlC)
	s.Gone()
}

// Gone expects the program to end well, with the terminal restored.
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

// Holding is a condition: all these texts are there.
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

// Lacking is a condition: none of these texts is there.
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
