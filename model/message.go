package model

import (
	"time"
	"unicode"
	"unicode/utf8"
)

// Direction says which way a message went.
type Direction string

// The four directions.
const (
	In     Direction = "in"     // from the customer
	Out    Direction = "out"    // to the customer, whoever sent it
	Note   Direction = "note"   // between colleagues; the customer never sees it
	System Direction = "system" // something that happened, worded by who shows it
)

// State is how far a reply is (docs/adr/0004). Customers' messages have none.
type State string

// The states of a reply, in the order it goes through them. Failed, dropped, delivered and
// read are final; ask waits for a person. Scheduled waits for a time, and holds no other up.
const (
	Scheduled State = "scheduled"
	Queued    State = "queued"
	Posting   State = "posting"
	Sent      State = "sent"
	Delivered State = "delivered"
	Read      State = "read"
	Failed    State = "failed"
	Unknown   State = "unknown"
	Ask       State = "ask"
	Dropped   State = "dropped"
)

// Arrived reports whether Meta is known to have the message.
func (s State) Arrived() bool { return s == Sent || s == Delivered || s == Read }

// AuthorKind says what sort of author wrote a message.
type AuthorKind string

// The kinds of author.
const (
	ByCustomer AuthorKind = "customer"
	ByUser     AuthorKind = "user" // a user of this hub
	ByPage     AuthorKind = "page" // somebody in Meta's own inbox, or the Page's automation
	ByApp      AuthorKind = "app"  // another app
)

// Author is who wrote a message.
type Author struct {
	Kind AuthorKind `json:"kind" enum:"customer,user,page,app"`
	Name Untrusted  `json:"name"`
	// ID is the user's id, or the app's; empty for customers and the Page.
	ID string `json:"id,omitempty"`
}

// Attachment is something that hangs on a message.
type Attachment struct {
	// ID names the attachment among all of the hub if it has Media, else among those of its
	// message.
	ID    string    `json:"id" doc:"where there is media, GET /v1/media/{id} answers with the content"`
	Type  string    `json:"type" doc:"Meta's type: image, video, audio, file, sticker, fallback, reel, post, template, location, …"`
	URL   Untrusted `json:"url" doc:"Meta's address, which expires; empty for what was sent from here"`
	Title Untrusted `json:"title"`
	Size  int64     `json:"size"`
	// Media is what the hub has of its content; nil: nothing, and it won't be fetched.
	Media *Media `json:"media,omitempty"`
	// Sticker is Meta's id of a sticker, where ID is the hub's.
	Sticker string `json:"sticker,omitempty"`
	// Booking is set for an appointment.
	Booking *Booking `json:"booking,omitempty"`
}

// LikeSticker is the sticker that Messenger's Like button sends.
//
// Source: Messenger Platform, "messages", stickers.
const LikeSticker = "369239263222822"

// Like reports whether an attachment is the thumb of Messenger's Like button.
func (a Attachment) Like() bool {
	return a.Type == "sticker" && (a.Sticker == LikeSticker || a.ID == LikeSticker)
}

// Booking is an appointment that a customer asked for, and what became of it.
type Booking struct {
	Status string `json:"status" doc:"Meta's word: requested, confirmed, declined, cancelled"`
	// Start and End are nil if Meta does not give them.
	Start *time.Time `json:"start,omitempty"`
	End   *time.Time `json:"end,omitempty"`
	// Zone is the customer's time zone by its tz database name; may be empty.
	Zone string `json:"zone,omitempty"`
}

// Reaction is one party's reaction to a message.
type Reaction struct {
	By    AuthorKind `json:"by" enum:"customer,page"`
	Kind  string     `json:"kind" doc:"Meta's name: love, smile, other, …"`
	Emoji Untrusted  `json:"emoji"`
	// User is the user of this hub who reacted, if known.
	User *UserRef `json:"user,omitempty"`
	// Pending: setting or removing it was requested, and Meta has not confirmed it yet.
	Pending bool `json:"pending,omitempty"`
	// Error is why it was not set; the customer does not see the reaction then.
	Error *MessageError `json:"error,omitempty"`
}

// EventKind names what a message reports besides its text.
type EventKind string

// The kinds of event that show in a conversation.
const (
	EventQuickReply     EventKind = "quick_reply"
	EventPostback       EventKind = "postback"
	EventReferral       EventKind = "referral"
	EventOptin          EventKind = "optin"
	EventAccountLinking EventKind = "account_linking"
	EventThreadControl  EventKind = "thread_control"
	EventOrder          EventKind = "order"
	EventFeedback       EventKind = "feedback"
	EventCommand        EventKind = "command"
	// EventRecord: a colleague linked or unlinked a record of the CRM, or something happened
	// to a linked record. Only those who may see the record get it.
	EventRecord EventKind = "record"
	// EventAdminText is a notice that Facebook put into the thread, such as its assistant
	// handing back. It has no author.
	EventAdminText EventKind = "admin_text"
	// EventUnknown is a message or event that Parley can't show; its raw form is kept.
	// Action is Meta's word for it, if known.
	EventUnknown EventKind = "unknown"
)

// Notable is what happened: how the customer came, which button they pressed.
type Notable struct {
	Kind EventKind `json:"kind"`
	// Action is Meta's word for what was done: linked, unlinked, pass, take,
	// request, notification_messages, …
	Action string `json:"action,omitempty"`
	// Payload is the developer's payload of a button or quick reply; the content in words of
	// an order, survey, command, opt-in or notice; the app of a thread control event.
	Payload Untrusted `json:"payload,omitempty"`
	// Owner, of a thread control event, is who has the thread now, or asks for it.
	Owner ThreadOwner `json:"owner,omitempty" enum:"parley,inbox,app,nobody"`
	// Entry is how the customer came in.
	Entry *Entry `json:"entry,omitempty"`
	// Record is the record of an EventRecord, Title its present title. Action is then
	// linked, unlinked, or what happened to it in the CRM.
	Record *Link `json:"record,omitempty"`
	// Stage is the CRM's id of the stage, if Action is stage.
	Stage int64 `json:"stage,omitempty"`
}

// Values of [Notable.Action] for a record.
const (
	ActionLinked   = "linked"
	ActionUnlinked = "unlinked"
	// ActionStage: the deal was moved to another stage, named in Payload. ActionWon,
	// ActionLost and ActionReopened: its status changed.
	ActionStage    = "stage"
	ActionWon      = "won"
	ActionLost     = "lost"
	ActionReopened = "reopened"
	// ActionMerged: the linked person was merged into this one. ActionConverted: the linked
	// lead became this deal. ActionDeleted: the record is gone.
	ActionMerged    = "merged"
	ActionConverted = "converted"
	ActionDeleted   = "deleted"
)

// ThreadOwner says which app has the thread, as far as users care.
type ThreadOwner string

// The owners of a thread.
const (
	OwnerParley ThreadOwner = "parley"
	OwnerInbox  ThreadOwner = "inbox" // the Page's own inbox on Facebook
	OwnerApp    ThreadOwner = "app"   // another app
	OwnerNobody ThreadOwner = "nobody"
)

// MessageError is why a reply failed or asks.
type MessageError struct {
	Code Code `json:"code"`
	// Detail is the Graph API's own message with its codes and trace id, or empty.
	Detail Untrusted `json:"detail"`
	// Unchecked: we could not ask the Page's inbox whether the reply arrived.
	Unchecked bool `json:"unchecked,omitempty"`
}

// Message is one message, note or event of a conversation.
type Message struct {
	ID             MessageID      `json:"id"`
	Seq            int64          `json:"seq" doc:"the Page's seq of its last change"`
	MID            MID            `json:"mid" doc:"Meta's id; empty until known"`
	ClientID       ClientID       `json:"client_id"`
	ConversationID ConversationID `json:"conversation_id"`
	Direction      Direction      `json:"direction" enum:"in,out,note,system"`
	Author         Author         `json:"author"`
	Text           Untrusted      `json:"text"`
	Attachments    []Attachment   `json:"attachments"`
	// ReplyTo is the message this one quotes; ReplyToMID is Meta's id of it, set even if we
	// don't have the quoted message.
	ReplyTo    MessageID  `json:"reply_to"`
	ReplyToMID MID        `json:"reply_to_mid,omitempty"`
	Reactions  []Reaction `json:"reactions"`
	Edited     bool       `json:"edited"`
	// Was is the text before its first edit.
	Was     *Untrusted `json:"was,omitempty"`
	Deleted bool       `json:"deleted"`
	// Feedback is the customer's rating of one of our messages, in Meta's words.
	Feedback Untrusted `json:"feedback,omitempty"`
	// Standby: it went to another app, which had the thread.
	Standby bool `json:"standby,omitempty"`
	// Event is set if the message reports more than its text.
	Event *Notable `json:"event,omitempty"`
	// SentAt is Meta's time, or the hub's for a reply that Meta has not reported yet.
	SentAt time.Time `json:"sent_at"`
	// SendAt is for when the reply was scheduled; nil if it was not, or a person sent it since.
	SendAt *time.Time `json:"send_at,omitempty" doc:"When a scheduled reply is to be sent"`

	State State `json:"state,omitempty" enum:"scheduled,queued,posting,sent,delivered,read,failed,unknown,ask,dropped"`
	// Attempt counts how often the reply was handed to Meta.
	Attempt int           `json:"attempt"`
	Error   *MessageError `json:"error"`
	// WaitsFor is the earlier reply that must be settled before this one is sent.
	WaitsFor MessageID `json:"waits_for,omitempty"`
	// Probably: it was found in the Page's inbox by its text alone.
	Probably bool `json:"probably,omitempty"`
	// DeliveredTwice: an earlier attempt had arrived after all.
	DeliveredTwice bool `json:"delivered_twice,omitempty"`
	// Mentions are the users whom a note names and who may see it. Unseen are those named who
	// may not see the Page, and were not told.
	Mentions []UserRef `json:"mentions,omitempty"`
	Unseen   []UserRef `json:"unseen,omitempty"`
}

// Summary returns the message as a list shows it.
func (m Message) Summary() Summary {
	s := Summary{
		ID: m.ID, Direction: m.Direction, Author: m.Author, Text: beginning(m.Text),
		Event: m.Event, SentAt: m.SentAt, SendAt: m.SendAt, State: m.State,
	}
	for _, a := range m.Attachments {
		s.Attachments = append(s.Attachments, a.Type)
	}
	return s
}

func beginning(u Untrusted) Untrusted {
	n := 0
	for i := range u {
		if n == SummaryRunes {
			return u[:i]
		}
		n++
	}
	return u
}

// MessageList is one page of a conversation, oldest first.
type MessageList struct {
	Messages []Message `json:"messages"`
	// Cursor asks for the messages before these; empty at the beginning.
	Cursor string `json:"cursor"`
	// AsOf is the position of the Page's stream when they were read.
	AsOf AsOf `json:"as_of"`
}

// maxEmojiRunes is more than any emoji has: the longest are families and flags, of ten and
// fourteen code points.
const maxEmojiRunes = 16

// Runes that emoji are made of besides symbols.
const (
	keycap          = '\u20E3'
	zeroWidthJoiner = '\u200D'
	firstTag        = '\U000E0020'
	lastTag         = '\U000E007F'
)

// IsEmoji reports whether a text can be a reaction: symbols, and the code points that join
// and colour them. Letters, blanks and control characters are not allowed.
//
// Source: Messenger Platform, Send API ("any emoji").
func IsEmoji(u Untrusted) bool {
	s := string(u)
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > maxEmojiRunes {
		return false
	}
	symbols := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.S, r), r == keycap, r == '‼', r == '⁉', r == '〰', r == '〽':
			symbols++
		case r == zeroWidthJoiner, unicode.Is(unicode.Variation_Selector, r), r >= firstTag && r <= lastTag:
		case r >= '0' && r <= '9', r == '#', r == '*': // part of a keycap, whose symbol is the keycap itself
		default:
			return false
		}
	}
	return symbols > 0
}
