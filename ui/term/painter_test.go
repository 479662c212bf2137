package term_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"pgregory.net/rapid"

	"parley/ui/link"
	"parley/ui/term"
)

// glass is a terminal that a painter paints on.
type glass struct {
	*vt.Emulator
	*term.Painter
	writes int
	sent   strings.Builder
}

func newGlass(s step) *glass {
	g := &glass{Emulator: vt.NewEmulator(s.w, s.h)}
	go func() { _, _ = io.Copy(io.Discard, g.Emulator) }() // what it answers
	g.Painter = term.NewPainter(writerFunc(func(b []byte) (int, error) {
		g.writes++
		g.sent.Write(b)
		return g.Emulator.Write(b)
	}), term.PainterOptions{Every: 8 * time.Millisecond, Profile: s.profile})
	if s.method == ansi.GraphemeWidth {
		g.MeasureClusters(true)
	}
	g.Painter.Resize(s.w, s.h)
	g.Enter()
	synctest.Wait()
	return g
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// leave gives the terminal back, and ends it.
func (g *glass) leave() {
	g.Leave(time.Minute)
	_ = g.InputPipe().(io.Closer).Close()
	synctest.Wait()
}

// becomes has the step happen, from another.
func (g *glass) becomes(from, s step) {
	if from.w != s.w || from.h != s.h {
		g.Emulator.Resize(s.w, s.h)
		g.Painter.Resize(s.w, s.h)
	}
	if from.profile != s.profile {
		g.SetProfile(s.profile)
	}
	if from.method != s.method {
		g.MeasureClusters(true)
	}
	g.Show(s.view, true)
	synctest.Wait()
}

// differs tells where two terminals look different.
func differs(got, want *vt.Emulator, cursor bool) string {
	for y := range want.Height() {
		for x := range want.Width() {
			if g, w := cellOf(got, x, y), cellOf(want, x, y); g != w {
				return fmt.Sprintf("at %d,%d is %s, fresh %s\n%s\n%s", x, y, g, w, rowOf(got, y), rowOf(want, y))
			}
		}
	}
	if g, w := got.CursorPosition(), want.CursorPosition(); cursor && g != w {
		return fmt.Sprintf("the cursor is at %v, fresh %v", g, w)
	}
	return ""
}

func cellOf(e *vt.Emulator, x, y int) string {
	c := e.CellAt(x, y)
	if c == nil || c.Content == "" && c.Width == 0 {
		c = &uv.Cell{Content: "", Width: 0}
	}
	return fmt.Sprintf("%q/%d %v %v", c.Content, c.Width, c.Style, c.Link)
}

func rowOf(e *vt.Emulator, y int) string {
	var b strings.Builder
	for x := range e.Width() {
		if c := e.CellAt(x, y); c != nil {
			b.WriteString(c.Content)
		}
	}
	return fmt.Sprintf("%q", b.String())
}

// TestEveryFrameIsAsPaintedFresh: whatever sizes, texts and ways to draw follow each
// other, every cell of the terminal is as if that frame had been painted first.
func TestEveryFrameIsAsPaintedFresh(t *testing.T) {
	t.Parallel()
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		steps := []step{first(t)}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			steps = append(steps, steps[len(steps)-1].next(t))
		}
		wrong := ""
		synctest.Test(outer, func(*testing.T) { wrong = painted(steps) })
		if wrong != "" {
			t.Fatal(wrong)
		}
	})
}

// painted paints steps on a terminal, and tells what is not as painted fresh.
func painted(steps []step) (wrong string) {
	before := steps[0]
	g := newGlass(before)
	defer g.leave()
	for _, s := range steps {
		n := g.sent.Len()
		g.becomes(before, s)
		fresh := newGlass(s)
		fresh.becomes(s, s)
		diff, top := differs(g.Emulator, fresh.Emulator, s.view.Cursor != nil), rowOf(fresh.Emulator, 0)
		fresh.leave()
		if strings.HasPrefix(s.view.Content, "word") && s.w > 3 && !strings.HasPrefix(top, `"word`) {
			return fmt.Sprintf("%q is painted as %s", s.view.Content, top)
		}
		sent := g.sent.String()[n:]
		if diff != "" {
			return fmt.Sprintf("%s\nof %q\nafter %q\nby %q", diff, s.view.Content, before.view.Content, sent)
		}
		for _, raw := range []string{"\x1b]", "\x07", "\u009b", "\xff", "\t", "\u202e"} {
			if strings.Contains(strings.NewReplacer(aLink, "", link.Close, "").Replace(sent), raw) {
				return fmt.Sprintf("%q went out raw: %q", raw, sent)
			}
		}
		before = s
	}
	return ""
}

// TestALetterThatMoves: a wide letter that moves by a cell stays whole.
func TestALetterThatMoves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := step{w: 16, h: 1, profile: colorprofile.TrueColor}
		g := newGlass(s)
		defer g.leave()
		for _, line := range []string{" い", "い", " い", "aいう", "いう", "ab", "いa", "👍い", "い👍", " 👍", "👍", "可能でしょうか", "可能でしょ か", " 可能でしょか"} {
			before := s
			s.view.Content = line
			g.becomes(before, s)
			got, _ := strings.CutSuffix(rowOf(g.Emulator, 0), `"`)
			if got = strings.TrimRight(strings.TrimPrefix(got, `"`), " "); got != line {
				t.Errorf("%q is shown as %q", line, got)
			}
		}
	})
}

// TestWhatIsWrittenLast: what the terminal is to forget is written before it is given back, each
// time.
func TestWhatIsWrittenLast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent strings.Builder
		p := term.NewPainter(&sent, term.PainterOptions{Every: 8 * time.Millisecond, Last: func() string { return "\x1b_Ga=d\x1b\\" }})
		for n := 1; n <= 2; n++ {
			p.Enter()
			synctest.Wait()
			p.Leave(time.Minute)
			out := sent.String()
			if strings.Count(out, "\x1b_Ga=d\x1b\\") != n || strings.LastIndex(out, "\x1b_Ga=d") > strings.LastIndex(out, "\x1b[?1049l") {
				t.Errorf("%d: wrote %q", n, out)
			}
		}
	})
}
