package ui

import (
	"strings"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/overlay"
)

// footerCommands are the ids of the commands that matter now, at most six.
func (m *Model) footerCommands() []string {
	switch {
	case m.focus == panePanel:
		return m.panelCommands()
	case m.focus == paneThread:
		ids := []string{"reply", "link", "back", "done"}
		if _, ok := m.asking(); ok {
			ids = []string{"resend", "drop", "reply", "back"}
		}
		return append(ids, "next_waiting", "palette")
	case m.search.active():
		return []string{"open", "back", "search", "reply", "palette"}
	case m.query.Filter == inbox.FilterDone || m.query.Filter == inbox.FilterSnoozed:
		return []string{"open", "done", "read", "search", "palette"}
	}
	return []string{"open", "reply", "link", "done", "snooze", "palette"}
}

// panelCommands are those that matter in the panel: by what is linked.
func (m *Model) panelCommands() []string {
	r, _ := m.current()
	l, _ := slotOf(r.Links, model.Deal)
	switch {
	case len(r.Links) == 0:
		return []string{"link", "reply", "back", "palette"}
	case l.Type == string(model.Deal):
		return []string{"stage", "won", "lost", "record", "open_record", "back"}
	case l.Type == string(model.Lead):
		return []string{"convert", "record", "open_record", "reply", "back", "palette"}
	}
	return []string{"record", "link", "open_record", "reply", "back", "palette"}
}

// footerLine is the last line: what just happened, or the keys that matter now.
func (m *Model) footerLine(w int) string {
	th := m.look.Theme
	if said, key, label := m.said(); said != "" {
		tail := ""
		if key != "" {
			tail = "   " + key + " " + label
		}
		if m.look.Cells.Width(tail) > w/2 {
			tail = ""
		}
		text := m.look.Cut(" "+said, w-m.look.Cells.Width(tail))
		rest := w - m.look.Cells.Width(text) - m.look.Cells.Width(tail)
		return th.Text.Paint(text) + th.Accent.Paint(tail) + blank(rest)
	}
	if hint := m.typingKeys(); hint != "" {
		return th.Muted.Paint(m.look.Fit(" "+hint, w))
	}
	help := m.keyOf("help") + " " + m.say(i18n.CommandLabel("help"))
	room := w - 1 - m.look.Cells.Width(help) - 1
	var b strings.Builder
	used := 0
	b.WriteString(" ")
	for _, id := range m.footerCommands() {
		c, ok := m.commands.Get(id)
		if !ok || c.Key() == "" {
			continue
		}
		text := c.Key() + " " + m.say(i18n.CommandLabel(id)) + "   "
		n := m.look.Cells.Width(text)
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
		return blank(w)
	}
	b.WriteString(th.Muted.Paint(help))
	return b.String() + blank(w-1-used-m.look.Cells.Width(help))
}

// typingKeys are the keys that do not stand for themselves while something lies over the
// screen or text is typed; empty otherwise. The composer says its own.
func (m *Model) typingKeys() string {
	if _, ok := m.overlaid().(*overlay.Form); ok {
		return m.say(i18n.FormKeys)
	}
	switch {
	case m.crm.picker != nil && m.overlaid() == overlay.Overlay(m.crm.picker.box):
		return m.say(i18n.PickerKeys)
	case m.crm.view != nil && m.overlaid() == overlay.Overlay(m.crm.view.box):
		return m.say(i18n.TranscriptKeys)
	case m.overlaid() != nil:
		return m.say(i18n.OverlayKeys)
	case m.box.IsOpen():
		return m.keyOf("palette") + " " + m.say(i18n.CommandLabel("palette"))
	}
	return ""
}

// keyOf returns the key of a command, empty where it has none.
func (m *Model) keyOf(id string) string {
	c, ok := m.commands.Get(id)
	if !ok {
		return ""
	}
	return c.Key()
}

// explain says an error in the user's words: what happened and what to do.
func (m *Model) explain(err error) string { return m.hub.Explain(err) }

// composing tells whether a text is being typed to be sent.
func (m *Model) composing() bool { return m.box.IsOpen() }

// selected returns the conversation that is selected in the list.
func (m *Model) selected() (inbox.Row, bool) { return m.list.Selected() }
