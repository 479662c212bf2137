package lines

import (
	"strings"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/model/schedule"
	"parley/model/when"
)

// later asks for a reply that is sent at the time that was typed, within the reply window.
func (m writing) later(id model.ConversationID, text string) {
	r, ok := m.conversation(id)
	if !ok {
		return
	}
	if text == "" {
		m.ask(question{of: id, prompt: m.Say(i18n.LinesLaterAt, "Name", m.Name(r.Customer)) + " ", answer: func(text string) {
			if text = strings.TrimSpace(text); text == "" {
				m.say(m.Say(i18n.LinesAsItWas))
				return
			}
			m.later(id, text)
		}})
		return
	}
	at, ok := when.Parse(text, m.now(), m.Zone)
	if !ok {
		m.say(m.Say(i18n.SnoozeUnclear))
		m.later(id, "")
		return
	}
	if why := m.notThen(r.Conversation, at); why != "" {
		m.sayOf(id, why)
		return
	}
	at = at.UTC().Truncate(time.Second)
	m.reply(id, "", manner{at: &at})
}

// notThen says why a reply can't be sent at a time; empty: it can.
func (m writing) notThen(c model.Conversation, at time.Time) string {
	page, _ := m.inbox.Page(c.PageID)
	refusal := schedule.Check(m.now(), at, page, c, m.inbox.User().ID)
	switch {
	case refusal == nil:
		return ""
	case refusal.Code == model.SendAtBeyond && refusal.Until != nil:
		return m.Say(i18n.CodeUntil(string(refusal.Code)), "Time", m.Moment(m.now(), *refusal.Until))
	}
	return m.Say(i18n.Code(string(refusal.Code)))
}
