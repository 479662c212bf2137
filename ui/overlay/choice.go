package overlay

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"parley/ui/look"
	"parley/ui/theme"
)

// Option is one of the options of a choice.
type Option struct {
	ID    string
	Title string
	// Detail is shown at the right: when, how much.
	Detail string
	// Key chooses it at once: "1".
	Key string
	// Reason is why it can't be chosen now; empty if it can.
	Reason string
}

// Choice is a short list of options, each with its key.
type Choice struct {
	// Tells: what is selected is told, with [Moved].
	Tells bool
	// Digits is the option that asks for what begins with a digit, such as a time: one that is
	// typed is [Begun], and no key of an option may be a digit then. Empty: there is none.
	Digits string

	title string
	// said is shown above the options.
	said     string
	options  []Option
	selected int
	shown
}

// choiceRoom is what a row needs besides its texts: marks, blanks and the edges of the sheet.
const choiceRoom = 12

// NewChoice returns a list to choose from.
func NewChoice(title string, options []Option) *Choice {
	return &Choice{title: title, options: slices.Clone(options)}
}

// Say sets the sentence above the options: what choosing means.
func (c *Choice) Say(sentence string) { c.said = sentence }

// SetOptions replaces the options. The selection stays if it is among them.
func (c *Choice) SetOptions(options []Option) {
	id := ""
	if c.selected < len(c.options) {
		id = c.options[c.selected].ID
	}
	c.options = slices.Clone(options)
	c.selected = max(0, slices.IndexFunc(c.options, func(o Option) bool { return o.ID == id }))
}

// Select selects an option; if there is none of that id, the selection stays.
func (c *Choice) Select(id string) {
	if i := slices.IndexFunc(c.options, func(o Option) bool { return o.ID == id }); i >= 0 {
		c.selected = i
	}
}

// Update implements Overlay.
func (c *Choice) Update(msg tea.Msg) (Action, tea.Cmd) {
	if clicked, ok := msg.(Click); ok {
		return c.click(clicked.ID), nil
	}
	key, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, nil
	}
	name := key.String()
	if i := slices.IndexFunc(c.options, func(o Option) bool { return o.Key != "" && o.Key == name }); i >= 0 {
		c.selected = i
		return c.choose(), nil
	}
	if c.Digits != "" && len(key.Text) == 1 && key.Text[0] >= '0' && key.Text[0] <= '9' {
		return Begun{c.Digits, key.Text}, nil
	}
	switch name {
	case "esc", "q", "ctrl+c":
		return Closed{}, nil
	case "j", "down", "ctrl+n":
		return c.turn(1), nil
	case "k", "up", "ctrl+p":
		return c.turn(-1), nil
	case "enter":
		return c.choose(), nil
	}
	return nil, nil
}

// turn selects the option that many rows below.
func (c *Choice) turn(by int) Action {
	c.selected = max(0, min(c.selected+by, len(c.options)-1))
	if !c.Tells || len(c.options) == 0 {
		return nil
	}
	return Moved{c.options[c.selected].ID}
}

func (c *Choice) choose() Action {
	if c.selected >= len(c.options) || c.options[c.selected].Reason != "" {
		return nil
	}
	return Chosen{c.options[c.selected].ID}
}

// Fits implements [Narrow].
func (c *Choice) Fits(l look.Look, w int) bool {
	widest := max(l.Cells.Width(c.title)+6, l.Cells.Width(c.said)+2)
	for _, o := range c.options {
		widest = max(widest, l.Cells.Width(o.Key+o.Title+o.Reason+o.Detail)+choiceRoom)
	}
	return widest <= w
}

// Lines implements Overlay.
func (c *Choice) Lines(l look.Look, w, h int) []string {
	f := newSheet(c.title, w, h)
	iw, ih := f.inside()
	keys := 0
	for _, o := range c.options {
		keys = max(keys, l.Cells.Width(o.Key))
	}
	keys = min(keys, max(1, iw/3))
	content := c.sentence(l, iw, ih-len(c.options))
	c.begin()
	top := window(c.selected, c.selected+1, len(c.options), ih-len(content))
	for i := top; i < len(c.options) && len(content) < ih; i++ {
		c.put(len(content), c.options[i].ID)
		content = append(content, c.row(l, i, keys, iw))
	}
	return f.lines(l, content)
}

// sentence returns the sentence above the options, with a blank line below if there is room.
func (c *Choice) sentence(l look.Look, w, room int) []string {
	var out []string
	if c.said == "" {
		return nil
	}
	for _, s := range l.Cells.Wrap(c.said, w) {
		if len(out) < room {
			out = append(out, l.Theme.Text.Paint(l.Fit(s, w)))
		}
	}
	if len(out) < room {
		out = append(out, l.Fit("", w))
	}
	return out
}

func (c *Choice) row(l look.Look, i, keys, w int) string {
	o, t := c.options[i], l.Theme
	ink, mark := t.Ink, " "
	if i == c.selected {
		ink, mark = t.Soft, t.Selected
	}
	key, text := ink.Muted, ink.Text
	title := o.Title
	if o.Reason != "" {
		key, text = ink.Faint, ink.Faint
		title += " " + t.Bullet + " " + o.Reason
	}
	detail := l.Cells.Width(o.Detail)
	if detail > 0 && w-4-keys-detail-2 < l.Cells.Width(title) {
		detail = 0
	}
	return row(l, w, cell{ink.Accent, mark, 1}, cell{ink.Text, "", 1}, cell{key, o.Key, keys}, cell{ink.Text, "", 2},
		cell{text, title, max(0, w-4-keys-detail)}, cell{key, o.Detail, detail})
}

// Cursor implements Overlay.
func (c *Choice) Cursor() (x, y int, ok bool) { return 0, 0, false }

// cell is a part of a row of a given width; -1 for what is left.
type cell struct {
	style theme.Style
	text  string
	width int
}

// row puts cells side by side, exactly w wide.
func row(l look.Look, w int, cells ...cell) string {
	out, left := "", w
	for _, c := range cells {
		n := c.width
		if n < 0 || n > left {
			n = left
		}
		out += c.style.Paint(l.Fit(c.text, n))
		left -= n
	}
	return out
}

// window returns the first row to draw, so that those from first to last (excluded) are among
// the h rows drawn of all.
func window(first, last, of, h int) int {
	top := min(first-(h-1)/2, of-h)
	top = max(top, last-h, 0)
	return min(top, first)
}
