package store

import (
	"time"

	"parley/model"
	"parley/model/query"
)

// ListReader reads the lists of the inbox.
type ListReader interface {
	// Conversations returns one page of a list, most recent activity first, and the cursor of
	// the next page, "" at the end. A cursor of another list, or an invalid one, is
	// [ErrBadCursor].
	Conversations(q ConversationQuery) ([]Conversation, string, error)
	// SearchConversations is Conversations limited to those in which a message's text or the
	// customer's name contains all words of q.Search (see parley/hub/search). A search without
	// words finds nothing. It searches neither unsent messages nor system lines, nor, in a
	// transaction, the transaction's own writes. An engine may leave out the oldest of more
	// than 200,000 messages found on a Page.
	SearchConversations(q ConversationQuery) ([]Found, string, error)
	// CountConversations counts each filter over the query's Pages.
	CountConversations(q CountQuery) (Counts, error)
}

// Filter is one of the lists of the inbox.
type Filter string

// The filters of the inbox, as in model/inbox. What is blocked by its own rules is not open.
const (
	FilterAll        Filter = "all"
	FilterOpen       Filter = "open"
	FilterMine       Filter = "mine"
	FilterUnassigned Filter = "unassigned"
	FilterSnoozed    Filter = "snoozed"
	FilterDone       Filter = "done"
	FilterBlocked    Filter = "blocked"
	FilterWaiting    Filter = "waiting"
	FilterMentioned  Filter = "mentioned" // a note mentions the user, who has not opened it since
)

// PageScope is a Page that a list may show, with whether the Page itself allows replies at that
// time.
type PageScope struct {
	ID model.PageID
	// Blocks: the Page refuses every reply.
	Blocks bool
}

// ConversationQuery asks for one page of a list.
type ConversationQuery struct {
	Pages  []PageScope
	Filter Filter
	User   model.UserID // the user who asks, for FilterMine and FilterMentioned
	Now    time.Time
	Cursor string
	Limit  int
	// Search is the text to search for, for SearchConversations only.
	Search string
	// Where are terms that must hold besides, but for words and Pages.
	Where query.Query
	// People are the users whom the names of assignees in Where mean; a name that is not in it
	// means nobody.
	People map[string][]model.UserID
}

// Found is a conversation found by a search.
type Found struct {
	Conversation
	// Hits are the most recently stored matching messages, newest first, at most [MaxHits].
	Hits []model.Hit
	// NameSpans are where the customer's name matches.
	NameSpans []model.Span
}

// MaxHits is how many matching messages of a conversation a search returns.
const MaxHits = 3

// CountQuery asks how many conversations each filter has.
type CountQuery struct {
	Pages []PageScope
	User  model.UserID
	Now   time.Time
}

// Counts is how many conversations each filter has, and how many are unread.
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
	Mentioned  int `json:"mentioned"`
}
