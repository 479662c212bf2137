package store

import (
	"time"

	"parley/model"
)

// ReplyReader reads our replies on their way to Meta, and their files.
type ReplyReader interface {
	Reply(id model.MessageID) (Reply, error)
	ReplyByClientID(page model.PageID, user model.UserID, client model.ClientID) (Reply, error)
	// ReplyByToken returns the reply that has an attempt with that token, and the attempt.
	ReplyByToken(page model.PageID, token string) (Reply, Attempt, error)
	// UnsettledReplies returns a conversation's replies that are queued, posting, unknown or
	// asking, in the order of acceptance.
	UnsettledReplies(conversation model.ConversationID) ([]Reply, error)
	// ScheduledReplies returns a conversation's scheduled replies, in the order of acceptance.
	ScheduledReplies(conversation model.ConversationID) ([]Reply, error)
	// RepliesIn returns all replies of a Page in one of these states, in the order of
	// acceptance.
	RepliesIn(page model.PageID, states ...model.State) ([]Reply, error)
	// WaitingPages returns the Pages that have a reply with a WakeAt, ordered by id.
	WaitingPages() ([]model.PageID, error)
	// DueReplies returns a Page's replies in that state whose WakeAt is not after now, oldest
	// first, and when the next one after them is due, zero if none is.
	DueReplies(page model.PageID, state model.State, now time.Time, limit int) ([]Reply, time.Time, error)
	Attempts(reply model.MessageID) ([]Attempt, error)
	// UploadInUse reports whether a reply carries that upload, not counting replies that were
	// dropped before an attempt.
	UploadInUse(upload string) (bool, error)
	// Uploads returns the uploads that a conversation's replies carry.
	Uploads(conversation model.ConversationID) ([]string, error)
}

// ReplyWriter stores the state of replies. It takes no seq.
type ReplyWriter interface {
	// PutReply stores the state of a reply. A client id that the same user used on the Page is
	// [ErrConflict].
	PutReply(r Reply) error
	// PutAttempt stores a new or changed attempt.
	PutAttempt(a Attempt) error
}

// Reply is the state of a reply on its way to Meta. State and attempt are also in its message,
// and kept here so that the queue can be read alone.
type Reply struct {
	MessageID      model.MessageID
	ConversationID model.ConversationID
	// UserID is its writer; it is unique together with ClientID and the Page.
	UserID   model.UserID
	ClientID model.ClientID
	// SentBy is who last asked to send it: its writer, or who sent it again.
	SentBy model.UserID
	// File is the file that the reply carries in place of a text, nil for a text.
	File *File
	// BodyHash identifies the body.
	BodyHash string
	// Number, then AcceptedSeq, the message's first seq, are the order in which the replies of
	// a conversation leave: that of the key presses, by the hub's clock, in microseconds.
	// Replies older than these numbers have 0.
	Number      int64 `json:",omitempty"`
	AcceptedSeq int64
	// AcceptedAt is when the hub accepted it, or a person sent it again.
	AcceptedAt time.Time
	// SendAt is for when it is scheduled, and SeenSeq the highest seq of the Page that its writer
	// had seen; both zero if it is not, or a person sent it since.
	SendAt  time.Time `json:",omitzero"`
	SeenSeq int64     `json:",omitempty"`
	State   model.State
	Attempt int
	// Token is the current attempt's token, which Meta echoes.
	Token string
	// AttemptAt is when the attempt was committed, LeaseUntil when its outcome counts as
	// unknown at the latest.
	AttemptAt  time.Time
	LeaseUntil time.Time
	// UncertainSince is when the first attempt of unknown outcome was committed; zero if there
	// is none.
	UncertainSince time.Time
	// Checks is how many checks of an unknown outcome are done, CheckedAt when one was last
	// answered.
	Checks    int
	CheckedAt time.Time
	// Failures counts attempts that certainly wrote nothing, for the backoff.
	Failures int
	// WakeAt is when it must be looked at again; zero if it waits for something else.
	WakeAt time.Time
}

// File is a file that a reply carries.
type File struct {
	// Upload is the id of the upload, Name the name that its sender gave it.
	Upload string
	Name   model.Untrusted
	Kind   string
	Media  string
	Size   int64
	// MetaID is Meta's id of it and MetaAt when Meta accepted it; empty before.
	MetaID string
	MetaAt time.Time
	// Tries counts failed uploads to Meta, Said is what Meta last answered, if anything.
	Tries int
	Said  model.Untrusted
}

// Attempt is one call that hands a reply to Meta.
type Attempt struct {
	MessageID model.MessageID
	Number    int
	Token     string
	At        time.Time
	// MID is Meta's id of the message that this attempt became, if known.
	MID model.MID
}
