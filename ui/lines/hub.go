package lines

import (
	"context"

	"parley/model"
	"parley/model/label"
	"parley/model/notify"
	"parley/model/snippet"
)

// Hub is what this package needs of a client.
type Hub interface {
	readingHub
	writingHub
	triageHub
	recordHub
	teamHub
	// Explain words an error.
	Explain(err error) string
}

// Downloads saves files on the user's machine.
type Downloads interface {
	// Save saves a content of a Page, and closes it; told is nil.
	Save(page model.PageID, d model.Download, told func(bytes int64)) (model.SavedFile, error)
	// Keep removes what was saved of all Pages but these.
	Keep(pages []model.PageID) error
}

type readingHub interface {
	// Messages returns up to limit of a conversation's newest messages, or of those before the cursor.
	Messages(ctx context.Context, id model.ConversationID, before string, limit int) (model.MessageList, error)
	// MarkRead moves the conversation's read mark up to a message; MarkUnread moves it back.
	MarkRead(ctx context.Context, id model.ConversationID, upTo model.MessageID) (model.Conversation, error)
	MarkUnread(ctx context.Context, id model.ConversationID) (model.Conversation, error)
	// Media reads what an attachment shows; the caller closes it. MediaLink returns a link by which a
	// browser reads it once.
	Media(ctx context.Context, id string) (model.Download, error)
	MediaLink(ctx context.Context, id string) (model.MediaLink, error)
	// Search returns conversations that match q.Search.
	Search(ctx context.Context, q model.ListQuery) (model.FoundList, error)
}

type writingHub interface {
	// Reply hands in a reply or a note, again and again with the same id until the hub accepted or
	// refused it. It is kept on disk from before the first try until then.
	Reply(ctx context.Context, r model.Reply) (model.Message, error)
	// NewClientID returns an id for a new reply.
	NewClientID() model.ClientID
	// Keep keeps a reply on disk that waits for its turn.
	Keep(r model.Reply) error
	// TakeBack returns a reply that could not be handed in to its writer: it is no longer kept. If the
	// hub has it after all, TakeBack returns its message and true.
	TakeBack(ctx context.Context, r model.Reply) (model.Message, bool, error)
	// Taken removes a kept reply.
	Taken(id model.ClientID) error
	// Retry sends a reply that asks or failed again, Drop gives it up, if attempt is still the last one.
	Retry(ctx context.Context, id model.ConversationID, message model.MessageID, attempt int, seen *int64) (model.Message, error)
	Drop(ctx context.Context, id model.ConversationID, message model.MessageID, attempt int) (model.Message, error)
	// Snippets returns the team's snippets and the user's own.
	Snippets(ctx context.Context) ([]snippet.Snippet, error)
}

type triageHub interface {
	// Triage changes the triage of a conversation.
	Triage(ctx context.Context, id model.ConversationID, t model.Triage) (model.Conversation, error)
	// Labels returns the labels that are in use, the most used first.
	Labels(ctx context.Context, page model.PageID) ([]label.Count, error)
}

type recordHub interface {
	// SearchCRM searches the CRM; Suggestions are the records that a conversation may be about.
	SearchCRM(ctx context.Context, q string, types []model.RecordType) ([]model.Candidate, error)
	Suggestions(ctx context.Context, id model.ConversationID) ([]model.Candidate, error)
	// Record returns a record; RecordFor, with how many others may see it.
	Record(ctx context.Context, ref model.RecordRef) (model.Record, error)
	RecordFor(ctx context.Context, ref model.RecordRef, id model.ConversationID) (model.RecordView, error)
	// Link and Unlink change the links of a conversation.
	Link(ctx context.Context, id model.ConversationID, ref model.RecordRef) (model.Conversation, error)
	Unlink(ctx context.Context, id model.ConversationID, ref model.RecordRef) (model.Conversation, error)
}

type teamHub interface {
	// Users returns all users of the hub.
	Users(ctx context.Context) ([]model.Colleague, error)
	// Notifications returns what the user wants to be told of.
	Notifications(ctx context.Context) (notify.Preferences, error)
	// Tell tells colleagues what the user does: types, or looks at a conversation.
	Tell(f model.Ephemeral)
}
