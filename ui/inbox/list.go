// Package inbox draws the list of conversations: a window on a view of which only what
// is visible is ever touched, so that a hundred thousand cost as much as ten.
package inbox

import (
	"parley/model"
)

// rowLines is how many lines a conversation takes.
const rowLines = 2

// Rows are conversations in an order, such as a [model.View].
type Rows interface {
	Len() int
	At(i int) (model.Row, bool)
	Index(id model.ConversationID) (int, bool)
}

// List is a window on rows, with one of them selected. What is selected stays selected
// while others come, go and move about it, and as far as possible on the same line of
// the screen.
type List struct {
	rows     Rows
	w, h     int
	selected model.ConversationID
	index    int // of what is selected
	top      int // the first visible row
	// chosen: the user chose what is selected. Until then the first row is.
	chosen bool
	drawn  memo
}

// New returns an empty list.
func New() *List { return &List{rows: none{}} }

// none is no rows.
type none struct{}

func (none) Len() int                               { return 0 }
func (none) At(int) (model.Row, bool)               { return model.Row{}, false }
func (none) Index(model.ConversationID) (int, bool) { return 0, false }

// SetSize sets the cells the list takes.
func (l *List) SetSize(w, h int) {
	l.w, l.h = max(0, w), max(0, h)
	l.show()
}

// SetRows gives the list other rows; what is selected stays so if it is among them,
// else the first is.
func (l *List) SetRows(rows Rows) {
	l.rows = rows
	chosen := l.chosen
	l.index, l.top, l.chosen = 0, 0, false
	if i, ok := rows.Index(l.selected); ok {
		l.index, l.chosen = i, chosen
	}
	l.pick(l.index)
}

// Refresh follows changes of the rows. It tells whether another row than the user saw
// is selected now, though none that they chose.
func (l *List) Refresh() (slipped bool) {
	if !l.chosen {
		before := l.selected
		l.pick(0)
		return before != "" && l.selected != before
	}
	l.follow()
	return false
}

// follow keeps what the user chose selected.
func (l *List) follow() {
	i, ok := l.rows.Index(l.selected)
	if !ok {
		l.pick(l.index) // it left: the one that took its place
		return
	}
	// News at the top shows where the top was on screen; elsewhere the selected row
	// keeps its line.
	if l.top > 0 {
		l.top += i - l.index
	}
	l.index = i
	l.show()
}

// Len returns how many rows there are.
func (l *List) Len() int { return l.rows.Len() }

// Selected returns the conversation that is selected.
func (l *List) Selected() (model.Row, bool) { return l.rows.At(l.index) }

// Select selects a conversation, and tells whether it is there.
func (l *List) Select(id model.ConversationID) bool {
	i, ok := l.rows.Index(id)
	if ok {
		l.choose(i)
	}
	return ok
}

// Chosen tells whether the user chose what is selected.
func (l *List) Chosen() bool { return l.chosen }

// Move moves the selection by so many rows.
func (l *List) Move(rows int) { l.choose(l.index + rows) }

// Half moves by so many halves of what is visible.
func (l *List) Half(halves int) { l.Move(halves * max(1, l.visible()/2)) }

// First and Last select the ends.
func (l *List) First() { l.choose(0) }

// Last selects the last row.
func (l *List) Last() { l.choose(l.rows.Len() - 1) }

// visible is how many rows fit.
func (l *List) visible() int { return l.h / rowLines }

// choose selects a row for the user. Where it is out of sight the window jumps so that it
// stands in the middle: one sees where one goes, and the terminal is written to once for
// many rows rather than for each.
func (l *List) choose(i int) {
	l.chosen = true
	i = max(0, min(i, l.rows.Len()-1))
	if n := max(1, l.visible()); i < l.top || i >= l.top+n {
		l.top = i - n/2
	}
	l.pick(i)
}

func (l *List) pick(i int) {
	l.index = max(0, min(i, l.rows.Len()-1))
	l.selected = ""
	if r, ok := l.rows.At(l.index); ok {
		l.selected = r.ID
	}
	l.show()
}

// show moves the window so that what is selected is visible, and no line is empty that
// need not be.
func (l *List) show() {
	n := max(1, l.visible())
	l.top = min(l.top, l.index)
	l.top = max(l.top, l.index-n+1)
	l.top = max(0, min(l.top, l.rows.Len()-n))
}

// Forget drops rows as they were drawn, and what was selected where it is gone.
func (l *List) Forget() {
	l.drawn = nil
	l.Refresh()
}
