package store

import (
	"time"

	"parley/model"
)

// MessageReader reads the messages of conversations.
type MessageReader interface {
	Message(id model.MessageID) (Message, error)
	// MessageByMID returns the message with that mid, also if the mid is of an earlier attempt.
	MessageByMID(page model.PageID, mid model.MID) (Message, error)
	// Messages returns the newest messages before the cursor, oldest first, and the cursor for
	// those before them, "" at the beginning. It leaves out lines about CRM records that the
	// viewer may not see.
	Messages(conversation model.ConversationID, before string, limit int, viewer Viewer) ([]Message, string, error)
	// Outgoing returns the conversation's outgoing messages with one of these states and a Meta
	// time not after until.
	Outgoing(conversation model.ConversationID, until time.Time, states ...model.State) ([]Message, error)
	// CountUnread counts incoming messages after the mark.
	CountUnread(conversation model.ConversationID, mark Mark) (int, error)
	// AnsweredSince reports whether somebody other than that user sent the customer an answer
	// (neither failed nor dropped) that was first stored after that seq.
	AnsweredSince(conversation model.ConversationID, user model.UserID, seq int64) (bool, error)
	// Newest returns the conversation's last message by order with FirstSeq at most upTo; 0
	// means any. It skips lines about CRM records.
	Newest(conversation model.ConversationID, upTo int64) (Message, error)
	// NewestSaid returns the conversation's last message by order between customer and Page
	// ([model.Message.Said]).
	NewestSaid(conversation model.ConversationID) (Message, error)
	// NewestIn returns the conversation's last incoming message by order.
	NewestIn(conversation model.ConversationID) (Message, error)
}

// MessageWriter changes the messages of a Page.
type MessageWriter interface {
	// PutMessage stores a message, and sets FirstSeq if it is new. A MID that another message
	// of the Page has is [ErrConflict].
	PutMessage(m *Message) error
	RemoveMessage(id model.MessageID) error
}

// Message is a message with its place in the conversation.
type Message struct {
	model.Message
	// Order is Meta's time. For a reply that Meta has not timed, it is a time after everything
	// that its writer had seen. FirstSeq breaks ties.
	Order    time.Time
	FirstSeq int64
	// MetaTime: Order is Meta's time.
	MetaTime bool
	// Number, with FirstSeq, is the place in line of what a user wrote; 0 if it is not from a
	// user of ours, or older than these numbers.
	Number int64 `json:",omitempty"`
	// EditNumber is the number of the edit shown, 0 for none.
	EditNumber int
	// ReactedAt is Meta's time of the newest reaction event applied, by who reacted.
	ReactedAt map[model.AuthorKind]time.Time
}

// About returns the CRM record that the message is a line about, nil if it is none.
func (m Message) About() *model.RecordRef {
	if m.Event == nil || m.Event.Record == nil {
		return nil
	}
	r := m.Event.Record.Ref()
	return &r
}

// Mark returns the message's place.
func (m Message) Mark() Mark { return Mark{Order: m.Order, FirstSeq: m.FirstSeq} }
