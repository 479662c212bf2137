package overlay

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"parley/ui/look"
)

// PickerRow is a row to pick: a record, or an action.
type PickerRow struct {
	ID string
	// Kind is in a column of its own before the title; empty: an action.
	Kind  string
	Title string
	// Detail is at the right of the first line.
	Detail string
	// Second is the second line; empty: none.
	Second string
}

// PickerLine is a line of the preview.
type PickerLine struct {
	Text string
	// Heading: it is the heading of the lines below. Muted: it matters less.
	Heading, Muted bool
}

// Picker is a list whose rows the caller searches by what is typed. The caller sets the rows;
// the picker says what was typed and what is selected.
type Picker struct {
	Title string
	// Removes: delete and ctrl+d remove the selected row while there is nothing to delete in
	// what is typed.
	Removes bool

	in   input
	rows []PickerRow
	// selected is -1 while nothing is selected.
	selected int
	// chosen: the user moved the selection.
	chosen  bool
	status  string
	alarm   bool
	preview []PickerLine
	caret   caret
	shown
	// above is how many lines the state of the search takes.
	above int
}

// NewPicker returns a picker without rows.
func NewPicker(title string) *Picker { return &Picker{Title: title, selected: -1} }

// Text returns what is typed.
func (p *Picker) Text() string { return p.in.text }

// Chosen reports whether the user moved the selection.
func (p *Picker) Chosen() bool { return p.chosen }

// Selected returns the id of the selected row; "" if none is.
func (p *Picker) Selected() string {
	if p.selected < 0 || p.selected >= len(p.rows) {
		return ""
	}
	return p.rows[p.selected].ID
}

// SetRows replaces the rows. A selection moved by the user stays if it is among them;
// otherwise the first row is selected, or none if wait says that others will come.
func (p *Picker) SetRows(rows []PickerRow, wait bool) {
	id, chosen := p.Selected(), p.chosen
	p.rows, p.selected, p.chosen = slices.Clone(rows), -1, false
	if len(rows) > 0 && !wait {
		p.selected = 0
	}
	if i := slices.IndexFunc(p.rows, func(r PickerRow) bool { return chosen && r.ID == id }); i >= 0 {
		p.selected, p.chosen = i, true
	}
}

// SetStatus sets the state of the search; alarm: something is wrong.
func (p *Picker) SetStatus(sentence string, alarm bool) { p.status, p.alarm = sentence, alarm }

// SetPreview sets the preview of the selected row.
func (p *Picker) SetPreview(lines []PickerLine) { p.preview = slices.Clone(lines) }

// Update implements Overlay.
func (p *Picker) Update(msg tea.Msg) (Action, tea.Cmd) {
	if c, ok := msg.(Click); ok {
		return p.click(c.ID), nil
	}
	if key, ok := msg.(tea.KeyPressMsg); ok && key.Text == "" {
		switch key.Keystroke() {
		case "esc", "ctrl+c":
			return Closed{}, nil
		case "enter":
			if id := p.Selected(); id != "" {
				return Chosen{id}, nil
			}
			return nil, nil
		case "tab":
			if id := p.Selected(); id != "" {
				return Opened{id}, nil
			}
			return nil, nil
		case "delete", "ctrl+d":
			if id := p.Selected(); p.Removes && id != "" && p.in.at == len(p.in.text) {
				return Removed{id}, nil
			}
		case "up", "ctrl+p":
			return p.move(-1), nil
		case "down", "ctrl+n":
			return p.move(1), nil
		case "pgup":
			return p.move(-pickerPage), nil
		case "pgdown":
			return p.move(pickerPage), nil
		}
	}
	if !p.in.update(msg) {
		return nil, nil
	}
	p.chosen = false
	return Edited{p.in.text}, nil
}

// pickerPage is how many rows page up and down move by.
const pickerPage = 5

func (p *Picker) move(by int) Action {
	if len(p.rows) == 0 {
		return nil
	}
	p.selected = max(0, min(p.selected+by, len(p.rows)-1))
	p.chosen = true
	return Moved{p.rows[p.selected].ID}
}

// Widths and heights of the picker, in cells.
const (
	// besideFrom is the width from which the preview is beside the list.
	besideFrom = 100
	// narrowIndent is the indentation of a second line on a narrow screen.
	narrowIndent = 4
	// belowFrom is the height that the list needs to have a preview below it.
	belowFrom = 9
)

// Lines implements Overlay. What is typed stands at the foot, where it stays while there is more
// or less above it.
func (p *Picker) Lines(l look.Look, w, h int) []string {
	f := newSheet(p.Title, w, h)
	iw, ih := f.inside()
	prompt := min(l.Cells.Width(promptMark), iw)
	typed, x := p.in.draw(l, iw-prompt)
	content := p.says(l, iw, ih)
	p.begin()
	p.above = len(content)
	room := max(0, ih-len(content)-1)
	if w >= besideFrom {
		content = append(content, p.beside(l, iw, room)...)
	} else {
		content = append(content, p.below(l, iw, room)...)
	}
	content = content[:min(len(content), max(0, ih-1))]
	p.caret = caret{contentLeft + prompt + x, contentTop + len(content), ih > 0 && iw > prompt}
	return f.lines(l, append(content, l.Theme.Accent.Paint(l.Fit(promptMark, prompt))+l.Theme.Text.Paint(typed)))
}

// says draws the state of the search.
func (p *Picker) says(l look.Look, w, h int) []string {
	style := l.Theme.Muted
	if p.alarm {
		style = l.Theme.Warn
	}
	var out []string
	for _, s := range l.Cells.Wrap(p.status, w) {
		if len(out) < max(1, h/4) {
			out = append(out, style.Paint(l.Fit(s, w)))
		}
	}
	return out
}

// beside draws the list with the preview at its right.
func (p *Picker) beside(l look.Look, w, h int) []string {
	const gap = 3
	left := (w - gap) * 3 / 5
	h = min(h, max(p.height(), p.previewHeight(l, w-gap-left)))
	list, preview := p.list(l, left, h), p.previewed(l, w-gap-left, h)
	between := " " + l.Theme.Faint.Paint(l.Theme.Column) + " "
	out := make([]string, h)
	for y := range out {
		out[y] = list[y] + between + preview[y]
	}
	return out
}

// below draws the list with the preview below it, if there is room: at least three fifths are
// left to the list.
func (p *Picker) below(l look.Look, w, h int) []string {
	rows := p.height()
	if h < belowFrom || len(p.preview) == 0 {
		return p.list(l, w, min(h, rows))
	}
	n := min(p.previewHeight(l, w), max(h*2/5, h-1-rows))
	out := append(p.list(l, w, min(rows, h-n-1)), l.Theme.Faint.Paint(l.Rule(w)))
	return append(out, p.previewed(l, w, n)...)
}

// height returns how many lines the rows have.
func (p *Picker) height() int {
	n := 0
	for _, r := range p.rows {
		n += r.height()
	}
	return n
}

// previewHeight returns how many lines the preview has.
func (p *Picker) previewHeight(l look.Look, w int) int {
	n := 0
	for _, line := range p.preview {
		n += len(l.Cells.Wrap(line.Text, w))
	}
	return n
}

func (p *Picker) previewed(l look.Look, w, h int) []string {
	out := make([]string, 0, h)
	for _, line := range p.preview {
		style := l.Theme.Text
		switch {
		case line.Heading:
			style = l.Theme.Faint
		case line.Muted:
			style = l.Theme.Muted
		}
		for _, s := range l.Cells.Wrap(line.Text, w) {
			out = append(out, style.Paint(l.Fit(s, w)))
		}
	}
	return filled(l, out, w, h)
}

// filled returns exactly h lines.
func filled(l look.Look, lines []string, w, h int) []string {
	lines = lines[:min(h, len(lines))]
	for len(lines) < h {
		lines = append(lines, l.Fit("", w))
	}
	return lines
}

// list draws the rows that fit, including the selected one.
func (p *Picker) list(l look.Look, w, h int) []string {
	kinds := 0
	first, last, all := 0, 0, 0
	for i, r := range p.rows {
		kinds = max(kinds, l.Cells.Width(r.Kind))
		if i == p.selected {
			first, last = all, all+r.height()
		}
		all += r.height()
	}
	kinds = min(kinds, w/3)
	top := window(first, last, all, h)
	var lines []string
	at := 0
	for i, r := range p.rows {
		if at+r.height() > top && at < top+h {
			drawn := r.draw(l, kinds, w, i == p.selected)
			drawn = drawn[max(0, top-at):]
			for n := range drawn {
				p.put(p.above+len(lines)+n, r.ID)
			}
			lines = append(lines, drawn...)
		}
		at += r.height()
	}
	return filled(l, lines, w, h)
}

func (r PickerRow) height() int {
	if r.Second == "" {
		return 1
	}
	return 2
}

func (r PickerRow) draw(l look.Look, kinds, w int, selected bool) []string {
	ink, mark := l.Theme.Ink, " "
	if selected {
		ink, mark = l.Theme.Soft, l.Theme.Selected
	}
	start := 2
	if r.Kind != "" {
		start += kinds + 2
	}
	detail := l.Cells.Width(r.Detail)
	if detail > (w-start)/2 {
		detail = max(0, (w-start)/2)
	}
	gap := min(2, detail)
	cells := []cell{{ink.Accent, mark, 1}, {ink.Text, "", 1}}
	if r.Kind != "" {
		cells = append(cells, cell{ink.Muted, r.Kind, kinds}, cell{ink.Text, "", 2})
	}
	title := ink.Text
	if r.Kind == "" {
		title = ink.Muted
	}
	cells = append(cells, cell{title, r.Title, max(0, w-start-detail-gap)}, cell{ink.Text, "", gap}, cell{ink.Muted, r.Detail, detail}, cell{ink.Text, "", -1})
	lines := []string{row(l, w, cells...)}
	if r.Second != "" {
		if w < narrowBelow { // the second line needs the cells more than the column does
			start = min(start, narrowIndent)
		}
		lines = append(lines, row(l, w, cell{ink.Accent, mark, 1}, cell{ink.Text, "", start - 1}, cell{ink.Muted, r.Second, -1}))
	}
	return lines
}

// Cursor implements Overlay.
func (p *Picker) Cursor() (x, y int, ok bool) { return p.caret.x, p.caret.y, p.caret.ok }
