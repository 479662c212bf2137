package store

import (
	"time"

	"parley/model"
)

// EventReader reads stored events of Meta.
type EventReader interface {
	// Pending returns events that came before the message they are about, in the order of
	// arrival.
	Pending(page model.PageID, mid model.MID) ([]Pending, error)
	// RawEvent returns an event as it arrived.
	RawEvent(page model.PageID, key string) (RawEvent, error)
}

// EventWriter stores Meta's events. It takes no seq.
type EventWriter interface {
	// KeepRaw stores an event as it arrived. It returns false and stores nothing if an event
	// with that key was stored before: it is how repeated events are recognised.
	KeepRaw(e RawEvent) (bool, error)
	// EmptyRaw erases the content of raw events about the customer's message with that mid,
	// except the event with the key but; the events themselves stay.
	EmptyRaw(customer model.PSID, mid model.MID, but string) error
	AddPending(p Pending) error
	// RemovePending removes what Pending returned.
	RemovePending(page model.PageID, mid model.MID) error
}

// Pending is an event about a message that has not arrived yet.
type Pending struct {
	Page model.PageID
	MID  model.MID
	// Customer is the customer that it concerns; it is removed with their conversation.
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

// Coming is an event of which a transaction is about to ask what is stored.
type Coming struct {
	Customer model.PSID
	// Key is that of the event as it came, MID that of the message that it brings; empty if it brings
	// none.
	Key string
	MID model.MID
}

// AheadReader is a transaction of a Page in an engine that is far away: it reads at once what it
// will be asked one by one. What it answers is the same.
type AheadReader interface {
	ReadAhead(list []Coming) error
}

// ReadAhead tells a transaction what is coming, if it reads ahead.
func ReadAhead(tx PageTx, list []Coming) error {
	if a, ok := tx.(AheadReader); ok {
		return a.ReadAhead(list)
	}
	return nil
}
