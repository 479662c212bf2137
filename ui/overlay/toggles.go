package overlay

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model/label"
	"parley/ui/look"
)

// Toggle is something that is on or off.
type Toggle struct {
	Title string
	// Detail is shown at the right.
	Detail string
	On     bool
}

// Toggles turns some of many things on and off, and makes new ones by their name. What is on is
// told at the end, all at once.
type Toggles struct {
	// Check says in a sentence why a new name can't be had; "" if it can. Nil: any can.
	Check func(name string) string

	title, hint string
	items       []Toggle
	in          input
	err         string
	// found are indexes of items; create: the last row is for a new one.
	found    []int
	create   bool
	selected int
	// turned: something was turned on or off.
	turned bool
	caret  caret
	shown
}

// NewToggles returns an overlay of things that are on or off. The hint says which keys do what.
func NewToggles(title, hint string, items []Toggle) *Toggles {
	t := &Toggles{title: title, hint: hint, items: slices.Clone(items)}
	t.find()
	return t
}

// Offer adds things that are not among the items yet.
func (t *Toggles) Offer(items []Toggle) {
	for _, it := range items {
		if i := t.index(it.Title); i >= 0 {
			t.items[i].Detail = it.Detail
			continue
		}
		t.items = append(t.items, it)
	}
	at := t.selected
	t.find()
	t.selected = min(at, max(0, t.rows()-1))
}

// SetError says in a sentence why what is typed can't be had. The next change of it clears that.
func (t *Toggles) SetError(sentence string) { t.err = sentence }

func (t *Toggles) index(title string) int {
	return slices.IndexFunc(t.items, func(it Toggle) bool { return label.Same(it.Title, title) })
}

func (t *Toggles) rows() int {
	if t.create {
		return len(t.found) + 1
	}
	return len(t.found)
}

// find looks for what is typed.
func (t *Toggles) find() {
	typed := strings.TrimSpace(t.in.text)
	t.found, t.selected = t.found[:0], 0
	for i, it := range t.items {
		if strings.Contains(label.Key(it.Title), label.Key(typed)) {
			t.found = append(t.found, i)
		}
	}
	t.create = typed != "" && t.index(typed) < 0
}

// Update implements Overlay.
func (t *Toggles) Update(msg tea.Msg) (Action, tea.Cmd) {
	if c, ok := msg.(Click); ok {
		t.click(c.ID)
		return nil, nil
	}
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.Keystroke() {
		case "esc", "ctrl+c":
			return Closed{}, nil
		case "enter":
			if !t.turned {
				t.turn()
			}
			if t.err != "" {
				return nil, nil
			}
			return Picked{On: t.on()}, nil
		case "tab":
			t.turn()
			return nil, nil
		case "up", "ctrl+p":
			t.selected = max(0, t.selected-1)
			return nil, nil
		case "down", "ctrl+n":
			t.selected = max(0, min(t.selected+1, t.rows()-1))
			return nil, nil
		case "space":
			if t.in.text == "" {
				t.turn()
				return nil, nil
			}
		}
	}
	if t.in.update(msg) {
		t.err = ""
		t.find()
	}
	return nil, nil
}

// turn turns what is selected on or off; what is typed is done with then.
func (t *Toggles) turn() {
	switch {
	case t.selected < len(t.found):
		it := &t.items[t.found[t.selected]]
		it.On = !it.On
	case t.create:
		if t.Check != nil {
			if t.err = t.Check(t.in.text); t.err != "" {
				return
			}
		}
		t.items = append(t.items, Toggle{Title: strings.TrimSpace(t.in.text), On: true})
	default:
		return
	}
	t.turned = true
	if at := t.selected; t.in.text != "" {
		t.in.set("")
		t.find()
	} else {
		t.selected = at
	}
}

// on returns what is on.
func (t *Toggles) on() []string {
	list := []string{}
	for _, it := range t.items {
		if it.On {
			list = append(list, it.Title)
		}
	}
	return list
}

// Lines implements Overlay.
func (t *Toggles) Lines(l look.Look, w, h int) []string {
	f := newSheet(t.title, w, h)
	iw, ih := f.inside()
	prompt := min(l.Cells.Width(promptMark), iw)
	typed, x := t.in.draw(l, iw-prompt)
	content := []string{l.Theme.Accent.Paint(l.Fit(promptMark, prompt)) + l.Theme.Text.Paint(typed)}
	var foot []string
	if t.err != "" {
		for _, s := range l.Cells.Wrap(t.err, iw) {
			foot = append(foot, l.Theme.Danger.Paint(l.Fit(s, iw)))
		}
	}
	for _, s := range l.Cells.Wrap(t.hint, iw) {
		foot = append(foot, l.Theme.Faint.Paint(l.Fit(s, iw)))
	}
	if ih-len(content)-len(foot) < 1 {
		foot = nil
	}
	room := max(0, ih-len(content)-len(foot))
	top := window(t.selected, t.selected+1, t.rows(), room)
	t.begin()
	for i := top; i < t.rows() && i < top+room; i++ {
		t.put(len(content), t.idOf(i))
		content = append(content, t.row(l, i, iw))
	}
	if t.rows() == 0 && room > 0 {
		content = append(content, l.Theme.Muted.Paint(l.Fit(l.Say(i18n.LabelsNone), iw)))
	}
	t.caret = caret{contentLeft + prompt + x, contentTop, ih > 0 && iw > prompt}
	return f.lines(l, append(content, foot...))
}

// row draws the ith row.
func (t *Toggles) row(l look.Look, i, w int) string {
	ink, mark := l.Theme.Ink, " "
	if i == t.selected {
		ink, mark = l.Theme.Soft, l.Theme.Selected
	}
	if i >= len(t.found) {
		said := l.Say(i18n.LabelsCreate, "Label", drawn(l, strings.TrimSpace(t.in.text)))
		return row(l, w, cell{ink.Accent, mark, 1}, cell{ink.Text, "", 3}, cell{ink.Text, said, -1})
	}
	it := t.items[t.found[i]]
	check := ""
	if it.On {
		check = l.Theme.Sent
	}
	detail := min(l.Cells.Width(it.Detail), max(0, w-12))
	return row(l, w, cell{ink.Accent, mark, 1}, cell{ink.Text, "", 1}, cell{ink.Accent, check, 1}, cell{ink.Text, "", 1},
		cell{ink.Label(label.Key(it.Title)), drawn(l, it.Title), max(0, w-4-detail)}, cell{ink.Muted, it.Detail, detail})
}

// Cursor implements Overlay.
func (t *Toggles) Cursor() (x, y int, ok bool) { return t.caret.x, t.caret.y, t.caret.ok }
