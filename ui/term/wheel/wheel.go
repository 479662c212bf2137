// Package wheel gathers the turns of a mouse wheel: a touchpad sends a hundred in a moment, and
// the screen should be drawn once for them.
package wheel

import (
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Turned is a message: the wheel was turned over a cell.
type Turned struct {
	X, Y int
	// Lines is how far: down if above zero.
	Lines int
}

// Step is how many lines a notch of the wheel is.
const Step = 3

// pause is the least time between two messages.
const pause = 16 * time.Millisecond

// Gatherer turns the reports of a wheel into messages. The zero value is ready; it is safe for
// concurrent use.
type Gatherer struct {
	mu sync.Mutex
	// held is what was turned since the last message.
	held Turned
	// waiting: a message with what is held is due.
	waiting bool
}

// Add takes a report. The first one is passed on at once; others are gathered for a moment, and
// then passed to send, in a goroutine of its own. The result is nil if there is nothing to pass on
// now.
func (g *Gatherer) Add(m tea.MouseWheelMsg, send func(tea.Msg)) tea.Msg {
	t := Turned{X: m.X, Y: m.Y}
	switch m.Button {
	case tea.MouseWheelUp:
		t.Lines = -Step
	case tea.MouseWheelDown:
		t.Lines = Step
	default:
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.waiting {
		t.Lines += g.held.Lines
		g.held = t
		return nil
	}
	g.waiting = true
	time.AfterFunc(pause, func() { g.pass(send) })
	return t
}

// pass passes on what was gathered.
func (g *Gatherer) pass(send func(tea.Msg)) {
	g.mu.Lock()
	t := g.held
	g.held, g.waiting = Turned{}, false
	g.mu.Unlock()
	if t.Lines != 0 {
		send(t)
	}
}
