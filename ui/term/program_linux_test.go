package term_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	parley "parley/ui/term"
)

// patience is how long is waited for what must come.
const patience = 30 * time.Second

// ttyLine is a terminal's line: what a program writes, and what it reads.
type ttyLine struct {
	*testing.T
	user, tty *os.File

	mu  sync.Mutex
	got bytes.Buffer
	// came is told when something came.
	came  chan struct{}
	ended chan struct{}
}

func newTTYLine(t *testing.T) *ttyLine {
	t.Helper()
	user, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(tty, &pty.Winsize{Cols: 40, Rows: 10}); err != nil {
		t.Fatal(err)
	}
	l := &ttyLine{T: t, user: user, tty: tty, came: make(chan struct{}, 1), ended: make(chan struct{})}
	t.Cleanup(func() {
		_ = tty.Close()
		_ = user.Close()
	})
	return l
}

// reads has the terminal take what is written.
func (l *ttyLine) reads() {
	go func() {
		defer close(l.ended)
		buf := make([]byte, 4<<10)
		for {
			n, err := l.user.Read(buf)
			if err != nil {
				return
			}
			l.mu.Lock()
			l.got.Write(buf[:n])
			l.mu.Unlock()
			select {
			case l.came <- struct{}{}:
			default:
			}
		}
	}()
	l.Cleanup(func() {
		_ = l.tty.Close()
		<-l.ended
	})
}

func (l *ttyLine) written() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.got.String()
}

// sees waits until something was written.
func (l *ttyLine) sees(text string) {
	l.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for !strings.Contains(l.written(), text) {
		select {
		case <-l.came:
		case <-late.C:
			l.Fatalf("%q is not written: %q", text, l.written())
		}
	}
}

// types types keys.
func (l *ttyLine) types(keys string) {
	l.Helper()
	if _, err := l.user.WriteString(keys); err != nil {
		l.Fatal(err)
	}
}

func (l *ttyLine) options() parley.Options {
	return parley.Options{In: l.tty, Out: l.tty, Env: []string{"TERM=xterm-256color", "COLORTERM=truecolor"}, Every: time.Millisecond}
}

func (l *ttyLine) state() *term.State {
	l.Helper()
	s, err := term.GetState(l.tty.Fd())
	if err != nil {
		l.Fatal(err)
	}
	return s
}

// restored expects the line as it was before.
func (l *ttyLine) restored(before *term.State) {
	l.Helper()
	if after := l.state(); *after != *before {
		l.Errorf("the line works otherwise than before: %v, before %v", after, before)
	}
}

// restoredAll are what must be taken back, each after it was set for the last time.
var restoredAll = [][2]string{
	{"\x1b[?1049h", "\x1b[?1049l"},
	{"\x1b[?25l", "\x1b[?25h"},
	{"\x1b[?2004h", "\x1b[?2004l"},
	{"\x1b[?1004h", "\x1b[?1004l"},
	{"\x1b[>1u", "\x1b[<1u"},
	{"\x1b[>4;2m", "\x1b[>4m"},
	{"\x1b]2;Parley", "\x1b]2;\x07"},
	{"\x1b[?1002h", "\x1b[?1002l"},
	{"\x1b[3 q", "\x1b[0 q"},
}

// givenBack expects all that was asked of the terminal to be taken back.
func (l *ttyLine) givenBack() {
	l.Helper()
	l.sees("\x1b[23;2t")
	for _, m := range restoredAll {
		if all := l.written(); !strings.Contains(all, m[0]) || strings.LastIndex(all, m[1]) < strings.LastIndex(all, m[0]) {
			l.Errorf("%q is not followed by %q in %q", m[0], m[1], all)
		}
	}
}

// toy is a model that does what its keys say.
type toy struct {
	shown string
	// lends is done by a key.
	lends tea.Cmd
}

func (m *toy) Init() tea.Cmd { return nil }

func fails() tea.Msg { panic("a command fails with \x1b[31m") }

func (m *toy) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return m, nil
	}
	nothing := func() tea.Msg { return nil }
	switch m.shown = k.String(); m.shown {
	case "q":
		return m, tea.Quit
	case "u":
		panic("the model fails")
	case "v":
		return m, nil
	case "c":
		return m, fails
	case "b":
		return m, tea.Batch(nothing, fails)
	case "s":
		return m, tea.Sequence(nothing, fails)
	case "n":
		return m, tea.Sequence(nothing, tea.Batch(nothing, tea.Sequence(nothing, tea.Batch(nil, nothing, fails))))
	case "l":
		return m, parley.Repaint
	case "e":
		return m, m.lends
	}
	return m, nil
}

func (m *toy) View() tea.View {
	if m.shown == "v" {
		panic("the view fails")
	}
	v := tea.NewView("shown:" + m.shown)
	v.ReportFocus, v.WindowTitle, v.MouseMode = true, "Parley\x1b]0;x\x07", tea.MouseModeCellMotion
	v.Cursor = tea.NewCursor(3, 0)
	v.Cursor.Shape = tea.CursorUnderline
	return v
}

// TestAPanicLeavesTheTerminalWhole: wherever the screen panics, the terminal is as it was,
// and where it was is known.
func TestAPanicLeavesTheTerminalWhole(t *testing.T) {
	t.Parallel()
	for key, where := range map[string]string{"u": "Update", "v": "View", "c": "fails", "b": "fails", "s": "fails", "n": "fails"} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			l := newTTYLine(t)
			before := l.state()
			l.reads()
			p := parley.NewProgram(&toy{}, l.options())
			done := make(chan error, 1)
			go func() { done <- p.Run(t.Context()) }()
			l.sees("shown:")
			l.types(key)
			err := <-done
			var panicked *parley.PanicError
			if !errors.As(err, &panicked) || !strings.Contains(string(panicked.Stack), where) {
				t.Fatalf("ended with %v", err)
			}
			l.givenBack()
			l.restored(before)
		})
	}
}

// TestAGoroutineBesideTheScreen: its panic is the screen's.
func TestAGoroutineBesideTheScreen(t *testing.T) {
	t.Parallel()
	l := newTTYLine(t)
	l.reads()
	p := parley.NewProgram(&toy{}, l.options())
	go func() {
		defer p.Recover()
		l.sees("shown:")
		panic("beside")
	}()
	var panicked *parley.PanicError
	if err := p.Run(t.Context()); !errors.As(err, &panicked) || panicked.Value != "beside" {
		t.Fatalf("ended with %v", err)
	}
	l.givenBack()
}

// TestQuitting: the program ends by its own key, and by being told, with the terminal as
// it was.
func TestQuitting(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"key", "told"} {
		l := newTTYLine(t)
		before := l.state()
		l.reads()
		ctx, leave := context.WithCancel(t.Context())
		p := parley.NewProgram(&toy{}, l.options())
		done := make(chan error, 1)
		go func() { done <- p.Run(ctx) }()
		l.sees("shown:")
		if how == "key" {
			l.types("q")
		} else {
			leave()
		}
		if err := <-done; err != nil {
			t.Errorf("by %s it ends with %v", how, err)
		}
		leave()
		l.givenBack()
		l.restored(before)
		if all := l.written(); strings.Contains(all, "\x1b]0;") || !strings.Contains(all, "\x1b]2;Parley]0;x\x07") {
			t.Errorf("the title is no title: %q", all)
		}
	}
}

// TestLending: another program has the terminal as it was before ours, and what is typed meanwhile;
// then ours has it again.
func TestLending(t *testing.T) {
	t.Parallel()
	l := newTTYLine(t)
	before := l.state()
	l.reads()
	keys, typed := io.Pipe()
	defer func() { _ = typed.Close() }()
	paused, resumed, got := false, false, ""
	o := l.options()
	o.Input = keys
	o.Pause = func() func() {
		paused = true
		return func() { resumed = true }
	}
	run := func(in, out *os.File) error {
		l.restored(before)
		if _, err := out.WriteString("lent to another"); err != nil {
			return err
		}
		b := make([]byte, 64)
		n, err := in.Read(b)
		got = string(b[:n])
		return errors.Join(err, errors.ErrUnsupported)
	}
	p := parley.NewProgram(&toy{lends: func() tea.Msg {
		return parley.Lend{Run: run, Done: func(err error) tea.Msg {
			if !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("it ended with %v", err)
			}
			return tea.KeyPressMsg{Code: 'd', Text: "done"}
		}}
	}}, o)
	done := make(chan error, 1)
	go func() { done <- p.Run(t.Context()) }()
	l.sees("shown:")
	_, _ = typed.Write([]byte("e"))
	l.sees("lent to another")
	l.types("theirs\n")
	l.sees("done")
	_, _ = typed.Write([]byte("q"))
	if err := <-done; err != nil {
		t.Error(err)
	}
	if !paused || !resumed || got != "theirs\n" {
		t.Errorf("paused %v, resumed %v, typed %q", paused, resumed, got)
	}
	l.restored(before)
}

// TestATerminalThatTakesNothing: the program ends when it is told to though its terminal
// has stopped reading, at any moment, and the line works as before.
func TestATerminalThatTakesNothing(t *testing.T) {
	t.Parallel()
	l := newTTYLine(t)
	before := l.state()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	m := &talker{said: make(chan struct{})}
	p := parley.NewProgram(m, l.options())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	<-m.said // more than a terminal's line holds
	leave()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(patience):
		t.Fatal("it goes on")
	}
	l.restored(before)
	// What stands at its line's end gives the terminal back.
	fd := int(l.user.Fd()) // asked for, it blocks
	if err := unix.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	var left bytes.Buffer
	for buf := make([]byte, 4<<10); ; {
		n, err := unix.Read(fd, buf)
		if err != nil || n <= 0 {
			break
		}
		left.Write(buf[:n])
	}
	if !strings.Contains(left.String(), "\x1b[?1049l") {
		t.Errorf("the terminal is not given back: %q", tail(left.String()))
	}
}

func tail(s string) string { return s[max(0, len(s)-500):] }

// talker shows another screen all the time.
type talker struct {
	n    int
	said chan struct{}
}

type more struct{}

func again() tea.Msg { return more{} }

func (m *talker) Init() tea.Cmd { return again }

func (m *talker) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(more); !ok {
		return m, nil
	}
	if m.n++; m.n == 400 {
		close(m.said)
	}
	return m, tea.Tick(100*time.Microsecond, func(time.Time) tea.Msg { return more{} })
}

func (m *talker) View() tea.View {
	return tea.NewView(strings.Repeat(strings.Repeat(string(rune('a'+m.n%26)), 40)+"\n", 10))
}

// TestATerminalThatIsGone: the program is told, and ends.
func TestATerminalThatIsGone(t *testing.T) {
	t.Parallel()
	l := newTTYLine(t)
	o := l.options()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	o.Lost = leave
	m := &talker{said: make(chan struct{})}
	p := parley.NewProgram(m, o)
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	<-m.said
	if err := l.user.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("ended with %v", err)
	}
}
