package ui

import (
	"strings"

	"parley/i18n"
	"parley/model/inbox"
	"parley/ui/look"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// footerCommands are the ids of the commands that matter now, at most six.
func (m *Model) footerCommands() []string {
	switch {
	case m.Focus == screen.PanePanel:
		return m.crm.PanelCommands()
	case m.Focus == screen.PaneThread:
		ids := []string{"reply", "link", "back", "done"}
		if _, ok := m.writer.Asking(); ok {
			ids = []string{"resend", "drop", "reply", "back"}
		}
		return append(ids, "next_waiting", "palette")
	case m.inbox.Search.Active():
		return []string{"open", "back", "search", "reply", "palette"}
	case m.Query.Filter == inbox.FilterDone || m.Query.Filter == inbox.FilterSnoozed:
		return []string{"open", "done", "read", "search", "palette"}
	}
	return []string{"open", "reply", "link", "done", "snooze", "palette"}
}

// footerLine is the last line: what just happened, or the keys that matter now.
func (m *Model) footerLine(w int) string {
	th := m.Look.Theme
	if said, key, label := m.Said(); said != "" {
		tail := ""
		if key != "" {
			tail = "   " + key + " " + label
		}
		if m.Look.Cells.Width(tail) > w/2 {
			tail = ""
		}
		text := m.Look.Cut(" "+said, w-m.Look.Cells.Width(tail))
		rest := w - m.Look.Cells.Width(text) - m.Look.Cells.Width(tail)
		return th.Text.Paint(text) + th.Accent.Paint(tail) + look.Blank(rest)
	}
	if hint := m.typingKeys(); hint != "" {
		return th.Muted.Paint(m.Look.Fit(" "+hint, w))
	}
	help := m.KeyOf("help") + " " + m.Say(i18n.CommandLabel("help"))
	room := w - 1 - m.Look.Cells.Width(help) - 1
	var b strings.Builder
	used := 0
	b.WriteString(" ")
	for _, id := range m.footerCommands() {
		c, ok := m.commands.Get(id)
		if !ok || c.Key() == "" {
			continue
		}
		text := c.Key() + " " + m.Say(i18n.CommandLabel(id)) + "   "
		n := m.Look.Cells.Width(text)
		if used+n > room {
			break
		}
		style := th.Muted
		if c.Why() != "" {
			style = th.Faint
		}
		b.WriteString(style.Paint(text))
		used += n
	}
	if room < 0 {
		return look.Blank(w)
	}
	b.WriteString(th.Muted.Paint(help))
	return b.String() + look.Blank(w-1-used-m.Look.Cells.Width(help))
}

// typingKeys are the keys that do not stand for themselves while something lies over the
// screen or text is typed; empty otherwise. The composer says its own.
func (m *Model) typingKeys() string {
	if _, ok := m.Overlaid().(*overlay.Form); ok {
		return m.Say(i18n.FormKeys)
	}
	if keys := m.crm.Keys(); keys != "" {
		return keys
	}
	switch {
	case m.Overlaid() != nil:
		return m.Say(i18n.OverlayKeys)
	case m.writer.Box.IsOpen():
		return m.KeyOf("palette") + " " + m.Say(i18n.CommandLabel("palette"))
	}
	return ""
}

// KeyOf returns the key of a command, empty where it has none.
func (m *Model) KeyOf(id string) string {
	c, ok := m.commands.Get(id)
	if !ok {
		return ""
	}
	return c.Key()
}

// Explain says an error in the user's words: what happened and what to do.
func (m *Model) Explain(err error) string { return m.hub.Explain(err) }

// Composing tells whether a text is being typed to be sent.
func (m *Model) Composing() bool { return m.writer.Box.IsOpen() }

// Selected returns the conversation that is selected in the list.
func (m *Model) Selected() (inbox.Row, bool) { return m.inbox.List.Selected() }
