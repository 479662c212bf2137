package inbox

import "parley/model"

// mostChosen is how many conversations can be selected together.
const mostChosen = 1000

// chosen are the conversations that the user selected to act on together. The zero value is none.
type chosen struct {
	ids map[model.ConversationID]bool
	// last is the one from which a range is selected.
	last model.ConversationID
}

func (c *chosen) add(id model.ConversationID) bool {
	if c.ids == nil {
		c.ids = map[model.ConversationID]bool{}
	}
	if len(c.ids) >= mostChosen && !c.ids[id] {
		return false
	}
	c.ids[id] = true
	return true
}

// keep drops those for which held does not hold: what is out of sight is not acted on.
func (c *chosen) keep(held func(model.ConversationID) bool) {
	for id := range c.ids {
		if !held(id) {
			delete(c.ids, id)
		}
	}
}

// Choose adds the selected row to those selected together, or takes it out.
func (l *List) Choose() {
	r, ok := l.Selected()
	if !ok {
		return
	}
	l.chosen.last = r.ID
	if l.chosen.ids[r.ID] {
		delete(l.chosen.ids, r.ID)
		return
	}
	l.chosen.add(r.ID)
}

// ChooseRange adds the rows from the one added last up to the selected one. It returns false if
// not all of them were added, because there are too many.
func (l *List) ChooseRange() bool {
	to, ok := l.rows.Index(l.selected)
	if !ok {
		return true
	}
	from, ok := l.rows.Index(l.chosen.last)
	if !ok || !l.chosen.ids[l.chosen.last] {
		from = to
	}
	l.chosen.last = l.selected
	return l.chooseFrom(min(from, to), max(from, to))
}

// ChooseAll adds all rows; if all were added already, it takes all out. It returns false if there
// are too many.
func (l *List) ChooseAll() bool {
	if len(l.chosen.ids) == min(l.rows.Len(), mostChosen) {
		l.Unchoose()
		return true
	}
	return l.chooseFrom(0, l.rows.Len()-1)
}

func (l *List) chooseFrom(first, last int) bool {
	for i := first; i <= last; i++ {
		if r, ok := l.rows.At(i); ok && !l.chosen.add(r.ID) {
			return false
		}
	}
	return true
}

// Unchoose ends selecting several.
func (l *List) Unchoose() { l.chosen = chosen{} }

// Chosen returns how many rows are selected together.
func (l *List) Chosen() int { return len(l.chosen.ids) }

// chosenRows returns those selected together, in the order of the rows.
func (l *List) chosenRows() []model.ConversationID {
	var out []model.ConversationID
	for i := 0; i < l.rows.Len() && len(out) < len(l.chosen.ids); i++ {
		if r, ok := l.rows.At(i); ok && l.chosen.ids[r.ID] {
			out = append(out, r.ID)
		}
	}
	return out
}

// passAll ends selecting several, and selects the next row that is not among those: they are about
// to leave.
func (l *List) passAll() {
	gone := l.chosen.ids
	l.Unchoose()
	if r, ok := l.Selected(); !ok || !gone[r.ID] {
		return
	}
	for i := l.index + 1; i < l.rows.Len(); i++ {
		if r, ok := l.rows.At(i); ok && !gone[r.ID] {
			l.choose(i)
			return
		}
	}
	for i := l.index - 1; i >= 0; i-- {
		if r, ok := l.rows.At(i); ok && !gone[r.ID] {
			l.choose(i)
			return
		}
	}
}
