package guide

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/command"
	"parley/ui/overlay"
)

// ofADay are the ten commands that a day is made of, as the help begins with them.
var ofADay = []string{"next_waiting", "open", "reply", "done", "snooze", "assign", "link", "note", "search", "undo"}

// OpenHelp shows the keys of the pane that has them: those of a day first, those that only move
// last.
func (m *Model) OpenHelp() tea.Cmd {
	day := overlay.Section{Heading: m.Say(i18n.HelpDay)}
	for _, id := range ofADay {
		if c, ok := m.commands.Get(id); ok && c.Key() != "" {
			day.Rows = append(day.Rows, m.helpRow(c))
		}
	}
	here := overlay.Section{Heading: m.Say(i18n.HelpHere)}
	everywhere := overlay.Section{Heading: m.Say(i18n.HelpEverywhere)}
	moving := overlay.Section{Heading: m.Say(i18n.HelpMoving)}
	typing := overlay.Section{Heading: m.Say(i18n.HelpTyping), Rows: []overlay.Row{
		{Key: "enter", Text: m.Say(i18n.HelpSend)},
		{Key: "alt+enter ctrl+j", Text: m.Say(i18n.HelpLine)},
		{Key: "esc", Text: m.Say(i18n.HelpLeave)},
	}}
	for _, c := range m.commands.All() {
		if c.Scope&(m.parts.Scope()|command.Composer) == 0 || c.Key() == "" || slices.Contains(ofADay, c.ID) {
			continue
		}
		to := &here
		switch {
		case c.Hidden:
			to = &moving
		case c.Scope&command.Panes == command.Panes:
			to = &everywhere
		case c.Scope&m.parts.Scope() == 0:
			to = &typing
		}
		to.Rows = append(to.Rows, m.helpRow(c))
	}
	if len(here.Rows) == 0 {
		here = overlay.Section{}
	}
	m.Lay(overlay.NewHelp(m.Say(i18n.HelpTitle), []overlay.Section{day, here, everywhere, typing, m.own(), m.whoSees(), m.whyNot(), moving}), nil)
	return nil
}

func (m *Model) helpRow(c *command.Command) overlay.Row {
	return overlay.Row{Key: keyNames(c.Keys, m.W), Text: m.Say(i18n.Command(c.ID))}
}

// own are the user's macros and saved views that have a key.
func (m *Model) own() overlay.Section {
	var rows []overlay.Row
	for _, items := range m.parts.Items {
		for _, it := range items.Items() {
			if it.Keys != "" {
				rows = append(rows, overlay.Row{Key: it.Keys, Text: it.Title})
			}
		}
	}
	if len(rows) == 0 {
		return overlay.Section{}
	}
	return overlay.Section{Heading: m.Say(i18n.HelpOwn), Rows: rows}
}

// whoSees says of each Page who sees its conversations.
func (m *Model) whoSees() overlay.Section {
	s := overlay.Section{Heading: m.Say(i18n.HelpPages)}
	for _, p := range m.Inbox.Pages() {
		said := m.parts.Pages.PrivateOf(p)
		switch {
		case p.Visibility == model.Shared:
			said = m.Say(i18n.PageIsShared, "Page", m.Look.Line(p.Name))
		case p.Installer.ID == m.Inbox.User().ID:
			said = m.Say(i18n.PageIsMine, "Page", m.Look.Line(p.Name))
		}
		s.Rows = append(s.Rows, overlay.Row{Text: said})
	}
	if len(s.Rows) == 0 {
		return overlay.Section{}
	}
	return s
}

// keyNames are the keys of a command: of many, the first and the last; on a narrow screen, the
// first.
func keyNames(keys []string, w int) string {
	const most = 3
	switch {
	case w < 60 && len(keys) > 1:
		keys = keys[:1]
	case len(keys) > most:
		keys = []string{keys[0], "-", keys[len(keys)-1]}
	}
	return strings.Join(keys, " ")
}

// OpenWhyNot shows what can't be done here, and why.
func (m *Model) OpenWhyNot() tea.Cmd {
	m.Lay(overlay.NewHelp(m.Say(i18n.WhyNotTitle), []overlay.Section{m.whyNot()}), nil)
	return nil
}
