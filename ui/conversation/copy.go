package conversation

import (
	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/ui/screen"
	"parley/ui/term"
)

// message returns the text of the message that a command is about: the selected one, or in the
// list the newest of the selected conversation.
func (m *Model) message() (model.Untrusted, bool) {
	if m.Focus == screen.PaneThread {
		msg, ok := m.Thread.Selected()
		return msg.Text, ok && msg.Text != ""
	}
	r, ok := m.Current()
	if said := r.Shown(); ok && said != nil && said.Text != "" {
		return said.Text, true
	}
	return "", false
}

// NeedsMessage says why no text can be copied; empty: one can.
func (m *Model) NeedsMessage() string {
	if _, ok := m.message(); !ok {
		return m.Say(i18n.WhyNoText)
	}
	return ""
}

// CopyText copies the whole text of a message to the clipboard.
func (m *Model) CopyText() tea.Cmd {
	text, _ := m.message()
	m.Notify(m.Say(i18n.SaidCopied))
	return term.Copy(safe.BodyAll(text).String())
}
