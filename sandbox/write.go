package sandbox

import (
	"encoding/json"
	"strconv"
)

// wording is what a customer writes.
type wording struct {
	text        string
	attachments []attachment
	mid         string // "" for a new one
	at          int64  // 0 for now
	quickReply  string
	replyTo     string
	referral    *referral
	standby     bool
}

// write makes a customer write: the message stands in the conversation, opens
// the window and goes out as a webhook. A mid that is there already is only sent
// once more. mu held.
func (s *Sandbox) write(c *customer, w wording) string {
	if w.at == 0 {
		w.at = s.nowMS()
	}
	if w.mid == "" {
		w.mid = s.nextMID(c.psid, w.at)
	}
	c.came(w.referral)
	if s.world.messages[w.mid] == nil {
		s.record(&message{mid: w.mid, owner: c, text: w.text, replyTo: w.replyTo, attachments: w.attachments, at: w.at})
	}
	e := s.messageEvent(c, w)
	e.standby = w.standby
	if w.standby {
		e.field = "standby"
	}
	s.emit(e)
	return w.mid
}

// messageEvent is the webhook of a customer's message. mu held.
func (s *Sandbox) messageEvent(c *customer, w wording) *event {
	m := &wireMessage{MID: w.mid, Text: w.text, Attachments: w.attachments, Referral: w.referral}
	if w.quickReply != "" {
		m.QuickReply = &quickReply{Payload: w.quickReply}
	}
	if w.replyTo != "" {
		own := s.world.messages[w.replyTo]
		m.ReplyTo = &quoted{MID: w.replyTo, IsSelfReply: own != nil && !own.fromPage}
	}
	return s.newEvent(c.psid, "messages", inner{
		Sender: &party{c.psid}, Recipient: &party{s.info.PageID}, Timestamp: w.at, Message: m,
	})
}

// amend edits a customer's message. mu held.
func (s *Sandbox) amend(m *message, text string) {
	m.text = text
	s.emit(s.newEvent(m.owner.psid, "message_edits", inner{
		Sender: &party{m.owner.psid}, Recipient: &party{s.info.PageID}, Timestamp: s.nowMS(),
		Edit: &edit{MID: m.mid, Text: text, NumEdit: 1},
	}))
}

// react lets a customer react to a message, which opens the window too. mu held.
func (s *Sandbox) react(m *message, name, emoji string) {
	at := s.nowMS()
	m.reaction = emoji
	m.owner.windowFrom = max(m.owner.windowFrom, at)
	s.emit(s.newEvent(m.owner.psid, "message_reactions", inner{
		Sender: &party{m.owner.psid}, Recipient: &party{s.info.PageID}, Timestamp: at,
		Reaction: &reaction{MID: m.mid, Action: "react", Emoji: emoji, Reaction: name},
	}))
}

// start is a customer pressing Get Started, come by an m.me link. mu held.
func (s *Sandbox) start(c *customer, ref string) {
	at := s.nowMS()
	mid := s.nextMID(c.psid, at)
	by := &referral{Ref: ref, Source: "SHORTLINK", Type: "OPEN_THREAD"}
	c.came(by)
	s.record(&message{mid: mid, owner: c, text: "Get Started", at: at})
	s.emit(s.newEvent(c.psid, "messaging_postbacks", inner{
		Sender: &party{c.psid}, Recipient: &party{s.info.PageID}, Timestamp: at,
		Postback: &postback{MID: mid, Title: "Get Started", Payload: "GET_STARTED", Referral: by},
	}))
}

// enforce tells of a measure that Facebook takes against the Page. mu held.
func (s *Sandbox) enforce(action, reason string) {
	if action == "unblock" {
		reason = ""
	}
	s.emit(s.newEvent("", "messaging_policy_enforcement", inner{
		Recipient: &party{s.info.PageID}, Timestamp: s.nowMS(),
		Policy: &policy{Action: action, Reason: reason},
	}))
}

// sticker is the attachment of a sticker.
func (s *Sandbox) sticker(id string) attachment {
	number, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		number = likeSticker
	}
	payload, _ := json.Marshal(map[string]any{"url": s.mediaURL("sticker-" + id + ".png"), "sticker_id": number})
	return attachment{Type: "sticker", Payload: payload}
}

// likeSticker is the thumb that the Like button sends.
const likeSticker = 369239263222822

// media is an attachment of another type, on our own address.
func (s *Sandbox) media(kind, name string) attachment {
	payload, _ := json.Marshal(map[string]string{"url": s.mediaURL(name)})
	return attachment{Type: kind, Payload: payload}
}
