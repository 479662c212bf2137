package ui

import (
	"context"
	"time"

	"parley/model"
	"parley/model/inbox"
	"parley/ui/crm"
	"parley/ui/page"
	"parley/ui/screen"
	"parley/ui/team"
)

// Hub is what the screen needs of a client of the hub. Its methods are called in
// commands, several at once, with a context that ends them.
type Hub interface {
	page.Hub
	// Messages returns that many of a conversation's newest messages, or of those before the
	// cursor.
	Messages(ctx context.Context, id model.ConversationID, before string, limit int) (model.MessageList, error)
	// Search returns one page of the conversations that q.Search finds, newest first.
	Search(ctx context.Context, q model.ListQuery) (model.FoundList, error)
	// Reply hands a reply or a note in, again and again with the same id until the hub took or
	// refused it. It is kept on disk from before the first try until then.
	Reply(ctx context.Context, r model.Reply) (model.Message, error)
	// Keep keeps a reply on disk that waits for its turn to be handed in.
	Keep(r model.Reply) error
	// StopUpload stops sending the files of a reply that is being handed in.
	StopUpload(id model.ClientID)
	// TakeBack gives a reply that could not be handed in back to its writer: it is kept no
	// longer. Where the hub has it after all, its message comes, and true.
	TakeBack(ctx context.Context, r model.Reply) (model.Message, bool, error)
	// Taken forgets a kept reply that the hub turned out to have.
	Taken(id model.ClientID) error
	// Retry sends a reply that asks or failed again, as a new attempt, if the last is still
	// that one. seen is the highest seq of the Page that its writer has seen.
	Retry(ctx context.Context, id model.ConversationID, message model.MessageID, attempt int, seen *int64) (model.Message, error)
	// Drop gives a reply that asks up, if its last attempt is still that one.
	Drop(ctx context.Context, id model.ConversationID, message model.MessageID, attempt int) (model.Message, error)
	// React sets the Page's reaction to a message; an empty emoji takes it back.
	React(ctx context.Context, id model.ConversationID, message model.MessageID, emoji model.Untrusted) (model.Message, error)
	// MarkRead moves the conversation's read mark up to a message.
	MarkRead(ctx context.Context, id model.ConversationID, upTo model.MessageID) (model.Conversation, error)
	// MarkUnread moves it back to before the customer's newest message.
	MarkUnread(ctx context.Context, id model.ConversationID) (model.Conversation, error)
	// Triage changes where a conversation stands.
	Triage(ctx context.Context, id model.ConversationID, t model.Triage) (model.Conversation, error)
	// DeleteConversation deletes a conversation for good; only the Page's installer may.
	DeleteConversation(ctx context.Context, id model.ConversationID) error
	team.Hub
	// Tell tells colleagues what the user does: types, or looks at a conversation. It may
	// get lost.
	Tell(f model.Lossy)
	// NewClientID returns an id for a new reply.
	NewClientID() model.ClientID
	// CRM is what hangs on the CRM.
	crm.Hub
	// Explain says an error in the user's words: what happened and what to do.
	Explain(err error) string
}

// Drafts keeps what was typed and not sent. Its method is called in commands.
type Drafts interface {
	// Save keeps a draft; an empty one is forgotten.
	Save(of model.DraftOf, text string, at time.Time) error
}

// News is what came from the hub, in order. It is the message that whoever follows the
// hub sends to the program.
type News struct {
	// Apply takes it over into the Inbox; nil where there is nothing to apply.
	Apply func() (inbox.Changes, error)
	// Connection is set where that changed.
	Connection *screen.Connection
	// Users are those who are known otherwise from now on: available or not.
	Users []model.Colleague
	// Lossy is what colleagues do meanwhile: type, look at a conversation.
	Lossy []model.Lossy
}
