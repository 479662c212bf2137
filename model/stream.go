package model

import (
	"encoding/json"
	"time"
)

// Subprotocol is the websocket subprotocol of version 1.
const Subprotocol = "parley.v1"

// ReloadBeyond is how many changes a client may be behind. Beyond that it reloads the lists
// instead of being sent each change.
const ReloadBeyond = 5000

// Position is a user's position in a Page's stream. The epoch changes with the store, the
// installation and each loss of the user's access.
type Position struct {
	Epoch string `json:"epoch"`
	Seq   int64  `json:"seq"`
	// Proof is what the hub sent with the change of that seq. Returning it proves that the
	// client followed this stream: a store restored from an older copy may have passed the
	// same seq with other changes. Older clients send none.
	Proof string `json:"proof,omitempty"`
}

// AsOf maps each Page to its stream's position when a list was read; both were read in one
// transaction.
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

// Hello is the client's first frame, and may be sent again at any time. It names the
// position to resume each Page from; a later hello repositions only the Pages that it names.
type Hello struct {
	Type   FrameType           `json:"type"`
	Resume map[PageID]Position `json:"resume"`
}

// How a Page resumes after hello.
const (
	ResumeOK     = "ok"     // batches follow from the given position
	ResumeReload = "reload" // the client must reload the lists; nothing follows until the next hello
)

// Welcome answers hello. Pages holds every Page whose content the user may see.
type Welcome struct {
	Type  FrameType              `json:"type"`
	Now   time.Time              `json:"now"`
	User  User                   `json:"user"`
	Pages map[PageID]WelcomePage `json:"pages"`
	// FeedbackURL is where users can report what they miss; empty: nowhere.
	FeedbackURL Untrusted `json:"feedback_url,omitempty"`
}

// WelcomePage is one Page of a [Welcome].
type WelcomePage struct {
	Epoch  string `json:"epoch"`
	Seq    int64  `json:"seq"` // the head
	Resume string `json:"resume" enum:"ok,reload"`
	// Anew: the client's copy is of another stream, though the epoch is the same. The client
	// drops it before it reloads.
	Anew bool `json:"anew,omitempty"`
}

// Batch holds all changes of one Page in the range (From, To] that this user may see.
type Batch struct {
	Type   FrameType `json:"type"`
	Page   PageID    `json:"page"`
	From   int64     `json:"from"`
	To     int64     `json:"to"`
	Events []Change  `json:"events"`
	// Proof is the [Position]'s proof at To.
	Proof string `json:"proof,omitempty"`
}

// ChangeKind says which object changed.
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

// Change is one change of a Page. Object is as of the writing of the frame, which may be
// newer than Seq.
type Change struct {
	Seq    int64           `json:"seq"`
	Kind   ChangeKind      `json:"kind"`
	Object json.RawMessage `json:"object"`
}

// Removed is the object of [ChangeRemoved]: the id of a removed message or conversation.
type Removed struct {
	ID string `json:"id"`
}

// LinkChange is the object of [ChangeLink]: all records now linked to a conversation that
// this user may see. It replaces the links that the client holds.
type LinkChange struct {
	Conversation ConversationID `json:"conversation_id"`
	Links        []Link         `json:"links"`
}

// Heads carries the hub's time and each Page's newest seq, every 15 seconds.
type Heads struct {
	Type  FrameType        `json:"type"`
	Now   time.Time        `json:"now"`
	Pages map[PageID]int64 `json:"pages"`
}

// Access says that the user's access to a Page changed; it has no seq.
type Access struct {
	Type       FrameType  `json:"type"`
	Page       PageID     `json:"page"`
	Sees       bool       `json:"sees"`
	Visibility Visibility `json:"visibility"`
}

// UserChanged carries a colleague's new profile and availability to everybody; it has no
// seq.
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
	// Active: typing or looking now; false: no longer.
	Active bool `json:"active"`
}
