package wheel_test

import (
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/ui/term/wheel"
)

// TestTurnsAreGathered: the first is passed on at once, the others as one, where the pointer was
// last.
func TestTurnsAreGathered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var g wheel.Gatherer
		var sent []tea.Msg
		send := func(m tea.Msg) { sent = append(sent, m) }
		if got := g.Add(tea.MouseWheelMsg{X: 1, Y: 2, Button: tea.MouseWheelDown}, send); got != (wheel.Turned{X: 1, Y: 2, Lines: wheel.Step}) {
			t.Fatalf("passed on %v", got)
		}
		for range 10 {
			if got := g.Add(tea.MouseWheelMsg{X: 3, Y: 4, Button: tea.MouseWheelDown}, send); got != nil {
				t.Fatalf("passed on %v", got)
			}
		}
		g.Add(tea.MouseWheelMsg{X: 3, Y: 5, Button: tea.MouseWheelUp}, send)
		g.Add(tea.MouseWheelMsg{X: 9, Y: 9, Button: tea.MouseWheelLeft}, send)
		time.Sleep(time.Second) //nolint:forbidigo // in a bubble, where it costs nothing
		synctest.Wait()
		if len(sent) != 1 || sent[0] != (wheel.Turned{X: 3, Y: 5, Lines: 9 * wheel.Step}) {
			t.Fatalf("sent %v", sent)
		}
	})
}
