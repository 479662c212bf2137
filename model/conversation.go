package model

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Status is where a conversation stands in a rep's triage.
type Status string

// The three statuses.
const (
	Open    Status = "open"
	Snoozed Status = "snoozed"
	Done    Status = "done"
)

// Customer is who wrote to the Page.
type Customer struct {
	PSID PSID `json:"psid"`
	// Name is empty until Meta tells it; for some customers it never does.
	Name   Untrusted `json:"name"`
	Locale string    `json:"locale"`
}

// Link ties a conversation to a record of the CRM.
type Link struct {
	Type  string    `json:"type" enum:"person,lead,deal"`
	ID    string    `json:"id"`
	Title Untrusted `json:"title"`
	// Sync is the state of the transcript on this record; nil: nothing is known.
	Sync *Sync `json:"sync,omitempty"`
}

// Ref returns the record that the link points to.
func (l Link) Ref() RecordRef { return RecordRef{Type: RecordType(l.Type), ID: l.ID} }

// SyncOff reports whether any link says that the transcript is not kept in the CRM.
func (c Conversation) SyncOff() bool {
	return slices.ContainsFunc(c.Links, func(l Link) bool { return l.Sync != nil && l.Sync.State == SyncOff })
}

// Entry is how a customer came in: an m.me link, an ad.
type Entry struct {
	Source string    `json:"source"`
	Ref    Untrusted `json:"ref"`
	AdID   string    `json:"ad_id"`
	Title  Untrusted `json:"title"`
}

// ByAd reports whether a customer came in by a Click-to-Messenger ad.
func (e *Entry) ByAd() bool {
	return e != nil && (strings.EqualFold(e.Source, SourceAds) || e.Source == "" && e.AdID != "")
}

// ClosedAt returns when the reply window closed or closes, going by time alone; nil: it
// never opened.
func (c Conversation) ClosedAt() *time.Time {
	if c.WindowUntil == nil || c.UncertainUntil != nil && c.UncertainUntil.After(*c.WindowUntil) {
		return c.UncertainUntil
	}
	return c.WindowUntil
}

// Summary is the newest message of a conversation, as a list shows it.
type Summary struct {
	ID        MessageID `json:"id"`
	Direction Direction `json:"direction" enum:"in,out,note,system"`
	Author    Author    `json:"author"`
	// Text is the beginning of the message, at most [SummaryRunes] long.
	Text   Untrusted `json:"text"`
	Event  *Notable  `json:"event,omitempty"`
	SentAt time.Time `json:"sent_at"`
	State  State     `json:"state,omitempty"`
	// SendAt is for when the reply was scheduled.
	SendAt *time.Time `json:"send_at,omitempty"`
	// Attachments are the types of what hangs on it.
	Attachments []string `json:"attachments,omitempty"`
}

// SummaryRunes is the longest text of a [Summary], in runes.
const SummaryRunes = 200

// Conversation is everything said between a Page and one customer. It also holds what
// [CanReply] needs to know of the conversation.
type Conversation struct {
	ID       ConversationID `json:"id"`
	PageID   PageID         `json:"page_id"`
	Seq      int64          `json:"seq" doc:"the Page's seq of its last change"`
	Customer Customer       `json:"customer"`

	Status       Status     `json:"status" enum:"open,snoozed,done"`
	SnoozedUntil *time.Time `json:"snoozed_until"`
	Assignee     *UserRef   `json:"assignee"`
	// AssignedBy is who assigned it to the assignee; nil: nobody, or it is not known.
	AssignedBy *UserRef `json:"assigned_by,omitempty"`
	// Mentioned are the users whom a note mentions and who have not opened the conversation
	// since.
	Mentioned []UserID `json:"mentioned,omitempty"`

	Unread      int      `json:"unread" doc:"messages of the customer after the read mark"`
	Pinned      bool     `json:"pinned"`
	Labels      []string `json:"labels"`
	Links       []Link   `json:"links"`
	LastMessage *Summary `json:"last_message"`
	// LastSaid is the last message between customer and Page, where LastMessage is another:
	// a note, a line about something, or what did not reach the customer.
	LastSaid *Summary `json:"last_said,omitempty"`
	// Waits says who waits, WaitsSince since when.
	Waits      Waiting    `json:"waits,omitempty" enum:"nobody,customer,reply" doc:"Who waits: the customer, who spoke last; a reply that asks"`
	WaitsSince *time.Time `json:"waits_since,omitempty"`
	// Scheduled is when its next scheduled reply is to be sent; nil if there is none.
	Scheduled *time.Time `json:"scheduled,omitempty"`

	// Started: the customer wrote, or did what Meta counts as writing.
	Started bool `json:"started"`
	// WindowUntil is when the reply window closes or closed; nil: it never opened.
	WindowUntil *time.Time `json:"window_until"`
	// UncertainUntil is until when a customer who came by an ad may still be answered once the
	// window has closed, though Facebook may refuse; nil: not at all.
	UncertainUntil *time.Time `json:"uncertain_until"`
	// Unreachable: Meta said that this person can't be reached.
	Unreachable bool `json:"unreachable"`
	// OtherApp: another app holds the thread, until OtherAppUntil at the latest.
	OtherApp      bool       `json:"other_app"`
	OtherAppUntil *time.Time `json:"other_app_until"`
	// Reply is the verdict on a reply by the requesting user, at the time of the request.
	Reply Verdict `json:"reply"`

	Entry *Entry `json:"entry"`
	// UpdatedAt is Meta's time of the newest message; lists are sorted by it.
	UpdatedAt time.Time `json:"updated_at"`
}

// Asleep reports whether a conversation is snoozed at that time. One whose snooze has ended
// counts as open.
func (c Conversation) Asleep(now time.Time) bool {
	return c.Status == Snoozed && (c.SnoozedUntil == nil || now.Before(*c.SnoozedUntil))
}

// EntryLimit is the longest ref of an m.me link, in characters.
//
// Source: Messenger Platform, "m.me links".
const EntryLimit = 2083

// EntryRef: a ref has other characters than letters, digits, -, _ and =, or is too long.
const EntryRef Code = "entry_ref"

var refForm = regexp.MustCompile(`^[A-Za-z0-9_=-]*$`)

// EntryLink returns the link by which customers write to a Page first. Facebook reports the
// ref with the customer's first message; empty: no ref.
//
// Source: Messenger Platform, "m.me links".
func EntryLink(page MetaPageID, ref string) (string, error) {
	if len(ref) > EntryLimit || !refForm.MatchString(ref) {
		return "", Refuse(EntryRef)
	}
	link := "https://m.me/" + string(page)
	if ref != "" {
		link += "?ref=" + ref // an unescaped = is allowed in the value of a query
	}
	return link, nil
}

// Waiting says who waits in a conversation.
type Waiting string

// Who may wait. Ignored are notes, system lines, messages to or by another app that held the
// thread, and replies that did not arrive.
const (
	// WaitsNobody: the Page spoke last.
	WaitsNobody Waiting = "nobody"
	// WaitsCustomer: the customer spoke last.
	WaitsCustomer Waiting = "customer"
	// WaitsReply: a reply asks whether it is to be sent again.
	WaitsReply Waiting = "reply"
)

// Said reports whether a message counts as said between customer and Page. Only such
// messages decide who waits.
func (m Message) Said() bool {
	return (m.Direction == In || m.Direction == Out) && !m.Standby && !m.Deleted && m.State != Failed && m.State != Dropped
}

// WaitsFor returns who waits once the last message said is the given one.
func WaitsFor(last Message) Waiting {
	if last.Direction == In {
		return WaitsCustomer
	}
	return WaitsNobody
}

// WhoWaits returns who waits, and since when. If the hub did not say, it goes by the newest
// message.
func (c Conversation) WhoWaits() (Waiting, *time.Time) {
	switch m := c.LastMessage; {
	case c.Waits != "":
		return c.Waits, c.WaitsSince
	case m == nil:
	case m.Direction == In:
		return WaitsCustomer, &m.SentAt
	case m.State == Ask:
		return WaitsReply, &m.SentAt
	}
	return WaitsNobody, nil
}

// NeedsYou reports whether somebody waits in a conversation now: a customer if it is open, a
// reply that asks whatever its status.
func (c Conversation) NeedsYou(now time.Time) bool {
	who, _ := c.WhoWaits()
	return who == WaitsReply || who == WaitsCustomer && c.Status != Done && !c.Asleep(now)
}

// Shown returns the message that a list shows for a conversation; nil: none.
func (c Conversation) Shown() *Summary {
	if c.LastSaid != nil {
		return c.LastSaid
	}
	return c.LastMessage
}
