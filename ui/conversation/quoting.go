package conversation

import (
	tea "charm.land/bubbletea/v2"

	"parley/i18n"
)

// Quote begins a reply to the selected message, or has the one being written quote it.
func (m *Writer) Quote() tea.Cmd {
	msg, _ := m.of.Thread.Selected()
	m.Quotes[m.Shown] = msg.ID
	return m.openBox(false)
}

// Unquote takes away what the reply being written quotes, and tells whether there was
// anything.
func (m *Writer) Unquote() bool {
	id := m.Box.Conversation()
	if m.Box.Note() || m.Quotes[id] == "" {
		return false
	}
	delete(m.Quotes, id)
	m.setVerdict()
	return true
}

// quoted says which message the reply being written quotes; nothing for none.
func (m *Writer) quoted() string {
	id := m.Box.Conversation()
	of := m.Quotes[id]
	if of == "" || m.Box.Note() {
		return ""
	}
	t, _ := m.Inbox.Thread(id)
	for i := len(t.Messages) - 1; i >= 0; i-- {
		if msg := &t.Messages[i]; msg.ID == of {
			return m.Say(i18n.QuoteOf, "Name", m.of.wrote(msg), "Text", m.of.Thread.Gist(msg))
		}
	}
	return m.Say(i18n.ThreadEarlier)
}
