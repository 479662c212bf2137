package main

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// How long a program may take to show a text; how long a screen must not change to count as
// still, and for the program to count its content as read.
const (
	patience   = 20 * time.Second
	quiet      = 400 * time.Millisecond
	reading    = 1300 * time.Millisecond
	lookAgain  = 20 * time.Millisecond
	leaveAfter = 3 * time.Second
)

// terminal is a program in a pseudo-terminal. An emulator draws its screen and answers its
// queries (colours, modes, position of the cursor).
type terminal struct {
	cmd  *exec.Cmd
	file *os.File
	look look
	gone chan struct{}

	mu      sync.Mutex
	screen  *vt.Emulator
	cursor  bool
	changed time.Time
}

// startTerminal runs a program in a terminal of that size.
func startTerminal(s size, l look, cmd *exec.Cmd) (*terminal, error) {
	t := &terminal{cmd: cmd, look: l, gone: make(chan struct{}), screen: vt.NewEmulator(s.w, s.h), cursor: true, changed: time.Now()}
	t.screen.SetDefaultForegroundColor(l.colours.text)
	t.screen.SetDefaultBackgroundColor(l.colours.ground)
	t.screen.SetCallbacks(vt.Callbacks{CursorVisibility: func(visible bool) { t.cursor = visible }})
	t.screen.RegisterCsiHandler('P', func(p ansi.Params) bool { return t.shift(-count(p)) })
	t.screen.RegisterCsiHandler('@', func(p ansi.Params) bool { return t.shift(count(p)) })
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(s.w), Rows: uint16(s.h)}) //nolint:gosec // sizes of a screen
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	t.file = file
	go t.answer()
	go t.read()
	return t, nil
}

// count is how many characters a control sequence affects.
func count(p ansi.Params) int {
	n, _, _ := p.Param(0, 1)
	return max(1, n)
}

// shift moves what is at the cursor, and after it in its line, by that many cells: to the left over
// what is deleted, to the right to make room. It replaces the emulator's own way, which loses wide
// characters.
func (t *terminal) shift(by int) bool {
	at, w := t.screen.CursorPosition(), t.screen.Width()
	from := at.X
	if by < 0 {
		from -= by
	}
	var moved []*uv.Cell
	for x := from; x < w; x++ {
		moved = append(moved, t.screen.CellAt(x, at.Y).Clone())
	}
	for x := at.X; x < w; x++ {
		t.screen.SetCell(x, at.Y, nil)
	}
	for i, c := range moved {
		if x := from + by + i; c.Width > 0 && x+c.Width <= w {
			t.screen.SetCell(x, at.Y, c)
		}
	}
	return true
}

// read draws the program's output, until it ends.
func (t *terminal) read() {
	defer close(t.gone)
	buf := make([]byte, 64<<10)
	for {
		n, err := t.file.Read(buf)
		if n > 0 {
			t.mu.Lock()
			_, _ = t.screen.Write(buf[:n])
			t.changed = time.Now()
			t.mu.Unlock()
		}
		if err != nil {
			return
		}
	}
}

// answer passes the emulator's answers to the program.
func (t *terminal) answer() {
	buf := make([]byte, 4<<10)
	for {
		n, err := t.screen.Read(buf)
		if err != nil {
			return
		}
		if _, err := t.file.Write(buf[:n]); err != nil {
			return
		}
	}
}

// press types keys, as a terminal without newer keyboard protocols does.
func (t *terminal) press(keys string) error {
	t.mu.Lock()
	t.changed = time.Now()
	t.mu.Unlock()
	if _, err := t.file.WriteString(keys); err != nil {
		return fmt.Errorf("type: %w", err)
	}
	return nil
}

var errGone = errors.New("the program has ended")

// see waits until a text is on the screen.
func (t *terminal) see(ctx context.Context, text string) error {
	return t.until(ctx, "wait for "+text, func() bool { return strings.Contains(t.screen.String(), text) })
}

// still waits until nothing has changed for that long.
func (t *terminal) still(ctx context.Context, long time.Duration) error {
	return t.until(ctx, "wait for a still screen", func() bool { return time.Since(t.changed) >= long })
}

func (t *terminal) until(ctx context.Context, what string, done func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		t.mu.Lock()
		ok := done()
		t.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-tick.C:
		case <-t.gone:
			return fmt.Errorf("%s: %w\n%s", what, errGone, t.text())
		case <-ctx.Done():
			return fmt.Errorf("%s: %w\n%s", what, ctx.Err(), t.text())
		}
	}
}

// text returns the screen without colours.
func (t *terminal) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.screen.String()
}

// close ends the program, by force if necessary.
func (t *terminal) close() {
	_ = t.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-t.gone:
	case <-time.After(leaveAfter):
		_ = t.cmd.Process.Kill()
	}
	_ = t.file.Close()
	if in, ok := t.screen.InputPipe().(io.Closer); ok { // ends answer; Close would race with its Read
		_ = in.Close()
	}
	_ = t.cmd.Wait()
}

// cell is one character to draw, with its final colours.
type cell struct {
	text            string
	width           int
	ink, ground     color.RGBA
	bold, underline bool
}

// frame is a screen at one moment.
type frame struct {
	size
	ground color.RGBA
	// lines have one cell for each that is drawn; none follows a wide one.
	lines [][]cell
	// cursor is the position of the cursor; nil while it is hidden.
	cursor *uv.Position
}

// frame returns the present screen.
func (t *terminal) frame() frame {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := frame{size: size{t.screen.Width(), t.screen.Height()}, ground: t.look.colours.ground}
	for y := range f.h {
		var line []cell
		for x := 0; x < f.w; {
			c := t.cell(t.screen.CellAt(x, y))
			line = append(line, c)
			x += c.width
		}
		f.lines = append(f.lines, line)
	}
	if p := t.screen.CursorPosition(); t.cursor {
		f.cursor = &p
	}
	return f
}

func (t *terminal) cell(c *uv.Cell) cell {
	p := t.look.colours
	if c == nil {
		return cell{text: " ", width: 1, ink: p.text, ground: p.ground}
	}
	out := cell{
		text: c.Content, width: max(1, c.Width), ink: p.colour(c.Style.Fg, p.text), ground: p.colour(c.Style.Bg, p.ground),
		bold: c.Style.Attrs&uv.AttrBold != 0, underline: c.Style.Underline != uv.UnderlineNone,
	}
	if c.Style.Attrs&uv.AttrReverse != 0 {
		out.ink, out.ground = out.ground, out.ink
	}
	return out
}

// colours are the colours that a terminal is set to.
type colours struct {
	text, ground color.RGBA
	sixteen      [16]color.RGBA
}

// colour returns the colour that the terminal draws for the requested one; own if there is none.
func (p colours) colour(c color.Color, own color.RGBA) color.RGBA {
	switch c := c.(type) {
	case nil:
		return own
	case ansi.BasicColor:
		return p.sixteen[c]
	case ansi.IndexedColor:
		if int(c) < len(p.sixteen) {
			return p.sixteen[c]
		}
	}
	r, g, b, _ := c.RGBA()
	return color.RGBA{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8), A: 0xFF} //nolint:gosec // the upper of two bytes
}
