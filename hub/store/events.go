package store

import (
	"time"

	"parley/model"
)

// EventReader reads the events of Meta that are kept.
type EventReader interface {
	// Pending returns what came before the message it is about, in order of coming.
	Pending(page model.PageID, mid model.MID) ([]Pending, error)
	// RawEvent returns an event as it came.
	RawEvent(page model.PageID, key string) (RawEvent, error)
}

// EventWriter keeps the events of Meta. None of it takes a seq.
type EventWriter interface {
	// KeepRaw stores an event as it came. It answers false, and stores nothing,
	// when an event with that key was stored before: the dedupe.
	KeepRaw(e RawEvent) (bool, error)
	// EmptyRaw forgets what raw events said of the customer's message with that mid, all but
	// the one with that key; that they came is kept.
	EmptyRaw(customer model.PSID, mid model.MID, but string) error
	AddPending(p Pending) error
	// TakePending removes what Pending returned.
	TakePending(page model.PageID, mid model.MID) error
}

// Pending is news about a message that has not come yet.
type Pending struct {
	Page model.PageID
	MID  model.MID
	// Customer is whom it is about; it goes with their conversation.
	Customer model.PSID
	Event    model.Event // Reacted, Edit, Unsend, Feedback, or DeliveredUpTo with that one MID
	At       time.Time
}

// RawEvent is an event as Meta sent it.
type RawEvent struct {
	Page       model.PageID
	Key        string
	Customer   model.PSID
	Name       string
	At         time.Time
	ReceivedAt time.Time
	Body       []byte
	Understood bool
}
