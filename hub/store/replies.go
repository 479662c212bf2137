package store

import (
	"time"

	"parley/model"
)

// ReplyReader reads the replies of our users on their way to Meta, and what they carry.
type ReplyReader interface {
	Reply(id model.MessageID) (Reply, error)
	ReplyByClientID(page model.PageID, user model.UserID, client model.ClientID) (Reply, error)
	// ReplyByToken finds the reply of which an attempt carried that token, and which
	// attempt it was.
	ReplyByToken(page model.PageID, token string) (Reply, Attempt, error)
	// UnsettledReplies returns a conversation's replies that are queued, posting,
	// unknown or asking, in the order of acceptance.
	UnsettledReplies(conversation model.ConversationID) ([]Reply, error)
	// RepliesIn returns all replies of a Page in one of these states, in the order
	// of acceptance.
	RepliesIn(page model.PageID, states ...model.State) ([]Reply, error)
	// WaitingPages returns the Pages that have a reply with a WakeAt, by id.
	WaitingPages() ([]model.PageID, error)
	// DueReplies returns a Page's replies in that state whose WakeAt is not after now,
	// oldest first; and when the next one after them is due, zero if none is.
	DueReplies(page model.PageID, state model.State, now time.Time, limit int) ([]Reply, time.Time, error)
	Attempts(reply model.MessageID) ([]Attempt, error)
	// UploadInUse tells whether a reply carries that upload, but for those that were given up
	// before any of them left.
	UploadInUse(upload string) (bool, error)
	// Uploads returns what the replies of a conversation carry.
	Uploads(conversation model.ConversationID) ([]string, error)
}

// ReplyWriter keeps how replies stand. None of it takes a seq.
type ReplyWriter interface {
	// PutReply stores how a reply stands. A client id that the same user used on the
	// Page is [ErrConflict].
	PutReply(r Reply) error
	// PutAttempt stores an attempt, or what is now known of it.
	PutAttempt(a Attempt) error
}

// Reply is how a reply of one of our users stands on its way to Meta. Its state
// and attempt are those of its message, kept here too so that the queue can be
// read alone.
type Reply struct {
	MessageID      model.MessageID
	ConversationID model.ConversationID
	// UserID wrote it; with ClientID and the Page it is unique.
	UserID   model.UserID
	ClientID model.ClientID
	// SentBy last asked to send it: its writer, or who resent it.
	SentBy model.UserID
	// File is what the reply carries in place of a text; nil: a text.
	File *File
	// BodyHash is the same for the same body.
	BodyHash string
	// Number and then AcceptedSeq, the message's first seq, are the order in which the
	// replies of a conversation leave: that of the key presses, by the hub's clock, in
	// microseconds. 0: of before there were numbers.
	Number      int64 `json:",omitempty"`
	AcceptedSeq int64
	// AcceptedAt is when the hub took it, or a person sent it again.
	AcceptedAt time.Time
	State      model.State
	Attempt    int
	// Token is the attempt's own, which Meta echoes.
	Token string
	// AttemptAt is when the attempt was committed; LeaseUntil when its outcome
	// counts as unknown at the latest.
	AttemptAt  time.Time
	LeaseUntil time.Time
	// UncertainSince is when the first attempt was committed of which nobody could tell
	// whether it arrived; zero: none.
	UncertainSince time.Time
	// Checks is how many checks of an unknown outcome are done, CheckedAt when one
	// was last answered.
	Checks    int
	CheckedAt time.Time
	// Failures counts attempts of which nothing was written, for the back-off.
	Failures int
	// WakeAt is when somebody must look at it again; zero: not by time.
	WakeAt time.Time
}

// File is a file that a reply carries.
type File struct {
	// Upload names it among the uploads; Name is what its sender calls it.
	Upload string
	Name   model.Untrusted
	Kind   string
	Media  string
	Size   int64
	// MetaID is Meta's id of it and MetaAt when Meta took it; empty: not yet.
	MetaID string
	MetaAt time.Time
	// Tries counts how often it was handed to Meta in vain; Said is what Meta answered last,
	// empty where it did not.
	Tries int
	Said  model.Untrusted
}

// Attempt is one hand-over of a reply to Meta.
type Attempt struct {
	MessageID model.MessageID
	Number    int
	Token     string
	At        time.Time
	// MID is Meta's id of what this attempt became, when known.
	MID model.MID
}
