// Package inbox is the list of conversations: its filter, its search, and triage. List draws
// it: a window on a view, of which only the visible part is ever read, so that a hundred
// thousand conversations cost as much as ten.
package inbox

import (
	"parley/model"
	"parley/model/inbox"
)

// rowLines is how many lines a row takes.
const rowLines = 2

// Rows are conversations in an order, such as an [inbox.View].
type Rows interface {
	Len() int
	At(i int) (inbox.Row, bool)
	Index(id model.ConversationID) (int, bool)
}

// List is a window on rows, of which one is selected, at first the first. The selection stays
// on its conversation while others come, go and move, and as far as possible on the same line
// of the screen; only the user selects another.
type List struct {
	rows Rows
	w, h int
	// selected may have left the rows; empty: there never was a row.
	selected model.ConversationID
	index    int // of the selected row, or where it was
	top      int // the first visible row
	// none: there was no row at the last refresh.
	none bool
	// chosen are the rows selected to act on together.
	chosen chosen
	// touched: the user selected something.
	touched bool
	// refreshed is how often it was refreshed.
	refreshed uint64
	drawn     memo
	// loose: the window was scrolled, and may be off the selected row.
	loose bool
	// Visible are the rows of the last drawing, from the top.
	Visible []model.ConversationID
}

// NewList returns an empty list.
func NewList() *List { return &List{rows: none{}} }

// none is an empty Rows.
type none struct{}

func (none) Len() int                               { return 0 }
func (none) At(int) (inbox.Row, bool)               { return inbox.Row{}, false }
func (none) Index(model.ConversationID) (int, bool) { return 0, false }

// SetSize sets the list's size in cells.
func (l *List) SetSize(w, h int) {
	l.w, l.h = max(0, w), max(0, h)
	l.show()
}

// SetRows replaces the rows; the selection stays if the row is among them, else it is the
// first row.
func (l *List) SetRows(rows Rows) {
	l.rows = rows
	l.chosen.keep(l.Holds)
	i, _ := rows.Index(l.selected)
	l.top, l.loose = 0, false
	l.pick(i)
}

// Refresh updates the list after changes of the rows. The selection follows its conversation.
// If that leaves, its place is kept, with nothing selected until the user moves or it is back.
// In a list that was empty the first row is selected: nothing else was. So it is while what
// nobody selected would be pushed off the screen by all that comes in at the beginning.
func (l *List) Refresh() {
	l.chosen.keep(l.Holds)
	l.refreshed++
	i, ok := l.rows.Index(l.selected)
	if !ok && (l.selected == "" || l.none) || !l.touched && i >= max(1, l.visible()) {
		l.pick(0)
		return
	}
	if !ok {
		i = max(0, min(l.index, l.rows.Len()-1))
	} else if l.top > 0 {
		// At the top, new rows come into view; elsewhere the selected row keeps its line.
		l.top += i - l.index
	}
	l.index, l.none = i, l.rows.Len() == 0
	l.show()
}

// Holds reports whether a conversation is in the list.
func (l *List) Holds(id model.ConversationID) bool {
	_, ok := l.rows.Index(id)
	return ok
}

// Len returns how many rows there are.
func (l *List) Len() int { return l.rows.Len() }

// Selected returns the selected conversation; false if none is.
func (l *List) Selected() (inbox.Row, bool) {
	i, ok := l.rows.Index(l.selected)
	if !ok {
		return inbox.Row{}, false
	}
	return l.rows.At(i)
}

// Select selects a conversation, and reports whether it is in the list.
func (l *List) Select(id model.ConversationID) bool {
	i, ok := l.rows.Index(id)
	if ok {
		l.choose(i)
	}
	return ok
}

// Light selects the conversation that keys act on elsewhere. If it is not in the list, nothing
// is selected.
func (l *List) Light(id model.ConversationID) {
	if l.selected != id && !l.Select(id) {
		l.selected = id
	}
}

// Pass selects the row after a conversation that is about to leave, or the one before if it is
// the last, if that conversation is selected.
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

// Move moves the selection by that many rows; if nothing is selected, from the place of the
// row that left.
func (l *List) Move(rows int) {
	if _, ok := l.rows.Index(l.selected); !ok && rows > 0 {
		rows--
	}
	l.choose(l.index + rows)
}

// Scroll moves the window by that many lines, whatever is selected.
func (l *List) Scroll(lines int) {
	l.loose = true
	rows := lines / rowLines
	if rows == 0 || lines%rowLines != 0 { // a whole row for every line begun
		rows += max(-1, min(1, lines))
	}
	l.top += rows
	l.show()
}

// Reveal brings the selected row into view, and reports whether it was not.
func (l *List) Reveal() bool {
	if !l.loose {
		return false
	}
	top := l.top
	l.loose = false
	l.show()
	return l.top != top
}

// Half moves by that many half pages.
func (l *List) Half(halves int) { l.Move(halves * max(1, l.visible()/2)) }

// First selects the first row.
func (l *List) First() { l.choose(0) }

// Last selects the last row.
func (l *List) Last() { l.choose(l.rows.Len() - 1) }

// visible returns how many rows fit.
func (l *List) visible() int { return l.h / rowLines }

// choose selects a row for the user. If it is out of view, the window jumps so that the row is
// in the middle: users see the rows around it, and the terminal is redrawn once for many rows
// rather than for each.
func (l *List) choose(i int) {
	l.touched, l.loose = true, false
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

// show moves the window so that the selection is visible and no line is needlessly empty.
func (l *List) show() {
	n := max(1, l.visible())
	if !l.loose {
		l.top = min(l.top, l.index)
		l.top = max(l.top, l.index-n+1)
	}
	l.top = max(0, min(l.top, l.rows.Len()-n))
}

// forget drops the cache of drawn rows.
func (l *List) forget() {
	l.drawn = nil
	l.Refresh()
}
