package overlay

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"parley/ui/look"
)

// Field is a line of a form.
type Field struct {
	Label string
	// Text is the initial text.
	Text string
}

// Form asks for several lines of text at once.
type Form struct {
	// Title says what it is for.
	Title string

	said   string
	labels []string
	in     []input
	focus  int
	err    string
	caret  caret
	shown
}

// NewForm returns a form of these fields.
func NewForm(title string, fields []Field) *Form {
	f := &Form{Title: title, in: make([]input, len(fields))}
	for i, field := range fields {
		f.labels = append(f.labels, field.Label)
		f.in[i].set(field.Text)
	}
	return f
}

// Say sets the sentence above the fields.
func (f *Form) Say(sentence string) { f.said = sentence }

// SetError says in a sentence why the input was rejected. The next change of a field clears
// it.
func (f *Form) SetError(sentence string) { f.err = sentence }

// Texts returns the texts of the fields.
func (f *Form) Texts() []string {
	out := make([]string, len(f.in))
	for i := range f.in {
		out[i] = f.in[i].text
	}
	return out
}

// Update implements Overlay.
func (f *Form) Update(msg tea.Msg) (Action, tea.Cmd) {
	if c, ok := msg.(Click); ok {
		if i, err := strconv.Atoi(c.ID); err == nil && i < len(f.in) {
			f.focus = i
		}
		return nil, nil
	}
	if key, ok := msg.(tea.KeyPressMsg); ok && key.Text == "" {
		switch key.Keystroke() {
		case "esc", "ctrl+c":
			return Closed{}, nil
		case "enter":
			return Filled{f.Texts()}, nil
		case "tab", "down", "ctrl+n":
			f.turn(1)
			return nil, nil
		case "shift+tab", "up", "ctrl+p":
			f.turn(-1)
			return nil, nil
		}
	}
	if f.focus < len(f.in) && f.in[f.focus].update(msg) {
		f.err = ""
	}
	return nil, nil
}

func (f *Form) turn(by int) {
	if n := len(f.in); n > 0 {
		f.focus = (f.focus + by + n) % n
	}
}

// Lines implements Overlay.
func (f *Form) Lines(l look.Look, w, h int) []string {
	s := newSheet(f.Title, w, h)
	iw, ih := s.inside()
	labels := 0
	for _, s := range f.labels {
		labels = max(labels, l.Cells.Width(s))
	}
	labels = min(labels, iw/3)
	var content []string
	tell := func(sentence string, style func(string) string, keep int) {
		for _, s := range l.Cells.Wrap(sentence, iw) {
			if sentence != "" && len(content) < ih-keep {
				content = append(content, style(l.Fit(s, iw)))
			}
		}
	}
	tell(f.said, l.Theme.Text.Paint, len(f.in))
	// The error comes first: it must be visible even without room for the rest.
	tell(f.err, l.Theme.Danger.Paint, min(len(f.in), 1))
	ox := contentLeft
	f.caret = caret{}
	f.begin()
	top := window(f.focus, f.focus+1, len(f.in), ih-len(content))
	for i := top; i < len(f.in) && len(content) < ih; i++ {
		f.put(len(content), strconv.Itoa(i))
		content = append(content, f.field(l, i, labels, iw, caret{ox, contentTop + len(content), true}))
	}
	return s.lines(l, content)
}

// field draws a field at a position; the focused one has the cursor.
func (f *Form) field(l look.Look, i, labels, w int, at caret) string {
	style, mark := l.Theme.Muted, " "
	if i == f.focus {
		style, mark = l.Theme.Text, l.Theme.Selected
	}
	before := min(w, labels+4)
	typed, x := f.in[i].draw(l, w-before)
	if i == f.focus && w > before {
		f.caret = caret{at.x + before + x, at.y, true}
	}
	return row(l, before, cell{l.Theme.Accent, mark, 1}, cell{style, "", 1}, cell{style, f.labels[i], labels}, cell{style, "", -1}) +
		l.Theme.Text.Paint(typed)
}

// Cursor implements Overlay.
func (f *Form) Cursor() (x, y int, ok bool) { return f.caret.x, f.caret.y, f.caret.ok }
