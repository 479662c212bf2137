package store

import (
	"time"

	"parley/model"
)

// ListReader reads the lists of the inbox.
type ListReader interface {
	// Conversations returns a page of a list, newest activity first, and the cursor
	// of the next; "" at the end. A cursor of another list, or a broken one, is
	// [ErrBadCursor].
	Conversations(q ConversationQuery) ([]Conversation, string, error)
	// SearchConversations is Conversations of those in which a message's text or the
	// customer's name holds all words of q.Search (parley/hub/search); a search
	// without words finds nothing. Neither what is unsent nor what the system tells
	// is searched, nor, by a transaction, what it wrote itself. An engine may leave
	// out the oldest of more than 200,000 messages found on a Page.
	SearchConversations(q ConversationQuery) ([]Found, string, error)
	// CountConversations counts each filter over those Pages.
	CountConversations(q CountQuery) (Counts, error)
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
