package world

import (
	"time"

	"parley/sandbox/meta"
)

// TimeFormat is the control API's format of a time, in UTC.
const TimeFormat = "2006-01-02T15:04:05.000Z07:00"

// Delivered is one message that a customer really got. There is one for each time that Meta
// acted, so a message sent twice is here twice.
type Delivered struct {
	PSID     string `json:"psid"`
	MID      string `json:"mid"`
	Text     string `json:"text"`
	Metadata string `json:"metadata"`
	At       string `json:"at"`
	ReplyTo  string `json:"reply_to"`
	// Attachments are present only when there are any.
	Attachments []meta.Attachment `json:"attachments,omitempty"`
}

// Deliver records that the customer got the message.
func (s *State) Deliver(m *Message) {
	s.delivered = append(s.delivered, Delivered{
		PSID: m.Owner.PSID, MID: m.MID, Text: m.Text, Metadata: m.Metadata,
		At:          time.UnixMilli(m.At).UTC().Format(TimeFormat),
		ReplyTo:     m.ReplyTo,
		Attachments: m.Attachments,
	})
}

// Delivered returns what a customer got, oldest first; all customers if psid is empty.
func (s *State) Delivered(psid string) []Delivered {
	list := []Delivered{}
	for _, d := range s.delivered {
		if psid == "" || d.PSID == psid {
			list = append(list, d)
		}
	}
	return list
}

// Acted is what a customer was shown besides messages: typing, seen, a reaction.
type Acted struct {
	PSID   string `json:"psid"`
	Action string `json:"action"`
	// MID is the message that was reacted to, Reaction the emoji.
	MID      string `json:"mid,omitempty"`
	Reaction string `json:"reaction,omitempty"`
	At       string `json:"at"`
}

// Act records that the customer was shown it now.
func (s *State) Act(a Acted) {
	a.At = time.UnixMilli(s.Now()).UTC().Format(TimeFormat)
	s.acted = append(s.acted, a)
}

// Acted returns what a customer was shown, oldest first; all customers if psid is empty.
func (s *State) Acted(psid string) []Acted {
	list := []Acted{}
	for _, a := range s.acted {
		if psid == "" || a.PSID == psid {
			list = append(list, a)
		}
	}
	return list
}
