package overlay

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"parley/ui/look"
)

// EditorField is a field of an editor: a line of text, a text of several lines, or a choice.
type EditorField struct {
	Label string
	// Text is the initial text, or the id of the chosen option.
	Text string
	// Long: it has several lines.
	Long bool
	// Options are what can be chosen; nil: it is a text.
	Options []Option
}

// Editor changes something that has several fields, some of them long.
type Editor struct {
	// Title says what it is for.
	Title string
	// Hint is shown below the fields. Discard is said when esc would lose a change; esc again closes.
	Hint, Discard string

	fields []editorField
	focus  int
	err    string
	// changed: something was changed. warned: Discard was said.
	changed, warned bool
	look            look.Look
	caret           caret
}

type editorField struct {
	EditorField
	area area
}

// NewEditor returns an editor of these fields.
func NewEditor(title string, fields []EditorField) *Editor {
	e := &Editor{Title: title}
	for _, f := range fields {
		field := editorField{EditorField: f}
		field.area.long = f.Long
		field.area.set(f.Text)
		e.fields = append(e.fields, field)
	}
	return e
}

// SetError says in a sentence why the input was rejected. The next change clears it.
func (e *Editor) SetError(sentence string) { e.err = sentence }

// Focus gives a field the keyboard.
func (e *Editor) Focus(i int) { e.focus = min(max(0, i), len(e.fields)-1) }

// Texts returns the texts of the fields, and the ids of what is chosen.
func (e *Editor) Texts() []string {
	out := make([]string, len(e.fields))
	for i := range e.fields {
		out[i] = e.fields[i].area.text
	}
	return out
}

// Update implements Overlay.
func (e *Editor) Update(msg tea.Msg) (Action, tea.Cmd) {
	if len(e.fields) == 0 {
		return Closed{}, nil
	}
	f := &e.fields[e.focus]
	if key, ok := msg.(tea.KeyPressMsg); ok && key.Text == "" || ok && f.Options != nil {
		switch key.Keystroke() {
		case "esc", "ctrl+c":
			if e.changed && !e.warned && e.Discard != "" {
				e.warned, e.err = true, e.Discard
				return nil, nil
			}
			return Closed{}, nil
		case "enter":
			return Filled{e.Texts()}, nil
		case "tab", "shift+tab", "down", "up", "ctrl+n", "ctrl+p":
			e.move(f, key.Keystroke())
			return nil, nil
		case "space", "right", "left":
			if f.Options != nil {
				e.edited(f.turn(key.Keystroke() == "left"))
				return nil, nil
			}
		}
	}
	if f.Options == nil {
		if !f.Long {
			e.edited(f.area.input.update(msg))
			return nil, nil
		}
		e.edited(f.area.update(msg))
	}
	return nil, nil
}

func (e *Editor) edited(changed bool) {
	if changed {
		e.changed, e.warned, e.err = true, false, ""
	}
}

// move moves to another field, or within a long one.
func (e *Editor) move(f *editorField, key string) {
	by := 1
	if key == "shift+tab" || key == "up" || key == "ctrl+p" {
		by = -1
	}
	if f.Long && key != "tab" && key != "shift+tab" && f.area.move(by, e.look) {
		return
	}
	e.focus = (e.focus + by + len(e.fields)) % len(e.fields)
}

// turn chooses the next option, or the one before.
func (f *editorField) turn(back bool) bool {
	n := len(f.Options)
	i := max(0, slices.IndexFunc(f.Options, func(o Option) bool { return o.ID == f.area.text }))
	if back {
		i += n - 1
	} else {
		i++
	}
	f.area.text = f.Options[i%n].ID
	return true
}

// longRows is how many lines a long field has at least, where there is room.
const longRows = 4

// Lines implements Overlay.
func (e *Editor) Lines(l look.Look, w, h int) []string {
	e.look, e.caret = l, caret{}
	frame := newSheet(e.Title, w, h)
	iw, ih := frame.inside()
	var content []string
	for _, s := range l.Cells.Wrap(e.err, iw) {
		if e.err != "" && len(content) < max(1, ih/3) {
			content = append(content, l.Theme.Danger.Paint(l.Fit(s, iw)))
		}
	}
	var hint []string
	for _, s := range l.Cells.Wrap(e.Hint, iw) {
		if e.Hint != "" && len(hint) < (ih-len(content)-len(e.fields)-longRows) {
			hint = append(hint, l.Theme.Muted.Paint(l.Fit(s, iw)))
		}
	}
	rows, x, y := e.rows(l, iw)
	room := max(0, ih-len(content)-len(hint))
	top := window(y, y+1, len(rows), room)
	if len(rows) > 0 && room > 0 && e.fields[e.focus].Options == nil {
		e.caret = caret{contentLeft + x, contentTop + len(content) + y - top, iw > x}
	}
	content = append(content, rows[top:min(len(rows), top+room)]...)
	return frame.lines(l, append(content, hint...))
}

// rows draws all fields, and returns where the cursor is.
func (e *Editor) rows(l look.Look, w int) (rows []string, x, y int) {
	labels := 0
	for _, f := range e.fields {
		labels = max(labels, l.Cells.Width(f.Label))
	}
	labels = min(labels, w/3)
	before := min(w, labels+4)
	for i := range e.fields {
		f := &e.fields[i]
		style, mark := l.Theme.Muted, " "
		if i == e.focus {
			style, mark = l.Theme.Text, l.Theme.Selected
			y = len(rows)
		}
		head := row(l, before, cell{l.Theme.Accent, mark, 1}, cell{style, "", 1}, cell{style, f.Label, labels}, cell{style, "", -1})
		next := row(l, before, cell{l.Theme.Accent, mark, 1}, cell{style, "", -1})
		lines, fx, fy := f.draw(l, w-before, i == e.focus)
		if i == e.focus {
			x, y = before+fx, y+fy
		}
		for n, s := range lines {
			if n == 0 {
				rows = append(rows, head+l.Theme.Text.Paint(s))
				continue
			}
			rows = append(rows, next+l.Theme.Text.Paint(s))
		}
	}
	return rows, x, y
}

// draw draws a field's value, and returns where its cursor is.
func (f *editorField) draw(l look.Look, w int, focused bool) (lines []string, x, y int) {
	switch {
	case f.Options != nil:
		title := ""
		if i := slices.IndexFunc(f.Options, func(o Option) bool { return o.ID == f.area.text }); i >= 0 {
			title = f.Options[i].Title
		}
		if focused {
			title = "< " + title + " >"
		}
		return []string{l.Fit(title, w)}, 0, 0
	case !f.Long:
		line, x := f.area.draw(l, w)
		return []string{line}, x, 0
	}
	lines, x, y = f.area.drawAll(l, w)
	for len(lines) < longRows {
		lines = append(lines, l.Fit("", w))
	}
	return lines, x, y
}

// Cursor implements Overlay.
func (e *Editor) Cursor() (x, y int, ok bool) { return e.caret.x, e.caret.y, e.caret.ok }
