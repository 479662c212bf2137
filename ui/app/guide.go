package app

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/command"
	"parley/ui/overlay"
	"parley/ui/page"
	"parley/ui/screen"
)

// guide says who sees what, and what can't be done here.
type guide struct {
	*screen.Screen
	page *page.Model
}

// openPalette shows every command, those that can't be used now with the reason.
func (m *Model) openPalette() tea.Cmd {
	var items []overlay.Item
	for _, c := range m.forHere() {
		items = append(items, overlay.Item{
			ID: c.ID, Title: m.Say(i18n.Command(c.ID)), Alias: c.ID, Keys: c.Key(), Reason: c.Why(), Danger: c.Danger,
		})
	}
	for _, p := range m.HiddenPages() {
		items = append(items, overlay.Item{
			ID: "page " + string(p.ID), Title: m.Say(i18n.PageShow, "Page", m.Look.Line(p.Name)), Reason: m.page.PrivateOf(p),
		})
	}
	for _, s := range m.snippets.Macros() {
		items = append(items, m.snippets.Item(s))
	}
	m.Lay(overlay.NewPalette(m.Say(i18n.PaletteTitle), items), func(a overlay.Action) tea.Cmd {
		chosen, ok := a.(overlay.Chosen)
		if !ok {
			return nil
		}
		if s, ok := m.snippets.OfItem(chosen.ID); ok {
			return m.snippets.Run(s)
		}
		c, ok := m.commands.Get(chosen.ID)
		if !ok {
			return nil
		}
		return m.run(c)
	})
	return nil
}

// forHere returns the commands of the palette: those for where the user is before those for
// everywhere, these before those for elsewhere; what can't be used now, and what can't be taken
// back, last.
func (m *Model) forHere() []*command.Command {
	here := m.panes.scope()
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

// ofADay are the ten commands that a day is made of, as the help begins with them.
var ofADay = []string{"next_waiting", "open", "reply", "done", "snooze", "assign", "link", "note", "search", "undo"}

// openHelp shows the keys of the pane that has them: those of a day first, those that only move
// last.
func (m *Model) openHelp() tea.Cmd {
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
		if c.Scope&(m.panes.scope()|command.Composer) == 0 || c.Key() == "" || slices.Contains(ofADay, c.ID) {
			continue
		}
		to := &here
		switch {
		case c.Hidden:
			to = &moving
		case c.Scope&command.Panes == command.Panes:
			to = &everywhere
		case c.Scope&m.panes.scope() == 0:
			to = &typing
		}
		to.Rows = append(to.Rows, m.helpRow(c))
	}
	if len(here.Rows) == 0 {
		here = overlay.Section{}
	}
	m.Lay(overlay.NewHelp(m.Say(i18n.HelpTitle), []overlay.Section{day, here, everywhere, typing, m.guide.whoSees(), m.guide.whyNot(), moving}), nil)
	return nil
}

func (m *Model) helpRow(c *command.Command) overlay.Row {
	return overlay.Row{Key: keyNames(c.Keys, m.W), Text: m.Say(i18n.Command(c.ID))}
}

// whoSees says of each Page who sees its conversations.
func (m guide) whoSees() overlay.Section {
	s := overlay.Section{Heading: m.Say(i18n.HelpPages)}
	for _, p := range m.Inbox.Pages() {
		said := m.page.PrivateOf(p)
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

// openWhyNot shows what can't be done here, and why.
func (m guide) openWhyNot() tea.Cmd {
	m.Lay(overlay.NewHelp(m.Say(i18n.WhyNotTitle), []overlay.Section{m.whyNot()}), nil)
	return nil
}

// questions are those that users of Messenger inboxes ask.
var questions = []string{
	"calls", "policy", "button", "plan", "greeting", "private", "whom", "connect", "broadcast", "uninstall", "visibility", "personal", "offline",
}

func (m guide) whyNot() overlay.Section {
	s := overlay.Section{Heading: m.Say(i18n.WhyNotTitle)}
	for _, q := range questions {
		answer := m.Say(i18n.Answer(q))
		if q == "broadcast" {
			answer = m.whyNoBroadcast()
		}
		s.Paragraphs = append(s.Paragraphs, overlay.Paragraph{Question: m.Say(i18n.Question(q)), Answer: answer})
	}
	return s
}

// whyNoBroadcast says why nothing is sent to many, and where to tell us that it is missed;
// the same wherever it is said.
func (m guide) whyNoBroadcast() string {
	if u := m.Look.Line(m.Inbox.FeedbackURL()); u != "" {
		return m.Say(i18n.Answer("broadcast_feedback"), "URL", u)
	}
	return m.Say(i18n.Answer("broadcast"))
}
