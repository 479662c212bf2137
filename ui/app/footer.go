package app

import (
	"strings"

	"parley/i18n"
	"parley/model/inbox"
	"parley/ui/command"
	"parley/ui/conversation"
	"parley/ui/crm"
	list "parley/ui/inbox"
	"parley/ui/look"
	"parley/ui/mouse"
	"parley/ui/overlay"
	"parley/ui/pointer"
	"parley/ui/screen"
	"parley/ui/snippets"
)

// footer is the last line of the screen: what just happened, or the keys that matter now.
type footer struct {
	*screen.Screen
	commands *command.Registry
	inbox    *list.Model
	writer   *conversation.Writer
	crm      *crm.Model
	snippets *snippets.Model
	pointer  *pointer.Model
}

// ids are the ids of the commands that matter now, at most six.
func (m footer) ids() []string {
	switch {
	case m.Focus == screen.PanePanel:
		return m.crm.PanelCommands()
	case m.Focus == screen.PaneThread:
		ids := []string{"reply", "link", "back", "done"}
		if _, ok := m.writer.Asking(); ok {
			ids = []string{"resend", "drop", "reply", "back"}
		}
		return append(ids, "next_waiting", "palette")
	case m.inbox.List.Chosen() > 0:
		return []string{"done", "snooze", "assign", "label", "pin", "read", "back"}
	case m.inbox.Search.Active():
		return []string{"open", "back", "search", "reply", "palette"}
	case m.Query.Filter == inbox.FilterDone || m.Query.Filter == inbox.FilterSnoozed:
		return []string{"open", "done", "read", "search", "palette"}
	}
	return []string{"open", "reply", "link", "done", "snooze", "palette"}
}

// line draws it.
func (m footer) line(w int) string {
	th := m.Look.Theme
	m.pointer.Footer = m.pointer.Footer[:0]
	said, key, label := m.Said()
	if key != "" && m.Overlaid() != nil {
		said = "" // its key would be typed into what lies over the screen
	}
	if said != "" {
		tail := ""
		if key != "" {
			tail = "   " + key + " " + label + " " + m.Say(i18n.UndoLeft, "N", m.SaidFor())
		}
		if m.Look.Cells.Width(tail) > w/2 {
			tail = ""
		}
		text := m.Look.Cut(" "+said, w-m.Look.Cells.Width(tail))
		rest := w - m.Look.Cells.Width(text) - m.Look.Cells.Width(tail)
		if tail != "" {
			m.spot("undo", m.Look.Cells.Width(text), m.Look.Cells.Width(tail))
		}
		return th.Text.Paint(text) + th.Accent.Paint(tail) + look.Blank(rest)
	}
	if hint := m.typing(); hint != "" {
		return th.Muted.Paint(m.Look.Fit(" "+hint, w))
	}
	help := m.KeyOf("help") + " " + m.Say(i18n.CommandLabel("help"))
	room := w - 1 - m.Look.Cells.Width(help) - 1
	var b strings.Builder
	used := 0
	b.WriteString(" ")
	if n := m.inbox.List.Chosen(); n > 0 && m.Focus == screen.PaneList {
		text := m.Look.Cut(m.Say(i18n.ChosenMany, "N", look.Thousands(n))+"   ", max(0, room))
		b.WriteString(th.Accent.Paint(text))
		used = m.Look.Cells.Width(text)
	}
	for _, id := range m.ids() {
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
		m.spot(id, 1+used, n-1)
		used += n
	}
	if room < 0 {
		return look.Blank(w)
	}
	b.WriteString(th.Muted.Paint(help))
	m.spot("help", 1+used, m.Look.Cells.Width(help))
	return b.String() + look.Blank(w-1-used-m.Look.Cells.Width(help))
}

// spot says where a command stands.
func (m footer) spot(id string, x, w int) {
	m.pointer.Footer = append(m.pointer.Footer, mouse.Spot{X: x, W: w, ID: id})
}

// typing are the keys that do not stand for themselves while something lies over the
// screen or text is typed; empty otherwise. The composer says its own.
func (m footer) typing() string {
	if _, ok := m.Overlaid().(*overlay.Form); ok {
		return m.Say(i18n.FormKeys)
	}
	if keys := m.crm.Keys(); keys != "" {
		return keys
	}
	switch {
	case m.Overlaid() != nil:
		return m.Say(i18n.OverlayKeys)
	case m.writer.Box.IsOpen() && m.snippets.Hint() != "":
		return m.snippets.Hint()
	case m.writer.Box.IsOpen():
		return m.KeyOf("palette") + " " + m.Say(i18n.CommandLabel("palette"))
	}
	return ""
}
