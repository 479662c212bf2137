package app

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"parley/ui/overlay"
	"parley/ui/pointer"
	"parley/ui/screen"
)

// leastSheet is how many lines a long sheet takes where there are as many; with more, it leaves
// a third of what it lies over to be seen.
const leastSheet = 16

// laidOver puts what lies over the screen on it: a sheet at the foot, with what is behind it
// faint. The first and the last line stay as they are where there is room.
func (m *Model) laidOver(f *frame, lines []string) []string {
	o := m.Overlaid()
	if o == nil {
		return lines
	}
	from, to := 0, len(lines)
	if m.Layout.Footer {
		from, to = 1, to-1
	}
	x, w := m.sheetAt(o)
	room := to - from
	switch o.(type) {
	case *overlay.Palette, *overlay.Picker, *overlay.Help, *overlay.Reader:
		room = max(min(room, leastSheet), room*2/3)
	}
	m.pointer.Sheet = pointer.Sheet{}
	sheet := o.Lines(m.Look, w, room)
	if len(sheet) == 0 {
		return lines
	}
	for y := from; y < to; y++ {
		lines[y] = m.Look.Theme.Faint.Paint(ansi.Strip(lines[y]))
	}
	y := to - len(sheet)
	m.pointer.Sheet = pointer.Sheet{X: x, Y: y, W: w, H: len(sheet)}
	f.Cursor = nil
	if cx, cy, ok := o.Cursor(); ok {
		f.Cursor = tea.NewCursor(x+cx, y+cy)
	}
	return overlay.Over(m.Look.Cells, lines, sheet, x, y)
}

// sheetAt returns the column and the width of an overlay's sheet: those of the pane that has the
// keys, if it fits there, else the whole screen's.
func (m *Model) sheetAt(o overlay.Overlay) (x, w int) {
	l := m.Layout
	narrow, ok := o.(overlay.Narrow)
	if !ok {
		return 0, l.W
	}
	switch {
	case m.Focus == screen.PaneList && l.List > 0:
		x, w = 0, l.List
	case m.Focus == screen.PaneThread && l.Thread > 0:
		x, w = after(l.List), l.Thread
	case m.Focus == screen.PanePanel && l.Panel > 0:
		x, w = after(l.List)+after(l.Thread), l.Panel
	}
	if w == 0 || !narrow.Fits(m.Look, w) {
		return 0, l.W
	}
	return x, w
}

// after is where the pane after one of that width begins.
func after(w int) int {
	if w == 0 {
		return 0
	}
	return w + screen.Separator
}
