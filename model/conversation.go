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
	// Name is empty while Meta has not told it, or won't.
	Name   Untrusted `json:"name"`
	Locale string    `json:"locale"`
}

// Link ties a conversation to a record of the CRM.
type Link struct {
	Type  string    `json:"type" enum:"person,lead,deal"`
	ID    string    `json:"id"`
	Title Untrusted `json:"title"`
	// Sync tells how the transcript stands there; nil: nothing is known of it.
	Sync *Sync `json:"sync,omitempty"`
}

// Ref is the record's own name.
func (l Link) Ref() RecordRef { return RecordRef{Type: RecordType(l.Type), ID: l.ID} }

// SyncOff tells whether what is linked says that the transcript is not kept in the CRM.
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

// ByAd tells whether a customer came in by a Click-to-Messenger ad.
func (e *Entry) ByAd() bool {
	return e != nil && (strings.EqualFold(e.Source, SourceAds) || e.Source == "" && e.AdID != "")
}

// ClosedAt returns when the conversation could no longer be answered, as the time alone
// has it; nil: it never could.
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
	// Attachments are the types of what hangs on it.
	Attachments []string `json:"attachments,omitempty"`
}

// SummaryRunes is the longest text of a [Summary], in runes.
const SummaryRunes = 200

// Conversation is everything said between a Page and one customer, and the
// conversation's own inputs of every verdict on a reply.
type Conversation struct {
	ID       ConversationID `json:"id"`
	PageID   PageID         `json:"page_id"`
	Seq      int64          `json:"seq" doc:"the Page's seq of its last change"`
	Customer Customer       `json:"customer"`

	Status       Status     `json:"status" enum:"open,snoozed,done"`
	SnoozedUntil *time.Time `json:"snoozed_until"`
	Assignee     *UserRef   `json:"assignee"`
	Unread       int        `json:"unread" doc:"messages of the customer after the read mark"`
	Pinned       bool       `json:"pinned"`
	Labels       []string   `json:"labels"`
	Links        []Link     `json:"links"`
	LastMessage  *Summary   `json:"last_message"`
	// LastSaid is the last message between customer and Page, where LastMessage is another:
	// a note, a line about something, or what did not reach the customer.
	LastSaid *Summary `json:"last_said,omitempty"`
	// Waits tells who waits, WaitsSince since when.
	Waits      Waiting    `json:"waits,omitempty" enum:"nobody,customer,reply" doc:"Who waits: the customer, who spoke last; a reply that asks"`
	WaitsSince *time.Time `json:"waits_since,omitempty"`

	// Started: the customer wrote, or did what Meta counts as writing.
	Started bool `json:"started"`
	// WindowUntil is when the reply window closes or closed; nil: it never opened.
	WindowUntil *time.Time `json:"window_until"`
	// UncertainUntil is until when a customer who came by an ad may be answered after that,
	// though Facebook may refuse; nil: not at all.
	UncertainUntil *time.Time `json:"uncertain_until"`
	// Unreachable: Meta said that this person can't be reached.
	Unreachable bool `json:"unreachable"`
	// OtherApp: another app holds the thread, until OtherAppUntil at the latest.
	OtherApp      bool       `json:"other_app"`
	OtherAppUntil *time.Time `json:"other_app_until"`
	// Reply is the verdict on a reply by the user who asked, at the time of asking.
	Reply Verdict `json:"reply"`

	Entry *Entry `json:"entry"`
	// UpdatedAt is Meta's time of the newest message: lists go by it.
	UpdatedAt time.Time `json:"updated_at"`
}

// Asleep tells whether a conversation is snoozed at that time; one whose time is
// over counts as open.
func (c Conversation) Asleep(now time.Time) bool {
	return c.Status == Snoozed && (c.SnoozedUntil == nil || now.Before(*c.SnoozedUntil))
}

// EntryLimit is the longest ref of an m.me link, in characters.
//
// Source: Messenger Platform, "m.me links".
const EntryLimit = 2083

// EntryRef: a ref holds more than letters, digits, -, _ and =, or is too long.
const EntryRef Code = "entry_ref"

var refForm = regexp.MustCompile(`^[A-Za-z0-9_=-]*$`)

// EntryLink returns the link by which customers write to a Page first. Facebook tells
// with which ref somebody came; empty: none.
//
// Source: Messenger Platform, "m.me links".
func EntryLink(page MetaPageID, ref string) (string, error) {
	if len(ref) > EntryLimit || !refForm.MatchString(ref) {
		return "", Refuse(EntryRef)
	}
	link := "https://m.me/" + string(page)
	if ref != "" {
		link += "?ref=" + ref // = may stand in the value of a query
	}
	return link, nil
}

// Waiting says who waits in a conversation.
type Waiting string

// Who may wait. Notes, system lines, what was said to or by another app that held the
// thread, and replies that did not arrive decide nothing.
const (
	// WaitsNobody: the Page spoke last.
	WaitsNobody Waiting = "nobody"
	// WaitsCustomer: the customer spoke last.
	WaitsCustomer Waiting = "customer"
	// WaitsReply: a reply asks whether it is to be sent again.
	WaitsReply Waiting = "reply"
)

// Said tells whether a message was said between customer and Page, as far as is known: then
// it decides who waits.
func (m Message) Said() bool {
	return (m.Direction == In || m.Direction == Out) && !m.Standby && !m.Deleted && m.State != Failed && m.State != Dropped
}

// WaitsFor tells who waits once a message was the last that was said.
func WaitsFor(last Message) Waiting {
	if last.Direction == In {
		return WaitsCustomer
	}
	return WaitsNobody
}

// WhoWaits returns who waits, and since when. Where the hub does not tell, the newest message
// does.
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

// NeedsYou tells whether somebody waits in a conversation now: a customer where it is open,
// and a reply that asks wherever it is.
func (c Conversation) NeedsYou(now time.Time) bool {
	who, _ := c.WhoWaits()
	return who == WaitsReply || who == WaitsCustomer && c.Status != Done && !c.Asleep(now)
}

// Shown is the message that a list shows of a conversation; nil: none.
func (c Conversation) Shown() *Summary {
	if c.LastSaid != nil {
		return c.LastSaid
	}
	return c.LastMessage
}
