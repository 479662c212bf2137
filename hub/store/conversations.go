package store

import (
	"time"

	"parley/model"
)

// ConversationReader reads conversations one by one; [ListReader] reads lists of them.
type ConversationReader interface {
	Conversation(id model.ConversationID) (Conversation, error)
	// Nameless returns conversations whose customer has no name and whose profile
	// was not asked for since before, oldest question first.
	Nameless(before time.Time, limit int) ([]Conversation, error)
}

// ConversationWriter changes conversations; [DeletionWriter] deletes them.
type ConversationWriter interface {
	PutConversation(c *Conversation) error
}

// Conversation is a conversation with what only the hub knows of it. Its Reply,
// Links and Assignee's name are worked out when it is read.
type Conversation struct {
	model.Conversation
	// OpenedAt is Meta's time of the newest event that opened the reply window.
	OpenedAt time.Time
	// EnteredAt is Meta's time of the event that told the Entry.
	EnteredAt time.Time
	// InboundAt is Meta's time of the newest event of the customer.
	InboundAt time.Time
	// UnreachableAt is the InboundAt at which Meta said the customer can't be
	// reached.
	UnreachableAt time.Time
	// OtherAppAt is Meta's time of what last told who holds the thread.
	OtherAppAt time.Time
	// DeliveredUpTo and ReadUpTo are the customer's watermarks, Meta's times.
	DeliveredUpTo time.Time
	ReadUpTo      time.Time
	// ReadMark is up to where the team has read.
	ReadMark Mark
	// ProfileAt is when the customer's profile was last asked for; zero: never.
	ProfileAt time.Time
	// Posted is the place in line of the reply that was handed to Meta last.
	Posted LinePlace
}

// LinePlace is a place in the line of what users wrote in a conversation: Number, then
// Seq, the first seq of a message.
type LinePlace struct {
	Number int64
	Seq    int64
}

// Mark is a place in the order of a conversation's messages: Order, then
// FirstSeq.
type Mark struct {
	Order    time.Time
	FirstSeq int64
}
