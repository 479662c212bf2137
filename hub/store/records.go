package store

import (
	"time"

	"parley/model"
)

// Page is an installation with what only the hub knows of it.
type Page struct {
	model.Page
	// SealedToken is the Page's access token, sealed by the hub's key; empty once
	// uninstalled. Never in a log or an answer.
	SealedToken string
	// Token is the token as stores of before sealing hold it; a hub that starts on one
	// seals it.
	Token string `json:",omitempty"`
	// AccessGen counts how often others lost access (shared → private); it is part
	// of their epoch.
	AccessGen int
	// PolicyAt is Meta's time of the newest policy event applied.
	PolicyAt time.Time
	// RateBackoff is the last pause taken without a time from Meta.
	RateBackoff time.Duration
	// Zone is the zone whose days transcripts have, as [model.LoadZone] has them.
	Zone string `json:",omitempty"`
	// SyncLimited: it was told that the CRM's budget of the day is used up, and nothing was
	// written since.
	SyncLimited bool `json:",omitempty"`
	// Imported: all past conversations were brought in.
	Imported bool `json:",omitempty"`
	// History brings them in, until that is done; Gap what was missed meanwhile.
	History *Reading `json:",omitempty"`
	Gap     *Reading `json:",omitempty"`
}

// Reading is how far the threads of a Page's inbox on Facebook were read. It goes through
// them from the most lately updated on, again and again, until nothing changed before it
// while it did.
type Reading struct {
	// ID is another for each reading that is begun or taken up.
	ID string
	// Pass counts how often it goes through, from 1.
	Pass int
	// Since: threads not updated since are not read; zero: all are.
	Since time.Time
	// News: what was written from then on is news, and not history.
	News time.Time
	// Floor: what was written before is not taken; zero: all is.
	Floor time.Time
	// Newest is Meta's time of the most lately updated thread when this pass began.
	Newest time.Time
	// After is Meta's cursor of the stretch being read, Done which threads of it are.
	After string
	Done  []string `json:",omitempty"`
	// Counted: how many threads there are is known; CountAfter is from where to
	// count on, Found how many were counted.
	Counted    bool
	CountAfter string
	Found      int64
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

// Reacting is a reaction of ours on its way to Meta: what its message is to show. It is
// kept until Meta has confirmed or refused it.
type Reacting struct {
	MessageID      model.MessageID
	ConversationID model.ConversationID
	// Number counts the wishes for this message: an outcome counts for its own only.
	Number int
	// UserID is who asked for it last.
	UserID model.UserID
	// Emoji is the reaction; empty: it is to be taken back.
	Emoji model.Untrusted
	// Was is what Meta has confirmed; nil: none.
	Was *model.Reaction
	// At is when it was asked for, WakeAt when it is to be tried.
	At, WakeAt time.Time
	// Uncertain: a try may have arrived. Said is what Meta answered last to such a one;
	// empty: nothing.
	Uncertain bool
	Said      model.Untrusted `json:",omitempty"`
	Tries     int
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

// Attempt is one hand-over of a reply to Meta.
type Attempt struct {
	MessageID model.MessageID
	Number    int
	Token     string
	At        time.Time
	// MID is Meta's id of what this attempt became, when known.
	MID model.MID
}

// Mail is a mail about a notice on its way to the support inbox.
type Mail struct {
	Page   model.PageID
	Notice string
	// MessageID is in its header each time it is sent, so that one that came twice can be
	// told.
	MessageID string
	// QueuedAt is when the hub decided to send it.
	QueuedAt time.Time
	// WakeAt is when it is sent, or sent again; zero: no more.
	WakeAt time.Time
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

// Token is what signs a user in.
type Token struct {
	// Hash is all that is kept of the token itself.
	Hash []byte
	User model.UserID
	At   time.Time
	// UsedAt is when it was last used; zero: never.
	UsedAt time.Time
}

// AuditScope is a part of the audit log: what is about a Page, or, where that is empty,
// about none.
type AuditScope struct {
	Page model.PageID
	// Content: also what was done inside the Page.
	Content bool
}

// SSHKey lets a user in over SSH. A key is one user's.
type SSHKey struct {
	// Fingerprint is SHA256:…, as OpenSSH shows it.
	Fingerprint string
	User        model.UserID
	// Comment is what its owner calls it.
	Comment string
	At      time.Time
}

// Kind says what a row of the log is about.
type Kind string

// The kinds of a row of the log; the object is delivered as it is when it is
// sent.
const (
	KindMessage      Kind = "message"
	KindConversation Kind = "conversation"
	KindPage         Kind = "page"
	KindNotice       Kind = "notice"
	KindRemoved      Kind = "removed"
	// KindLink is a link made or taken away; the row's id is a [LinkID].
	KindLink Kind = "link"
)

// LogRow is one change of a Page.
type LogRow struct {
	Seq  int64
	Kind Kind
	// ID is the object's id; for removed the id of what is gone.
	ID string
	At time.Time
	// Stamp is the row's alone: another store has another at the same seq. Rows of before
	// there were stamps have none.
	Stamp string
}

// Filter is one of the lists of the inbox.
type Filter string

// The filters of the inbox; model.Filter has the same.
const (
	FilterAll        Filter = "all"
	FilterOpen       Filter = "open"
	FilterMine       Filter = "mine"
	FilterUnassigned Filter = "unassigned"
	FilterSnoozed    Filter = "snoozed"
	FilterDone       Filter = "done"
	FilterBlocked    Filter = "blocked"
	FilterWaiting    Filter = "waiting"
)

// PageScope is a Page that a list may show, with what the Page itself says of
// replies at that time.
type PageScope struct {
	ID model.PageID
	// Blocks: the Page refuses every reply.
	Blocks bool
}

// ConversationQuery asks for a page of a list.
type ConversationQuery struct {
	Pages  []PageScope
	Filter Filter
	User   model.UserID // who asks, for mine
	Now    time.Time
	Cursor string
	Limit  int
	// Search is what to look for, for SearchConversations alone.
	Search string
}

// Found is a conversation that a search found.
type Found struct {
	Conversation
	// Hits are the messages found that were stored last, newest first, at most
	// [MaxHits].
	Hits []model.Hit
	// NameSpans are where the customer's name matches.
	NameSpans []model.Span
}

// MaxHits is how many messages of a conversation a search names.
const MaxHits = 3

// CountQuery asks how many conversations each filter holds.
type CountQuery struct {
	Pages []PageScope
	User  model.UserID
	Now   time.Time
}

// Counts is how many conversations each filter holds, and how many of them hold
// something unread.
type Counts struct {
	All        int `json:"all"`
	Open       int `json:"open"`
	Mine       int `json:"mine"`
	Unassigned int `json:"unassigned"`
	Snoozed    int `json:"snoozed"`
	Done       int `json:"done"`
	Blocked    int `json:"blocked"`
	Unread     int `json:"unread"`
	Waiting    int `json:"waiting"`
}

// Figures are what the hub has in hand.
type Figures struct {
	// Replies are those queued, posting, unknown and asking; each state is named.
	Replies map[model.State]int
	// OldestQueued is when the oldest queued reply was accepted; zero where none is.
	OldestQueued time.Time
	// NotUnderstood are events kept raw because they are not understood.
	NotUnderstood int64
}
