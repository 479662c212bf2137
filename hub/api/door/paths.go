package door

import "parley/model"

// ConversationPath is a path with a conversation. It is exported because huma ignores
// unexported embedded types.
type ConversationPath struct {
	// Of any length: an unknown id is not found.
	Conversation model.ConversationID `path:"conversation"`
}

// PagePath is a path with a Page.
type PagePath struct {
	Page model.PageID `path:"page"`
}
