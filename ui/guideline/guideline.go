// Package guideline is the guide line of the demo: it says the next thing to try, goes on once that
// was done, and can be put away for good.
package guideline

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/ui/look"
	"parley/ui/screen"
)

// Setting is the setting that says whether the line is shown.
const Setting = "guide_line"

// Step is one thing to try.
type Step struct {
	// Say is the sentence that proposes it, and Args are its placeholders.
	Say  i18n.ID
	Args []any
	// Keys are placeholders that name keys, and the commands that these run.
	Keys map[string]string
	// Done are the commands by which it is done.
	Done []string
}

// Options say what is proposed.
type Options struct {
	// Steps are the things to try, in order; none: there is no guide line.
	Steps []Step
	// Hidden: the user has put the line away.
	Hidden bool
}

// Model is the guide line.
type Model struct {
	*screen.Screen
	steps  []Step
	tried  []bool
	hidden bool
}

// New returns a guide line at its first step.
func New(s *screen.Screen, o Options) *Model {
	return &Model{Screen: s, steps: o.Steps, tried: make([]bool, len(o.Steps)), hidden: o.Hidden}
}

// Exists reports whether there is something to try at all.
func (m *Model) Exists() bool { return len(m.steps) > 0 }

// Shown reports whether the line is to be drawn.
func (m *Model) Shown() bool { return !m.hidden && m.next() < len(m.steps) }

// next returns the index of the first step that was not tried.
func (m *Model) next() int {
	if i := slices.Index(m.tried, false); i >= 0 {
		return i
	}
	return len(m.steps)
}

// Did takes note that a command was run. What was tried before its turn is not proposed any more.
func (m *Model) Did(command string) {
	for i, s := range m.steps {
		if slices.Contains(s.Done, command) {
			m.tried[i] = true
		}
	}
}

// Turn puts the line away, or shows it again, from its beginning if it was through.
func (m *Model) Turn() tea.Cmd {
	if m.hidden = m.Shown(); !m.hidden && m.next() == len(m.steps) {
		clear(m.tried)
	}
	said := i18n.GuideShown
	if m.hidden {
		said = i18n.GuideHidden
	}
	text := m.Say(said)
	if m.Remember != nil {
		if why := m.Remember(Setting, !m.hidden); why != "" {
			text = why
		}
	}
	m.Notify(text)
	return nil
}

// Line draws it.
func (m *Model) Line(w int) string {
	i := m.next()
	if i == len(m.steps) {
		return look.Blank(w)
	}
	th, s := m.Look.Theme, m.steps[i]
	args := slices.Clone(s.Args)
	for name, command := range s.Keys {
		args = append(args, name, m.KeyOf(command))
	}
	head := " " + m.Say(i18n.GuideStep, "N", i+1, "All", len(m.steps)) + "  "
	tail := "  " + m.Say(i18n.GuideHide, "Key", m.KeyOf("guide_line")) + " "
	if m.Composing() || m.Overlaid() != nil { // the key would type
		tail = ""
	}
	said := m.Say(s.Say, args...)
	cells := m.Look.Cells
	if cells.Width(head)+cells.Width(said)+cells.Width(tail) >= w {
		tail = ""
	}
	if cells.Width(head)+cells.Width(said) >= w {
		head = " "
	}
	text := m.Look.Cut(said, max(0, w-cells.Width(head)-cells.Width(tail)-1))
	rest := w - cells.Width(head) - cells.Width(text) - cells.Width(tail)
	return th.Accent.Paint(head) + th.Text.Paint(text) + look.Blank(max(0, rest)) + th.Faint.Paint(tail)
}
