// Package inbox is the list of conversations: which it shows, what is looked for, and where a
// conversation stands. List draws it: a window on a view of which only what
// is visible is ever touched, so that a hundred thousand cost as much as ten.
package inbox

import (
	"parley/model"
	"parley/model/inbox"
)

// rowLines is how many lines a conversation takes.
const rowLines = 2

// Rows are conversations in an order, such as a [model.View].
type Rows interface {
	Len() int
	At(i int) (inbox.Row, bool)
	Index(id model.ConversationID) (int, bool)
}

// List is a window on rows, with one of them selected: the first, to begin with. What is
// selected stays selected while others come, go and move about it, and as far as possible
// on the same line of the screen; only the user selects another.
type List struct {
	rows Rows
	w, h int
	// selected may be of a row that left; empty: nothing was ever there.
	selected model.ConversationID
	index    int // of what is selected, or was
	top      int // the first visible row
	// none: there was no row when the rows were looked at last.
	none  bool
	drawn memo
}

// NewList returns an empty list.
func NewList() *List { return &List{rows: none{}} }

// none is no rows.
type none struct{}

func (none) Len() int                               { return 0 }
func (none) At(int) (inbox.Row, bool)               { return inbox.Row{}, false }
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
	i, _ := rows.Index(l.selected)
	l.top = 0
	l.pick(i)
}

// Refresh follows changes of the rows. What is selected stays selected wherever it goes; of
// one that leaves, the place is kept, with nothing selected until the user moves, or it is
// back. In a list that was empty the first is selected: no other can have been meant.
func (l *List) Refresh() {
	i, ok := l.rows.Index(l.selected)
	if !ok && (l.selected == "" || l.none) {
		l.pick(0)
		return
	}
	if !ok {
		i = max(0, min(l.index, l.rows.Len()-1))
	} else if l.top > 0 {
		// News at the top shows where the top was on screen; elsewhere the selected row
		// keeps its line.
		l.top += i - l.index
	}
	l.index, l.none = i, l.rows.Len() == 0
	l.show()
}

// Len returns how many rows there are.
func (l *List) Len() int { return l.rows.Len() }

// Selected returns the conversation that is selected; false where none is.
func (l *List) Selected() (inbox.Row, bool) {
	i, ok := l.rows.Index(l.selected)
	if !ok {
		return inbox.Row{}, false
	}
	return l.rows.At(i)
}

// Select selects a conversation, and tells whether it is there.
func (l *List) Select(id model.ConversationID) bool {
	i, ok := l.rows.Index(id)
	if ok {
		l.choose(i)
	}
	return ok
}

// Light selects the conversation that keys act on elsewhere. Where it is not in the list,
// nothing is selected there.
func (l *List) Light(id model.ConversationID) {
	if l.selected != id && !l.Select(id) {
		l.selected = id
	}
}

// Pass selects the row after a conversation that is about to leave, or, at the end, the one
// before, if that conversation is selected.
func (l *List) Pass(id model.ConversationID) {
	i, ok := l.rows.Index(id)
	switch {
	case !ok || l.selected != id:
	case i+1 < l.rows.Len():
		l.choose(i + 1)
	case i > 0:
		l.choose(i - 1)
	}
}

// Move moves the selection by so many rows; where nothing is selected, from between those
// that stood beside what was.
func (l *List) Move(rows int) {
	if _, ok := l.rows.Index(l.selected); !ok && rows > 0 {
		rows--
	}
	l.choose(l.index + rows)
}

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
	i = max(0, min(i, l.rows.Len()-1))
	if n := max(1, l.visible()); i < l.top || i >= l.top+n {
		l.top = i - n/2
	}
	l.pick(i)
}

func (l *List) pick(i int) {
	l.index, l.none = max(0, min(i, l.rows.Len()-1)), l.rows.Len() == 0
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

// Forget drops rows as they were drawn.
func (l *List) Forget() {
	l.drawn = nil
	l.Refresh()
}
