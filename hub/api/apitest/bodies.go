package apitest

import (
	"github.com/google/uuid"

	"parley/hub/store"
	"parley/model"
)

// Conversations and messages.

// ConversationPath is where a conversation is.
func ConversationPath(id model.PageID, customer model.PSID) string {
	return "/v1/conversations/" + string(model.NewConversationID(id, customer))
}

// NewClientID is an id for a reply that no other has.
func NewClientID() model.ClientID { return model.ClientID(uuid.Must(uuid.NewV7()).String()) }

// Text is the body of a new reply.
func Text(s string) map[string]any { return map[string]any{"client_id": NewClientID(), "text": s} }

// With adds a field to a body.
func With(body map[string]any, field string, value any) map[string]any {
	body[field] = value
	return body
}

// MessagePath is where a message is.
func MessagePath(m model.Message) string {
	return "/v1/conversations/" + string(m.ConversationID) + "/messages/" + string(m.ID)
}

type position struct {
	Epoch string `json:"epoch"`
	Seq   int64  `json:"seq"`
}

// AsOf is how far a list tells of each Page.
type AsOf map[model.PageID]position

// ConversationList is a list of conversations, as it is answered.
type ConversationList struct {
	Conversations []model.Conversation `json:"conversations"`
	Cursor        string               `json:"cursor"`
	AsOf          AsOf                 `json:"as_of"`
}

// MessageList is a list of messages, as it is answered.
type MessageList struct {
	Messages []model.Message `json:"messages"`
	Cursor   string          `json:"cursor"`
	AsOf     AsOf            `json:"as_of"`
}

// NoticeList is a list of notices, as it is answered.
type NoticeList struct {
	Notices []model.Notice `json:"notices"`
	Cursor  string         `json:"cursor"`
	AsOf    AsOf           `json:"as_of"`
}

// PageList is the list of Pages, as it is answered.
type PageList struct {
	Pages []model.Page `json:"pages"`
	AsOf  AsOf         `json:"as_of"`
}

// CountsAnswer is how many conversations there are of each kind, as it is answered.
type CountsAnswer struct {
	Counts store.Counts `json:"counts"`
	AsOf   AsOf         `json:"as_of"`
}
