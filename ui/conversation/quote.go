package conversation

import (
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
		return m.Say(i18n.WhyNoQuote)
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
