package app_test

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"parley/ui/term"
	"parley/ui/uitest"
)

// moveBytes is the most that goes to a terminal of 160×45 when the selection moves: two
// rows, of which one loses its ground and one gets it.
const moveBytes = 350

// easel paints a screen for nobody, and counts what goes out.
type easel struct {
	*term.Painter
	w     *uitest.World
	wrote painting
}

// painting is where a painter writes: how many bytes.
type painting chan int

// Write implements [io.Writer].
func (p painting) Write(b []byte) (int, error) {
	p <- len(b)
	return len(b), nil
}

func newEasel(t testing.TB, conversations int) *easel {
	t.Helper()
	e := &easel{w: uitest.NewWorld(t, uitest.Some(conversations)), wrote: make(painting, 16)}
	e.w.Sends(tea.WindowSizeMsg{Width: 160, Height: 45})
	e.Painter = term.NewPainter(e.wrote, term.PainterOptions{Profile: colorprofile.TrueColor})
	e.Resize(160, 45)
	e.Show(e.w.View(), true)
	e.Enter()
	t.Cleanup(func() { e.Leave(time.Minute) })
	<-e.wrote // the terminal is taken
	<-e.wrote // and painted
	return e
}

// shows shows the screen as it is now, and returns how many bytes that takes.
func (e *easel) shows() int {
	e.Show(e.w.View(), true)
	return <-e.wrote
}

// moves moves the selection, down and up again, and returns how many bytes that takes.
func (e *easel) moves(i int) int {
	by := 1
	if i/20%2 == 1 {
		by = -1
	}
	e.w.List().List.Move(by)
	e.w.Draw()
	return e.shows()
}

// TestAMoveIsFewBytes: what goes over the line for a key is what changes by it.
func TestAMoveIsFewBytes(t *testing.T) {
	t.Parallel()
	e := newEasel(t, 100)
	sum := 0
	for i := range 40 {
		sum += e.moves(i)
	}
	if mean := sum / 40; mean > moveBytes || mean < 20 {
		t.Errorf("a move takes %d bytes", mean)
	}
}

// BenchmarkMove is a move of the selection until it is painted, and what it sends.
func BenchmarkMove(b *testing.B) {
	e := newEasel(b, 1000)
	b.ReportAllocs()
	sum := 0
	for i := 0; b.Loop(); i++ {
		sum += e.moves(i)
	}
	b.ReportMetric(float64(sum)/float64(b.N), "bytes/move")
}

// BenchmarkRepaint is the whole screen, painted anew.
func BenchmarkRepaint(b *testing.B) {
	e := newEasel(b, 1000)
	b.ReportAllocs()
	sum := 0
	for b.Loop() {
		e.Repaint()
		sum += <-e.wrote
	}
	b.ReportMetric(float64(sum)/float64(b.N), "bytes/frame")
}
