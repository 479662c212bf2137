package model

import (
	"encoding/json"
	"time"
)

// Subprotocol is the websocket subprotocol of version 1.
const Subprotocol = "parley.v1"

// ReloadBeyond is how many changes a client may be behind before it has to read the
// lists anew instead of being sent each change.
const ReloadBeyond = 5000

// Position is where a Page's stream stands for one user: the epoch changes with the
// store, the installation and each loss of the user's access.
type Position struct {
	Epoch string `json:"epoch"`
	Seq   int64  `json:"seq"`
	// Proof is what the hub gave with the change of that seq. A client that hands it back
	// proves that the stream is still the one that it followed: one that was put back to
	// an earlier copy may have come past the same seq with other changes. Clients of
	// before have none.
	Proof string `json:"proof,omitempty"`
}

// AsOf is where each Page's stream stood when a list was read, in one transaction
// with the list.
type AsOf map[PageID]Position

// FrameType names a frame of the stream.
type FrameType string

// The frames of the stream.
const (
	FrameHello    FrameType = "hello"
	FrameWelcome  FrameType = "welcome"
	FrameBatch    FrameType = "batch"
	FrameHeads    FrameType = "heads"
	FrameAccess   FrameType = "access"
	FrameUser     FrameType = "user"
	FrameTyping   FrameType = "typing"
	FramePresence FrameType = "presence"
)

// Hello is what a client sends first, and again at any time: from where it wants each
// Page that it names. A later one repositions only those.
type Hello struct {
	Type   FrameType           `json:"type"`
	Resume map[PageID]Position `json:"resume"`
}

// How a Page goes on after hello.
const (
	ResumeOK     = "ok"     // batches follow from the position named
	ResumeReload = "reload" // the lists have to be read; nothing follows until the next hello
)

// Welcome answers hello: every Page whose content the user may see.
type Welcome struct {
	Type  FrameType              `json:"type"`
	Now   time.Time              `json:"now"`
	User  User                   `json:"user"`
	Pages map[PageID]WelcomePage `json:"pages"`
	// FeedbackURL is where users say what they miss; empty: nowhere.
	FeedbackURL Untrusted `json:"feedback_url,omitempty"`
}

// WelcomePage is one Page of a [Welcome].
type WelcomePage struct {
	Epoch  string `json:"epoch"`
	Seq    int64  `json:"seq"` // the head
	Resume string `json:"resume" enum:"ok,reload"`
	// Anew: what the client holds is of another stream, though its epoch is the same. It
	// is dropped before the lists are read.
	Anew bool `json:"anew,omitempty"`
}

// Batch holds the changes of one Page in the range (From, To]: all of them that this
// user may be told.
type Batch struct {
	Type   FrameType `json:"type"`
	Page   PageID    `json:"page"`
	From   int64     `json:"from"`
	To     int64     `json:"to"`
	Events []Change  `json:"events"`
	// Proof is that of the [Position] that To is.
	Proof string `json:"proof,omitempty"`
}

// ChangeKind says what a [Change] is about.
type ChangeKind string

// The kinds of change.
const (
	ChangeMessage      ChangeKind = "message"
	ChangeConversation ChangeKind = "conversation"
	ChangePage         ChangeKind = "page"
	ChangeLink         ChangeKind = "link"
	ChangeNotice       ChangeKind = "notice"
	ChangeRemoved      ChangeKind = "removed"
)

// Change is one change of a Page: the object as it was when the frame was written,
// which may be newer than Seq.
type Change struct {
	Seq    int64           `json:"seq"`
	Kind   ChangeKind      `json:"kind"`
	Object json.RawMessage `json:"object"`
}

// Removed is the object of [ChangeRemoved]: the id of a message or a conversation
// that is gone.
type Removed struct {
	ID string `json:"id"`
}

// LinkChange is the object of [ChangeLink]: the records that a conversation is linked to
// now, those that this user may see. It takes the place of the links held.
type LinkChange struct {
	Conversation ConversationID `json:"conversation_id"`
	Links        []Link         `json:"links"`
}

// Heads tells, every 15 seconds, the hub's time and each Page's newest seq.
type Heads struct {
	Type  FrameType        `json:"type"`
	Now   time.Time        `json:"now"`
	Pages map[PageID]int64 `json:"pages"`
}

// Access tells that a user's sight of a Page changed; it is outside the log.
type Access struct {
	Type       FrameType  `json:"type"`
	Page       PageID     `json:"page"`
	Sees       bool       `json:"sees"`
	Visibility Visibility `json:"visibility"`
}

// UserChanged tells everybody, outside the log, how a colleague is known from now on:
// whether they are available.
type UserChanged struct {
	Type FrameType `json:"type"`
	User Colleague `json:"user"`
}

// Ephemeral is a frame without seq that may get lost: typing, presence.
type Ephemeral struct {
	Type         FrameType      `json:"type"`
	Page         PageID         `json:"page"`
	Conversation ConversationID `json:"conversation"`
	User         UserRef        `json:"user"`
	// Active: typing or looking now; false: no more.
	Active bool `json:"active"`
}
