package messenger

import (
	"parley/sandbox/meta"
	"parley/sandbox/webhooks"
	"parley/sandbox/world"
)

// Wording is what a customer writes.
type Wording struct {
	Text        string
	Attachments []meta.Attachment
	MID         string // "" for a new one
	At          int64  // 0 for now
	QuickReply  string
	ReplyTo     string
	Referral    *meta.Referral
	Standby     bool
}

// Write makes a customer write: the message is recorded, opens the window and is sent as a
// webhook. A mid that exists already is only sent again.
func (s *Messenger) Write(c *world.Customer, w Wording) (mid string) {
	s.world.Do(func(st *world.State) {
		if w.At == 0 {
			w.At = s.nowMS()
		}
		if w.MID == "" {
			w.MID = st.NextMID(c.PSID, w.At)
		}
		c.Came(w.Referral)
		if st.Message(w.MID) == nil {
			st.Record(&world.Message{MID: w.MID, Owner: c, Text: w.Text, ReplyTo: w.ReplyTo, Attachments: w.Attachments, At: w.At})
		}
		e := s.messageEvent(st, c, w)
		if w.Standby {
			e.Standby()
		}
		s.hooks.Emit(e)
	})
	return w.MID
}

// messageEvent returns the webhook of a customer's message.
func (s *Messenger) messageEvent(st *world.State, c *world.Customer, w Wording) *webhooks.Event {
	m := &meta.Message{MID: w.MID, Text: w.Text, Attachments: w.Attachments, Referral: w.Referral}
	if w.QuickReply != "" {
		m.QuickReply = &meta.QuickReply{Payload: w.QuickReply}
	}
	if w.ReplyTo != "" {
		own := st.Message(w.ReplyTo)
		m.ReplyTo = &meta.ReplyTo{MID: w.ReplyTo, IsSelfReply: own != nil && !own.FromPage}
	}
	return s.hooks.NewEvent(c.PSID, "messages", meta.Messaging{
		Sender: customer(c.PSID), Recipient: s.page(), Timestamp: w.At, Message: m,
	})
}

// Amend edits a customer's message.
func (s *Messenger) Amend(mid, text string) {
	s.world.Do(func(st *world.State) {
		m := st.Message(mid)
		m.Text = text
		s.hooks.Emit(s.hooks.NewEvent(m.Owner.PSID, "message_edits", meta.Messaging{
			Sender: customer(m.Owner.PSID), Recipient: s.page(), Timestamp: s.nowMS(),
			Edit: &meta.Edit{MID: m.MID, Text: text, NumEdit: 1},
		}))
	})
}

// React lets a customer react to a message, which opens the window too.
func (s *Messenger) React(m *world.Message, name, emoji string) {
	s.world.Do(func(*world.State) {
		at := s.nowMS()
		m.Reaction = emoji
		m.Owner.WindowFrom = max(m.Owner.WindowFrom, at)
		s.hooks.Emit(s.hooks.NewEvent(m.Owner.PSID, "message_reactions", meta.Messaging{
			Sender: customer(m.Owner.PSID), Recipient: s.page(), Timestamp: at,
			Reaction: &meta.Reaction{MID: m.MID, Action: "react", Emoji: emoji, Reaction: name},
		}))
	})
}

// Start makes a customer press Get Started, after an m.me link.
func (s *Messenger) Start(c *world.Customer, ref string) {
	s.world.Do(func(st *world.State) {
		at := s.nowMS()
		mid := st.NextMID(c.PSID, at)
		by := &meta.Referral{Ref: ref, Source: "SHORTLINK", Type: "OPEN_THREAD"}
		c.Came(by)
		st.Record(&world.Message{MID: mid, Owner: c, Text: "Get Started", At: at})
		s.hooks.Emit(s.hooks.NewEvent(c.PSID, "messaging_postbacks", meta.Messaging{
			Sender: customer(c.PSID), Recipient: s.page(), Timestamp: at,
			Postback: &meta.Postback{MID: mid, Title: "Get Started", Payload: "GET_STARTED", Referral: by},
		}))
	})
}

// Recount sends the webhooks of an old conversation with its old times.
func (s *Messenger) Recount(c *world.Customer) {
	s.world.Do(func(st *world.State) {
		for _, m := range c.Messages {
			if !m.Old {
				continue // written since, and reported already
			}
			if m.FromPage {
				s.hooks.Emit(s.echoEvent(st, m, ""))
				continue
			}
			s.hooks.Emit(s.messageEvent(st, c, Wording{Text: m.Text, Attachments: m.Attachments, MID: m.MID, At: m.At, ReplyTo: m.ReplyTo}))
		}
	})
}

// Enforce reports a measure of Facebook against the Page.
func (s *Messenger) Enforce(action, reason string) {
	if action == "unblock" {
		reason = ""
	}
	s.hooks.Emit(s.hooks.NewEvent("", "messaging_policy_enforcement", meta.Messaging{
		Recipient: s.page(), Timestamp: s.nowMS(),
		Policy: &meta.Policy{Action: action, Reason: reason},
	}))
}
