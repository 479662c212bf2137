package sandboxtest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Event is one event of an envelope, as far as tests need it.
type Event struct {
	Sender, Recipient *struct {
		ID string `json:"id"`
	}
	Timestamp int64
	Message   *Message
	Delivery  *struct {
		MIDs      []string
		Watermark int64
	}
	Read   *struct{ Watermark int64 }
	Policy *struct{ Action, Reason string } `json:"policy_enforcement"`
}

// Message is a message, or the echo of one.
type Message struct {
	IsEcho      bool        `json:"is_echo"`
	AppID       json.Number `json:"app_id"`
	Metadata    string
	MID, Text   string
	QuickReply  *struct{ Payload string } `json:"quick_reply"`
	ReplyTo     *struct{ MID string }     `json:"reply_to"`
	Attachments []struct{ Payload struct{ URL string } }
	Referral    *struct{ Source string }
}

// IsEcho reports whether an event is the echo of a message of the Page.
func IsEcho(e Received) bool { return e.Message != nil && e.Message.IsEcho }

// IsMessage reports whether an event is a customer's message.
func IsMessage(e Received) bool { return e.Message != nil && !e.Message.IsEcho }

// IsDelivery reports whether an event says that messages were delivered.
func IsDelivery(e Received) bool { return e.Delivery != nil }

// IsRead reports whether an event says that a customer has read.
func IsRead(e Received) bool { return e.Read != nil }

// Texts returns the texts of messages, each followed by a |.
func Texts(list []Received) string {
	var b strings.Builder
	for _, e := range list {
		fmt.Fprintf(&b, "%s|", e.Message.Text)
	}
	return b.String()
}
