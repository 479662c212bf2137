package ui

import (
	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
)

// needsQuotable refuses what can't be quoted: what nobody wrote, and what Facebook has no
// id of.
func (m *Model) needsQuotable() string {
	msg, ok := m.thread.Selected()
	switch {
	case m.Shown == "":
		return m.Say(i18n.WhyNotOpen)
	case !ok, msg.Direction != model.In && msg.Direction != model.Out, msg.Deleted:
		return m.Say(i18n.WhyNoQuote)
	case msg.MID == "":
		return m.Say(i18n.WhyNotYetThere)
	}
	return ""
}

// quote begins a reply to the selected message, or has the one being written quote it.
func (m *Model) quote() tea.Cmd {
	msg, _ := m.thread.Selected()
	m.quotes[m.Shown] = msg.ID
	return m.openBox(false)
}

// unquote takes away what the reply being written quotes, and tells whether there was
// anything.
func (m *Model) unquote() bool {
	id := m.box.Conversation()
	if m.box.Note() || m.quotes[id] == "" {
		return false
	}
	delete(m.quotes, id)
	m.setVerdict()
	return true
}

// quoted says which message the reply being written quotes; nothing for none.
func (m *Model) quoted() string {
	id := m.box.Conversation()
	of := m.quotes[id]
	if of == "" || m.box.Note() {
		return ""
	}
	t, _ := m.Inbox.Thread(id)
	for i := len(t.Messages) - 1; i >= 0; i-- {
		if msg := &t.Messages[i]; msg.ID == of {
			return m.Say(i18n.QuoteOf, "Name", m.wrote(msg), "Text", m.thread.Gist(msg))
		}
	}
	return m.Say(i18n.ThreadEarlier)
}

// wrote names who wrote a message.
func (m *Model) wrote(msg *model.Message) string {
	switch {
	case msg.Author.Kind == model.ByCustomer:
		r, _ := m.Inbox.Conversation(msg.ConversationID)
		return m.Look.Name(r.Customer)
	case msg.Author.Kind == model.ByUser && msg.Author.ID == string(m.Inbox.User().ID):
		return m.Say(i18n.You)
	}
	return m.authorName(msg.Author)
}
