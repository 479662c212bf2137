package conversation

import (
	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
)

// NeedsQuotable says why the selected message can't be quoted: it has no author, or no id of
// Facebook's.
func (m *Model) NeedsQuotable() string {
	msg, ok := m.Thread.Selected()
	switch {
	case m.Shown == "":
		return m.Say(i18n.WhyNotOpen)
	case !ok, msg.Direction != model.In && msg.Direction != model.Out, msg.Deleted:
		return m.Say(i18n.WhyNoQuote, "Down", m.KeyOf("down"), "Up", m.KeyOf("up"))
	case msg.MID == "":
		return m.Say(i18n.WhyNotYetThere)
	}
	return ""
}

// authorOf names the author of a message.
func (m *Model) authorOf(msg *model.Message) string {
	switch {
	case msg.Author.Kind == model.ByCustomer:
		r, _ := m.Inbox.Conversation(msg.ConversationID)
		return m.Look.Name(r.Customer)
	case msg.Author.Kind == model.ByUser && msg.Author.ID == string(m.Inbox.User().ID):
		return m.Say(i18n.You)
	}
	return m.authorName(msg.Author)
}

// Quote starts a reply that quotes the selected message, or adds the quote to the one being
// written.
func (m *Writer) Quote() tea.Cmd {
	msg, _ := m.of.Thread.Selected()
	m.Quotes[m.Shown] = msg.ID
	return tea.Batch(m.openBox(false), m.keepDraft())
}

// Unquote removes the quote of the reply being written, and reports whether there was one.
func (m *Writer) Unquote() bool {
	id := m.Box.Conversation()
	if m.Box.Note() || m.Quotes[id] == "" {
		return false
	}
	delete(m.Quotes, id)
	m.setVerdict()
	return true
}

// quoted describes the message that the reply being written quotes; "" if none.
func (m *Writer) quoted() string {
	id := m.Box.Conversation()
	of := m.Quotes[id]
	if of == "" || m.Box.Note() {
		return ""
	}
	t, _ := m.Inbox.Thread(id)
	for i := len(t.Messages) - 1; i >= 0; i-- {
		if msg := &t.Messages[i]; msg.ID == of {
			return m.Say(i18n.QuoteOf, "Name", m.of.authorOf(msg), "Text", m.of.Thread.Gist(msg))
		}
	}
	return m.Say(i18n.ThreadEarlier)
}
