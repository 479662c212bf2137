package snippets

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model/snippet"
	"parley/ui/overlay"
)

// Configured is a macro that the user set on this machine. Its key comes before those of macros
// that the hub keeps.
type Configured struct {
	Snippet snippet.Snippet
	// Uses is the name of the snippet whose text it writes; empty: its own text.
	Uses string
}

// configured returns the macro that the user set for a key.
func (m *Model) configured(key string) (Configured, bool) {
	for _, c := range m.Configured {
		if c.Snippet.Macro.Key == key {
			return c, true
		}
	}
	return Configured{}, false
}

// resolve returns a macro with the text of the snippet that it uses, and with the id of the user
// that it names. Without that snippet it has no text.
func (m *Model) resolve(c Configured) snippet.Snippet {
	s, x := c.Snippet, *c.Snippet.Macro
	if used, ok := snippet.Find(m.texts(), c.Uses); ok {
		s.Text = used.Text
	}
	for _, u := range m.Team.Colleagues() {
		if strings.EqualFold(u.Name, x.Assign) {
			x.Assign = string(u.ID)
		}
	}
	s.Macro = &x
	return s
}

// runConfigured runs a macro that the user set, unless the snippet that it uses is not there: then
// nothing of it is done.
func (m *Model) runConfigured(c Configured) tea.Cmd {
	s := m.resolve(c)
	if c.Uses != "" && s.Text == "" {
		m.Notify(m.Say(i18n.SaidNoSnippet, "Name", m.Look.Ours(c.Uses), "Key", m.KeyOf("snippets")))
		return m.ReadStale()
	}
	return m.Run(s)
}

// RunKey runs the macro that has a key of its own; false: none has this one.
func (m *Model) RunKey(key string) (tea.Cmd, bool) {
	if !m.HasKey(key) {
		return nil, false
	}
	if why := m.NeedsRoom(); why != "" {
		m.Notify(why)
		return nil, true
	}
	if c, ok := m.configured(key); ok {
		return m.runConfigured(c), true
	}
	s, _ := m.ByKey(key)
	return m.Run(s), true
}

// HasKey reports whether a macro has a key of its own.
func (m *Model) HasKey(key string) bool {
	_, set := m.configured(key)
	_, kept := m.ByKey(key)
	return set || kept
}

// configuredMark is the beginning of the id of a macro that the user set, in the palette.
const configuredMark = "own macro "

// configuredItems returns the macros that the user set, as the palette shows them.
func (m *Model) configuredItems() []overlay.Item {
	var items []overlay.Item
	for _, c := range m.Configured {
		s := m.resolve(c)
		key := s.Macro.Key
		if m.taken(key) {
			key = m.Say(i18n.MacroKeyTaken, "Key", key)
		}
		items = append(items, overlay.Item{
			ID: configuredMark + s.Macro.Key, Title: m.Say(i18n.MacroTitle, "Name", m.Look.Ours(s.Name), "Does", m.does(*s.Macro)), Alias: s.Name, Keys: key,
			Reason: m.NeedsConversation(),
		})
	}
	return items
}
