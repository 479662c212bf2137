// Package colours lets the user choose the colours of the screen.
package colours

import (
	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/ui/overlay"
	"parley/ui/screen"
	"parley/ui/theme"
)

// Options are what a Model works with.
type Options struct {
	// Scheme is the one to begin with.
	Scheme theme.Scheme
	// Themes returns the names of all; nil: the built-in ones are all.
	Themes func() []string
	// Load returns the one of a name; nil: only the built-in ones have one. The error is in the
	// user's words.
	Load func(name string) (theme.Scheme, error)
}

// Model is the choice of colours.
type Model struct {
	*screen.Screen
	o Options
	// scheme is the one in use.
	scheme theme.Scheme
	// restyle has the screen drawn with another.
	restyle func()
}

// New returns a choice of colours.
func New(s *screen.Screen, o Options, restyle func()) *Model {
	if o.Themes == nil {
		o.Themes = theme.BuiltIn
	}
	if o.Load == nil {
		o.Load = func(name string) (theme.Scheme, error) {
			s, _ := theme.Named(name)
			return s, nil
		}
	}
	return &Model{Screen: s, o: o, scheme: o.Scheme, restyle: restyle}
}

// Scheme returns the one in use.
func (m *Model) Scheme() theme.Scheme { return m.scheme }

// Choose asks which to use. The one that is selected is shown at once.
func (m *Model) Choose() tea.Cmd {
	before := m.scheme
	var options []overlay.Option
	for _, name := range m.o.Themes() {
		o := overlay.Option{ID: name, Title: m.Look.Ours(name)}
		if _, ours := theme.Named(name); ours {
			o.Title = m.Say(i18n.ThemeName(name))
		} else if _, err := m.o.Load(name); err != nil {
			o.Reason = m.Look.Ours(err.Error())
		}
		options = append(options, o)
	}
	c := overlay.NewChoice(m.Say(i18n.ThemeTitle), options)
	c.Tells = true
	c.Select(before.Name)
	m.Lay(c, func(a overlay.Action) tea.Cmd {
		switch a := a.(type) {
		case overlay.Moved:
			m.show(a.ID)
		case overlay.Chosen:
			if m.show(a.ID) {
				return m.Keep("theme", a.ID)
			}
		case overlay.Closed:
			m.scheme = before
			m.restyle()
		}
		return nil
	})
	return nil
}

// show uses a scheme, and reports whether it can.
func (m *Model) show(name string) bool {
	s, err := m.o.Load(name)
	if err != nil {
		return false
	}
	m.scheme = s
	m.restyle()
	return true
}
