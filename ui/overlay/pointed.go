package overlay

import "slices"

// Click is a message: a row was clicked.
type Click struct{ ID string }

// Pointed is an overlay with rows that can be clicked.
type Pointed interface {
	Overlay
	// RowAt returns which row is on a line of the last drawing; "" if none is.
	RowAt(y int) string
}

var (
	_ Pointed = (*Palette)(nil)
	_ Pointed = (*Picker)(nil)
	_ Pointed = (*Choice)(nil)
	_ Pointed = (*Toggles)(nil)
	_ Pointed = (*Form)(nil)
)

// shown is which row is on each line of the last drawing.
type shown struct{ ids []string }

// begin forgets the last drawing.
func (s *shown) begin() { s.ids = s.ids[:0] }

// put records the row on a line of the content of a sheet.
func (s *shown) put(line int, id string) {
	line += contentTop
	for len(s.ids) <= line {
		s.ids = append(s.ids, "")
	}
	s.ids[line] = id
}

// RowAt implements [Pointed].
func (s *shown) RowAt(y int) string {
	if y < 0 || y >= len(s.ids) {
		return ""
	}
	return s.ids[y]
}

// click chooses the item of that id, if it is still among the matches.
func (p *Palette) click(id string) Action {
	i := slices.IndexFunc(p.matches, func(m match) bool { return p.items[m.item].ID == id })
	if i < 0 {
		return nil
	}
	p.selected = i
	return p.choose()
}

// click chooses the option of that id.
func (c *Choice) click(id string) Action {
	i := slices.IndexFunc(c.options, func(o Option) bool { return o.ID == id })
	if i < 0 {
		return nil
	}
	c.selected = i
	return c.choose()
}

// click selects the row of that id, and chooses it if it was: the first click shows what it is.
func (p *Picker) click(id string) Action {
	i := slices.IndexFunc(p.rows, func(r PickerRow) bool { return r.ID == id })
	switch {
	case i < 0:
		return nil
	case i == p.selected:
		return Chosen{id}
	}
	p.selected, p.chosen = i, true
	return Moved{id}
}

// newToggle is the row for a new thing.
const newToggle = "\x00new"

// idOf returns the id of the ith row.
func (t *Toggles) idOf(i int) string {
	if i >= len(t.found) {
		return newToggle
	}
	return t.items[t.found[i]].Title
}

// click turns what is in that row on or off.
func (t *Toggles) click(id string) {
	for i := range t.rows() {
		if t.idOf(i) == id {
			t.selected = i
			t.turn()
			return
		}
	}
}
