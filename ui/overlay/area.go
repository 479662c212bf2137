package overlay

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/ui/look"
)

// area is a text being typed that is drawn in several lines.
type area struct {
	input
	// lines are where the drawn lines begin and end in the text, as last drawn.
	lines []span
}

type span struct{ from, to int }

// update handles a key or a pasted text, and reports whether the text changed.
func (a *area) update(msg tea.Msg) bool {
	key, ok := msg.(tea.KeyPressMsg)
	if !ok || key.Text != "" {
		return a.input.update(msg)
	}
	switch here := a.line(a.row()); {
	case newLine(key):
		a.insert("\n")
		return true
	case key.Keystroke() == "home" || key.Keystroke() == "ctrl+a":
		a.at = here.from
	case key.Keystroke() == "end" || key.Keystroke() == "ctrl+e":
		a.at = here.to
	default:
		return a.input.update(msg)
	}
	return false
}

// newLine reports whether a key begins a new line, as in the composer.
func newLine(k tea.KeyPressMsg) bool {
	switch k.Keystroke() {
	case "alt+enter", "shift+enter", "ctrl+j":
		return true
	}
	return false
}

// move moves the cursor a drawn line up or down, and reports whether there was one.
func (a *area) move(by int, l look.Look) bool {
	row := a.row()
	if row+by < 0 || row+by >= len(a.lines) {
		return false
	}
	here, there := a.line(row), a.line(row+by)
	goal := l.Cells.Width(drawn(l, a.text[here.from:a.at]))
	a.at = there.from
	for a.at < there.to && l.Cells.Width(drawn(l, a.text[there.from:a.at])) < goal {
		a.at += cluster(a.text[a.at:])
	}
	return true
}

// row returns the drawn line of the cursor.
func (a *area) row() int {
	for i := len(a.lines) - 1; i > 0; i-- {
		if a.lines[i].from <= a.at {
			return i
		}
	}
	return 0
}

func (a *area) line(i int) span {
	if i >= len(a.lines) {
		return span{0, len(a.text)}
	}
	return a.lines[i]
}

// lay divides the text into lines of at most width cells, the cursor included.
func (a *area) lay(l look.Look, width int) {
	a.lines = a.lines[:0]
	from, cells, word := 0, 0, 0 // word is where the last word begins
	for at := 0; at < len(a.text); {
		n := cluster(a.text[at:])
		k := a.text[at : at+n]
		if strings.HasSuffix(k, "\n") {
			a.lines = append(a.lines, span{from, at})
			at += n
			from, cells, word = at, 0, at
			continue
		}
		w := l.Cells.Width(drawn(l, k))
		if cells+w > max(1, width-1) && at > from {
			if word <= from {
				word = at
			}
			a.lines = append(a.lines, span{from, word})
			from, cells = word, l.Cells.Width(drawn(l, a.text[word:at]))
		}
		cells += w
		if at += n; k == " " {
			word = at
		}
	}
	a.lines = append(a.lines, span{from, len(a.text)})
}

// drawAll returns the text in lines of exactly width cells, and the position of the cursor.
func (a *area) drawAll(l look.Look, width int) (lines []string, x, y int) {
	a.lay(l, width)
	for _, s := range a.lines {
		lines = append(lines, l.Fit(drawn(l, a.text[s.from:s.to]), width))
	}
	y = a.row()
	return lines, l.Cells.Width(drawn(l, a.text[a.lines[y].from:a.at])), y
}
