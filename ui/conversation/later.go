package conversation

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// Later sends the reply that is being written at another time.
type Later struct{ writer *Writer }

// NewLater returns the Later of a writer.
func NewLater(w *Writer) Later { return Later{w} }

// Needs says why there is no reply to send later; empty: there is one.
func (l Later) Needs() string {
	m := l.writer
	switch m.setVerdict(); {
	case m.Box.Conversation() == "":
		return m.Say(i18n.WhyNotOpen)
	case m.Box.Note():
		return m.Say(i18n.LaterNoNote)
	}
	return m.Box.CanSend()
}

// Of returns the conversation of the reply.
func (l Later) Of() model.ConversationID { return l.writer.Box.Conversation() }

// Send sends the reply off, for that time.
func (l Later) Send(at time.Time) tea.Cmd {
	at = at.UTC()
	return sendOff(l.writer, &at)
}

// wasScheduled reports whether a reply waits for its time, or asks because of what happened
// before.
func wasScheduled(m model.Message) bool { return m.SendAt != nil && m.Attempt == 0 }

// givenBack returns the text and the quote of a scheduled reply that was dropped to its writer.
// Its files are at the hub, and stay there.
func (l Later) givenBack(was model.Message) tea.Cmd {
	m := l.writer
	if was.ReplyTo != "" && m.Quotes[was.ConversationID] == "" {
		m.Quotes[was.ConversationID] = was.ReplyTo
	}
	if was.Text == "" || was.Author.ID != string(m.Inbox.User().ID) {
		return nil
	}
	m.Notify(m.Say(i18n.LaterBack))
	return m.giveBack(model.DraftOf{Conversation: was.ConversationID}, safe.Typed(was.Text))
}
