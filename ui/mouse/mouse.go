// Package mouse finds out what a press of a button, a turn of the wheel or a drag is about. It
// knows the zones of the drawing, each with the part of the screen that it is of, and nothing
// of what those parts do.
//
// A press is about what the user saw. The screen may have changed just before, by itself, with
// something else under the pointer now: such a press is about nothing.
package mouse

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/ui/term/wheel"
)

// Part is a part of the screen. Parts are compared: equal ones are the same.
type Part interface {
	// Click acts on what the part calls id. x and y are relative to its zone.
	Click(id string, x, y int) tea.Cmd
}

// Scroller is a part that can be scrolled.
type Scroller interface {
	Part
	// Scroll scrolls by that many lines: down if above zero.
	Scroll(lines int) tea.Cmd
}

// Dragger is a part that can be dragged. It is not clicked.
type Dragger interface {
	Part
	// Drag moves it to a column of the screen.
	Drag(id string, x int)
	// Drop lets go of it.
	Drop(id string) tea.Cmd
}

// Zone is a rectangle of the screen, in cells, and what is drawn there.
type Zone struct {
	X, Y, W, H int
	Part       Part
	// ID is what its part calls it.
	ID string
}

func (z Zone) has(x, y int) bool { return x >= z.X && x < z.X+z.W && y >= z.Y && y < z.Y+z.H }

// same reports whether two zones are of the same thing.
func (z Zone) same(o Zone) bool { return z.Part == o.Part && z.ID == o.ID }

// Spot is a part of a line.
type Spot struct {
	X, W int
	ID   string
}

// seenAfter is how long a change of the screen takes to be seen: over the line, by the eye, and
// in the hand.
const seenAfter = 250 * time.Millisecond

// mostFrames is how many earlier drawings are remembered.
const mostFrames = 16

// frame is a drawing that was replaced.
type frame struct {
	zones []Zone
	until time.Time
}

// Model is what the mouse points at.
type Model struct {
	zones   []Zone
	earlier []frame
	dragged Zone
}

// Drawn takes the zones of a new drawing; of those that overlap, the later one is on top. It
// keeps none of the slice.
func (m *Model) Drawn(now time.Time, zones []Zone) {
	m.forget(now)
	if slices.Equal(m.zones, zones) {
		return
	}
	if len(m.earlier) == mostFrames { // the oldest matters most, the newest is compared anyway
		m.earlier = slices.Delete(m.earlier, 1, 2)
	}
	m.earlier = append(m.earlier, frame{m.zones, now.Add(seenAfter)})
	m.zones = slices.Clone(zones)
}

// forget drops the drawings that nobody has before their eyes any more.
func (m *Model) forget(now time.Time) {
	m.earlier = slices.DeleteFunc(m.earlier, func(f frame) bool { return !now.Before(f.until) })
}

// under returns the topmost zone at a cell; the zero value: there is none.
func under(zones []Zone, x, y int) Zone {
	for _, z := range slices.Backward(zones) {
		if z.has(x, y) {
			return z
		}
	}
	return Zone{}
}

// settled returns the zone at a cell, if it was of the same thing in every drawing that the user
// may have seen last.
func (m *Model) settled(x, y int) (Zone, bool) {
	z := under(m.zones, x, y)
	for _, f := range m.earlier {
		if !under(f.zones, x, y).same(z) {
			return z, false
		}
	}
	return z, true
}

// Update handles a message of the mouse. moved: something was pressed that has just come under
// the pointer, so nothing was done.
func (m *Model) Update(now time.Time, msg tea.Msg) (cmd tea.Cmd, moved bool) {
	m.forget(now)
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		if msg.Button == tea.MouseLeft {
			return m.press(msg.X, msg.Y)
		}
	case tea.MouseMotionMsg:
		if d, ok := m.dragged.Part.(Dragger); ok {
			d.Drag(m.dragged.ID, msg.X)
		}
	case tea.MouseReleaseMsg:
		id := m.dragged.ID
		d, ok := m.dragged.Part.(Dragger)
		m.dragged = Zone{}
		if ok {
			return d.Drop(id), false
		}
	case wheel.Turned:
		for _, z := range slices.Backward(m.zones) {
			if !z.has(msg.X, msg.Y) {
				continue
			}
			if s, ok := z.Part.(Scroller); ok {
				return s.Scroll(msg.Lines), false
			}
		}
	}
	return nil, false
}

func (m *Model) press(x, y int) (cmd tea.Cmd, moved bool) {
	m.dragged = Zone{}
	z, ok := m.settled(x, y)
	switch {
	case !ok:
		return nil, true
	case z.Part == nil:
		return nil, false
	}
	if _, ok := z.Part.(Dragger); ok {
		m.dragged = z
		return nil, false
	}
	return z.Part.Click(z.ID, x-z.X, y-z.Y), false
}
