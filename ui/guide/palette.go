package guide

import (
	"cmp"
	"slices"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/ui/command"
	"parley/ui/overlay"
)

// OpenPalette shows every command, those that can't be used now with the reason.
func (m *Model) OpenPalette() tea.Cmd {
	var items []overlay.Item
	for _, c := range m.forHere() {
		items = append(items, overlay.Item{
			ID: c.ID, Title: m.Say(i18n.Command(c.ID)), Alias: c.ID, Words: synonyms[c.ID], Keys: c.Key(), Reason: c.Why(), Danger: c.Danger,
		})
	}
	for _, p := range m.HiddenPages() {
		items = append(items, overlay.Item{
			ID: "page " + string(p.ID), Title: m.Say(i18n.PageShow, "Page", m.Look.Line(p.Name)), Reason: m.parts.Pages.PrivateOf(p),
		})
	}
	for _, more := range m.parts.Items {
		items = append(items, more.Items()...)
	}
	m.Lay(overlay.NewPalette(m.Say(i18n.PaletteTitle), items), func(a overlay.Action) tea.Cmd {
		chosen, ok := a.(overlay.Chosen)
		if !ok {
			return nil
		}
		for _, more := range m.parts.Items {
			if cmd, ok := more.RunItem(chosen.ID); ok {
				return cmd
			}
		}
		return m.run(chosen.ID)
	})
	return nil
}

// forHere returns the commands of the palette: those for where the user is before those for
// everywhere, these before those for elsewhere; what can't be used now, and what can't be taken
// back, last.
func (m *Model) forHere() []*command.Command {
	here := m.parts.Scope()
	rank := func(c *command.Command) int {
		n := 0
		switch {
		case c.Scope&here == 0:
			n = 2
		case c.Scope&command.Panes == command.Panes && !c.Selected:
			n = 1
		}
		if c.Danger {
			n += 4
		}
		if c.Why() != "" {
			n += 8
		}
		return n
	}
	all := slices.DeleteFunc(m.commands.All(), func(c *command.Command) bool { return c.Hidden })
	slices.SortStableFunc(all, func(a, b *command.Command) int { return cmp.Compare(rank(a), rank(b)) })
	return all
}
