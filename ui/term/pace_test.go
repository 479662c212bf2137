package term_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"parley/ui/term"
)

const frameEvery = 8 * time.Millisecond

// slowTerminal takes as long for each write, and remembers when it was begun, and what.
type slowTerminal struct {
	takes time.Duration
	at    []time.Time
	what  []string
}

func (s *slowTerminal) Write(b []byte) (int, error) {
	s.at, s.what = append(s.at, time.Now()), append(s.what, string(b))
	if s.takes > 0 {
		<-time.After(s.takes)
	}
	return len(b), nil
}

// pace paints on such a terminal.
func pace(t *testing.T, takes time.Duration, do func(p *term.Painter, s *slowTerminal)) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		s := &slowTerminal{takes: takes}
		p := term.NewPainter(s, term.PainterOptions{Every: frameEvery, Profile: colorprofile.TrueColor})
		p.Resize(20, 2)
		p.Enter()
		rest(time.Second)
		s.at, s.what = nil, nil
		do(p, s)
		p.Leave(time.Minute)
	})
}

// rest lets time pass.
func rest(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func shows(n int) tea.View { return tea.NewView(fmt.Sprintf("frame %d", n)) }

// TestFramesThatNobodyWaitsFor: of what changes all the time one frame in eight
// milliseconds is painted, and the last one always.
func TestFramesThatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	pace(t, 0, func(p *term.Painter, s *slowTerminal) {
		for n := range 100 {
			p.Show(shows(n), false)
			<-time.After(time.Millisecond)
		}
		rest(time.Second)
		if n := len(s.at); n < 10 || n > 15 {
			t.Errorf("%d frames in 100 ms", n)
		}
		for i := 1; i < len(s.at); i++ {
			if gap := s.at[i].Sub(s.at[i-1]); gap < frameEvery {
				t.Errorf("frames %v apart", gap)
			}
		}
		if last := s.what[len(s.what)-1]; !strings.Contains(last, "9") {
			t.Errorf("the last frame is %q", last)
		}
	})
}

// TestAFrameThatSomebodyWaitsFor is painted at once, but on a slow terminal no more often
// than every other moment of its own.
func TestAFrameThatSomebodyWaitsFor(t *testing.T) {
	t.Parallel()
	pace(t, 0, func(p *term.Painter, s *slowTerminal) {
		p.Show(shows(1), false)
		p.Show(shows(2), true)
		synctest.Wait()
		p.Show(shows(3), true)
		synctest.Wait()
		if len(s.at) != 2 || s.at[1] != s.at[0] {
			t.Errorf("painted at %v", s.at)
		}
	})
	const cost = 10 * time.Millisecond
	pace(t, cost, func(p *term.Painter, s *slowTerminal) {
		for n := range 100 {
			p.Show(shows(n), true)
			rest(time.Millisecond)
		}
		for i := 1; i < len(s.at); i++ {
			if gap := s.at[i].Sub(s.at[i-1]); gap < 2*cost {
				t.Errorf("frames %v apart on a terminal that takes %v", gap, cost)
			}
		}
	})
}

// TestNothingHappensByItself: nothing is written while nothing changes, nor where the same
// is shown again.
func TestNothingHappensByItself(t *testing.T) {
	t.Parallel()
	pace(t, 0, func(p *term.Painter, s *slowTerminal) {
		p.Show(shows(1), true)
		synctest.Wait()
		p.Show(shows(1), true)
		rest(time.Hour)
		if len(s.at) != 1 {
			t.Errorf("written: %q", s.what)
		}
	})
}

// TestWhatIsNoFrame goes out by itself or before a frame, whole, and never waits for the
// terminal.
func TestWhatIsNoFrame(t *testing.T) {
	t.Parallel()
	pace(t, time.Second, func(p *term.Painter, s *slowTerminal) {
		began := time.Now()
		clip := "\x1b]52;c;" + strings.Repeat("YQ==", 5000) + "\x07"
		for n := range 50 {
			p.Show(shows(n), true)
			if w, err := p.Write([]byte(clip)); w != len(clip) || err != nil {
				t.Fatalf("wrote %d, %v", w, err)
			}
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("it waits %v for the terminal", took)
		}
		rest(time.Minute)
		all := strings.Join(s.what, "")
		if n := strings.Count(all, clip); n != 50 {
			t.Errorf("%d of 50 went out whole", n)
		}
		if rest := strings.ReplaceAll(all, clip, ""); strings.Contains(rest, "YQ==") || !strings.Contains(rest, "49") {
			t.Errorf("beside them went out %q", rest)
		}
	})
	pace(t, 0, func(p *term.Painter, s *slowTerminal) {
		p.Leave(time.Minute)
		n := len(s.what)
		_, _ = p.Write([]byte("late"))
		p.Show(shows(1), true)
		rest(time.Second)
		if len(s.what) != n {
			t.Errorf("a terminal that was left got %q", s.what[n:])
		}
	})
}

// TestAFrameIsWholeWhereItCanBe: a terminal that shows frames when they are whole gets them
// so; on any other the cursor is not seen on its way.
func TestAFrameIsWholeWhereItCanBe(t *testing.T) {
	t.Parallel()
	pace(t, 0, func(p *term.Painter, s *slowTerminal) {
		view := func(n int) tea.View {
			v := shows(n)
			v.Cursor = tea.NewCursor(n, 1)
			return v
		}
		last := func(n int) string {
			p.Show(view(n), true)
			synctest.Wait()
			return s.what[len(s.what)-1]
		}
		last(1)
		if got, want := last(2), "\x1b[?25l\x1b[1;7H2\x1b[2;3H\x1b[?25h"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		p.Synchronised()
		if got, want := last(3), "\x1b[?2026h\x1b[1;7H3\x1b[2;4H\x1b[?2026l"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		v := view(3)
		v.Cursor.X = 7
		p.Show(v, true)
		synctest.Wait()
		if got, want := s.what[len(s.what)-1], "\x1b[8G"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

// TestASizeIsPaintedTwice: at once, and when the terminal has surely taken it.
func TestASizeIsPaintedTwice(t *testing.T) {
	t.Parallel()
	pace(t, 0, func(p *term.Painter, s *slowTerminal) {
		p.Show(shows(1), true)
		synctest.Wait()
		s.at, s.what = nil, nil
		p.Resize(30, 3)
		began := time.Now()
		rest(time.Minute)
		if len(s.at) != 2 || s.at[0] != began || s.at[1].Sub(began) < 100*time.Millisecond || s.at[1].Sub(began) > time.Second || s.what[0] != s.what[1] {
			t.Errorf("painted at %v: %q", s.at, s.what)
		}
	})
}
