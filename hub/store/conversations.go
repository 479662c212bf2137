package store

import (
	"time"

	"parley/model"
)

// ConversationReader reads single conversations; [ListReader] reads lists of them.
type ConversationReader interface {
	Conversation(id model.ConversationID) (Conversation, error)
	// ConversationsBeginning returns the conversations of a Page whose id begins with that text,
	// by id, at most limit.
	ConversationsBeginning(page model.PageID, id string, limit int) ([]Conversation, error)
	// Nameless returns conversations whose customer has no name and whose profile was not asked
	// for since before, those asked for longest ago first.
	Nameless(before time.Time, limit int) ([]Conversation, error)
}

// ConversationWriter changes conversations; [DeletionWriter] deletes them.
type ConversationWriter interface {
	PutConversation(c *Conversation) error
}

// Conversation is a conversation with what only the hub knows about it. Its Reply, Links and
// the assignee's name are filled in when it is read.
type Conversation struct {
	model.Conversation
	// OpenedAt is Meta's time of the newest event that opened the reply window.
	OpenedAt time.Time
	// EnteredAt is Meta's time of the event that Entry comes from.
	EnteredAt time.Time
	// InboundAt is Meta's time of the customer's newest event.
	InboundAt time.Time
	// UnreachableAt is the InboundAt at the time when Meta said that the customer can't be
	// reached.
	UnreachableAt time.Time
	// OtherAppAt is Meta's time of the event that last said who holds the thread.
	OtherAppAt time.Time
	// DeliveredUpTo and ReadUpTo are the customer's watermarks, in Meta's time.
	DeliveredUpTo time.Time
	ReadUpTo      time.Time
	// ReadMark is up to where the team has read.
	ReadMark Mark
	// ProfileAt is when the customer's profile was last asked for; zero if never.
	ProfileAt time.Time
	// Posted is the place in line of the reply that was last handed to Meta.
	Posted LinePlace
}

// LinePlace is a place in the line of what users wrote in a conversation, ordered by Number,
// then Seq, a message's first seq.
type LinePlace struct {
	Number int64
	Seq    int64
}

// Mark is a place in the order of a conversation's messages, by Order, then FirstSeq.
type Mark struct {
	Order    time.Time
	FirstSeq int64
}
