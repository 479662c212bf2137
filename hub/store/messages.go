package store

import (
	"time"

	"parley/model"
)

// MessageReader reads the messages of conversations.
type MessageReader interface {
	Message(id model.MessageID) (Message, error)
	// MessageByMID finds a message by Meta's id, also by that of an earlier attempt.
	MessageByMID(page model.PageID, mid model.MID) (Message, error)
	// Messages returns the newest messages before the cursor, oldest first, and the
	// cursor for those before them; "" at the beginning. A line about a record of the CRM
	// is among them for a viewer who may see the record, and else as if it were not there.
	Messages(conversation model.ConversationID, before string, limit int, viewer Viewer) ([]Message, string, error)
	// Outgoing returns the conversation's messages of direction out whose Meta time
	// is at most until and whose state is one of these.
	Outgoing(conversation model.ConversationID, until time.Time, states ...model.State) ([]Message, error)
	// CountUnread counts messages of direction in that sort after the read mark.
	CountUnread(conversation model.ConversationID, mark Mark) (int, error)
	// AnsweredSince tells whether somebody but that user sent the customer an
	// answer (neither failed nor dropped) that was first stored after that seq.
	AnsweredSince(conversation model.ConversationID, user model.UserID, seq int64) (bool, error)
	// Newest returns the conversation's last message by order, with FirstSeq at
	// most upTo; upTo 0: all of them. Lines about records of the CRM are passed over.
	Newest(conversation model.ConversationID, upTo int64) (Message, error)
	// NewestSaid returns the conversation's last message by order that was said between
	// customer and Page ([model.Message.Said]).
	NewestSaid(conversation model.ConversationID) (Message, error)
	// NewestIn returns the conversation's last message of direction in by order.
	NewestIn(conversation model.ConversationID) (Message, error)
}

// MessageWriter changes the messages of a Page.
type MessageWriter interface {
	// PutMessage stores a message; FirstSeq is set when it is new. A MID that
	// another message of the Page has is [ErrConflict].
	PutMessage(m *Message) error
	RemoveMessage(id model.MessageID) error
}

// Message is a message with its place in the conversation.
type Message struct {
	model.Message
	// Order is Meta's time; for a reply that Meta has not timed, a time after all
	// that its writer had seen. FirstSeq breaks ties.
	Order    time.Time
	FirstSeq int64
	// MetaTime: Order is Meta's.
	MetaTime bool
	// Number is the place in line of what a user wrote, with FirstSeq; 0: it is nobody's of
	// ours, or of before there were numbers.
	Number int64 `json:",omitempty"`
	// EditNumber is the number of the edit shown, 0 for none.
	EditNumber int
	// ReactedAt is Meta's time of the newest reaction event applied, by who reacted.
	ReactedAt map[model.AuthorKind]time.Time
}

// About returns the record of the CRM that the message is a line about; nil: none.
func (m Message) About() *model.RecordRef {
	if m.Event == nil || m.Event.Record == nil {
		return nil
	}
	r := m.Event.Record.Ref()
	return &r
}

// Mark returns the message's place.
func (m Message) Mark() Mark { return Mark{Order: m.Order, FirstSeq: m.FirstSeq} }
