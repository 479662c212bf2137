package door

import "parley/model"

// ConversationPath names a conversation in a path. It is exported for huma, which
// passes over embedded types that are not.
type ConversationPath struct {
	// Of any length: an id that nothing has is not found.
	Conversation model.ConversationID `path:"conversation"`
}

// PagePath names a Page in a path.
type PagePath struct {
	Page model.PageID `path:"page"`
}
