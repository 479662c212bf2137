package model

import "time"

// Waiting says who waits in a conversation.
type Waiting string

// Who may wait. Notes, system lines, what was said to or by another app that held the
// thread, and replies that did not arrive decide nothing.
const (
	// WaitsNobody: the Page spoke last.
	WaitsNobody Waiting = "nobody"
	// WaitsCustomer: the customer spoke last.
	WaitsCustomer Waiting = "customer"
	// WaitsReply: a reply asks whether it is to be sent again.
	WaitsReply Waiting = "reply"
)

// Said tells whether a message was said between customer and Page, as far as is known: then
// it decides who waits.
func (m Message) Said() bool {
	return (m.Direction == In || m.Direction == Out) && !m.Standby && !m.Deleted && m.State != Failed && m.State != Dropped
}

// WaitsFor tells who waits once a message was the last that was said.
func WaitsFor(last Message) Waiting {
	if last.Direction == In {
		return WaitsCustomer
	}
	return WaitsNobody
}

// WhoWaits returns who waits, and since when. Where the hub does not tell, the newest message
// does.
func (c Conversation) WhoWaits() (Waiting, *time.Time) {
	switch m := c.LastMessage; {
	case c.Waits != "":
		return c.Waits, c.WaitsSince
	case m == nil:
	case m.Direction == In:
		return WaitsCustomer, &m.SentAt
	case m.State == Ask:
		return WaitsReply, &m.SentAt
	}
	return WaitsNobody, nil
}

// NeedsYou tells whether somebody waits in a conversation now: a customer where it is open,
// and a reply that asks wherever it is.
func (c Conversation) NeedsYou(now time.Time) bool {
	who, _ := c.WhoWaits()
	return who == WaitsReply || who == WaitsCustomer && c.Status != Done && !c.Asleep(now)
}

// Shown is the message that a list shows of a conversation; nil: none.
func (c Conversation) Shown() *Summary {
	if c.LastSaid != nil {
		return c.LastSaid
	}
	return c.LastMessage
}
