package overlay

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"parley/ui/look"
)

// PickerRow is something to pick: a record, or something to do.
type PickerRow struct {
	ID string
	// Kind stands in a column of its own before the title; empty: something to do.
	Kind  string
	Title string
	// Detail stands at the right of the first line.
	Detail string
	// Second is the second line; empty: there is none.
	Second string
}

// PickerLine is a line of the preview.
type PickerLine struct {
	Text string
	// Heading: it says what stands below. Muted: it matters less.
	Heading, Muted bool
}

// Picker is a list that somebody else looks for, by what is typed. It is told what was
// found, and says what was typed and where the selection is.
type Picker struct {
	Title string

	in   input
	rows []PickerRow
	// selected is -1 while nothing is.
	selected int
	// chosen: the selection was moved by hand.
	chosen  bool
	status  string
	alarm   bool
	preview []PickerLine
	caret   caret
}

// NewPicker returns a picker without rows.
func NewPicker(title string) *Picker { return &Picker{Title: title, selected: -1} }

// Text returns what is typed.
func (p *Picker) Text() string { return p.in.text }

// Chosen tells whether the selection was moved by hand.
func (p *Picker) Chosen() bool { return p.chosen }

// Selected returns the id of the selected row; empty if none is.
func (p *Picker) Selected() string {
	if p.selected < 0 || p.selected >= len(p.rows) {
		return ""
	}
	return p.rows[p.selected].ID
}

// SetRows replaces the rows. What was selected by hand stays so if it is among them;
// otherwise the first is, or none where wait says that others are to come.
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

// SetStatus says how the search stands; alarm: something is wrong.
func (p *Picker) SetStatus(sentence string, alarm bool) { p.status, p.alarm = sentence, alarm }

// SetPreview shows what is known of the selected row.
func (p *Picker) SetPreview(lines []PickerLine) { p.preview = slices.Clone(lines) }

// Update implements Overlay.
func (p *Picker) Update(msg tea.Msg) (Action, tea.Cmd) {
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

// pickerPage is how many rows a page is.
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
	// besideFrom is the width of the screen from which the preview stands beside the list.
	besideFrom = 100
	pickerMax  = 120
	// narrowIndent is how far a second line stands in on a narrow screen.
	narrowIndent = 4
	// belowFrom is how many lines the list must have for a preview below it.
	belowFrom = 9
)

// Lines implements Overlay.
func (p *Picker) Lines(l look.Look, w, h int) []string {
	f := NewFrame(p.Title, w, h)
	if !f.bare && w >= besideFrom {
		f.w = min(w, pickerMax)
	}
	iw, ih := f.Inside()
	prompt := min(l.Cells.Width(promptMark), iw)
	typed, x := p.in.draw(l, iw-prompt)
	content := []string{l.Theme.Accent.Paint(l.Fit(promptMark, prompt)) + l.Theme.Text.Paint(typed)}
	content = append(content, p.says(l, iw, ih)...)
	room := max(0, ih-len(content))
	if !f.bare && w >= besideFrom {
		content = append(content, p.beside(l, iw, room)...)
	} else {
		content = append(content, p.below(l, iw, room)...)
	}
	ox, oy := f.Origin()
	p.caret = caret{ox + prompt + x, oy, ih > 0 && iw > prompt}
	return f.Lines(l, content)
}

// says is the line, or the lines, that tell how the search stands.
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

// beside is the list with the preview at its right.
func (p *Picker) beside(l look.Look, w, h int) []string {
	const gap = 3
	left := (w - gap) * 3 / 5
	list, preview := p.list(l, left, h), p.previewed(l, w-gap-left, h)
	between := " " + l.Theme.Faint.Paint(l.Theme.Column) + " "
	out := make([]string, h)
	for y := range out {
		out[y] = list[y] + between + preview[y]
	}
	return out
}

// below is the list with the preview under it, where there is room: two fifths of it, and
// what the rows leave.
func (p *Picker) below(l look.Look, w, h int) []string {
	if h < belowFrom || len(p.preview) == 0 {
		return p.list(l, w, h)
	}
	rows := 0
	for _, r := range p.rows {
		rows += r.height()
	}
	n := max(h*2/5, h-1-rows)
	out := append(p.list(l, w, h-n-1), l.Theme.Faint.Paint(l.Rule(w)))
	return append(out, p.previewed(l, w, n)...)
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

// filled is exactly so many lines.
func filled(l look.Look, lines []string, w, h int) []string {
	lines = lines[:min(h, len(lines))]
	for len(lines) < h {
		lines = append(lines, l.Fit("", w))
	}
	return lines
}

// list draws those of the rows that fit, the selected one among them.
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
		if w < borderMinW { // it needs the cells more than the column
			start = min(start, narrowIndent)
		}
		lines = append(lines, row(l, w, cell{ink.Accent, mark, 1}, cell{ink.Text, "", start - 1}, cell{ink.Muted, r.Second, -1}))
	}
	return lines
}

// Cursor implements Overlay.
func (p *Picker) Cursor() (x, y int, ok bool) { return p.caret.x, p.caret.y, p.caret.ok }
