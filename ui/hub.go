package ui

import (
	"context"
	"time"

	"parley/model"
	"parley/model/inbox"
	"parley/ui/screen"
)

// Hub is what the screen needs of a client of the hub. Its methods are called in
// commands, several at once, with a context that ends them.
type Hub interface {
	PageHub
	// Messages returns a conversation's newest messages, or those before the cursor.
	Messages(ctx context.Context, id model.ConversationID, before string) (Messages, error)
	// Search returns the conversations in which the words stand, newest first.
	Search(ctx context.Context, q Search) (Findings, error)
	// Reply hands a reply or a note in, again and again with the same id until the hub took or
	// refused it. It is kept on disk from before the first try until then.
	Reply(ctx context.Context, r Reply) (model.Message, error)
	// Keep keeps a reply on disk that waits for its turn to be handed in.
	Keep(r Reply) error
	// StopUpload stops sending the files of a reply that is being handed in.
	StopUpload(id model.ClientID)
	// TakeBack gives a reply that could not be handed in back to its writer: it is kept no
	// longer. Where the hub has it after all, its message comes, and true.
	TakeBack(ctx context.Context, r Reply) (model.Message, bool, error)
	// Taken forgets a kept reply that the hub turned out to have.
	Taken(id model.ClientID) error
	// Resend sends a reply that asks or failed again, as a new attempt.
	Resend(ctx context.Context, m model.Message, seen int64) (model.Message, error)
	// Drop gives a reply that asks up.
	Drop(ctx context.Context, m model.Message) (model.Message, error)
	// React sets the Page's reaction to a message; an empty emoji takes it back.
	React(ctx context.Context, m model.Message, emoji model.Untrusted) (model.Message, error)
	// MarkRead moves the conversation's read mark up to a message.
	MarkRead(ctx context.Context, id model.ConversationID, upTo model.MessageID) (model.Conversation, error)
	// MarkUnread moves it back to before the customer's newest message.
	MarkUnread(ctx context.Context, id model.ConversationID) (model.Conversation, error)
	// Triage changes where a conversation stands.
	Triage(ctx context.Context, id model.ConversationID, t model.Triage) (model.Conversation, error)
	// DeleteConversation deletes a conversation for good; only the Page's installer may.
	DeleteConversation(ctx context.Context, id model.ConversationID) error
	// CheckPage has the hub ask Facebook how a Page stands; with repair, its webhooks are
	// asked for again first. It returns the Page as it is then.
	CheckPage(ctx context.Context, id model.PageID, repair bool) (model.Page, error)
	// SetVisibility makes a Page private or shared; only its installer may.
	SetVisibility(ctx context.Context, id model.PageID, v model.Visibility) error
	// BeginConnect begins to connect a Page through the browser; Connect tells how far that
	// is, CancelConnect gives it up. Only an admin may.
	BeginConnect(ctx context.Context) (model.Connect, error)
	Connect(ctx context.Context, id string) (model.Connect, error)
	CancelConnect(ctx context.Context, id string) (model.Connect, error)
	// BeginImport brings a Page's past conversations in, or takes that up; CancelImport
	// stops it.
	BeginImport(ctx context.Context, page model.PageID) error
	CancelImport(ctx context.Context, page model.PageID) error
	// Users returns everybody who works with the hub.
	Users(ctx context.Context) ([]model.Colleague, error)
	// SetAvailable makes the user take conversations, or none for now.
	SetAvailable(ctx context.Context, available bool) error
	// Tell tells colleagues what the user does: types, or looks at a conversation. It may
	// get lost.
	Tell(f model.Lossy)
	// NewClientID returns an id for a new reply.
	NewClientID() model.ClientID
	// CRM is what hangs on the CRM.
	CRM
	// Explain says an error in the user's words: what happened and what to do.
	Explain(err error) string
}

// Messages are a stretch of a conversation, oldest first.
type Messages struct {
	Messages []model.Message
	// Cursor is for those before; empty at the beginning.
	Cursor string
	AsOf   model.AsOf
}

// Search asks for conversations with words in a message or the customer's name.
type Search struct {
	Words  string
	Page   model.PageID
	Cursor string
}

// Findings are one page of what a search found.
type Findings struct {
	Found []model.Found
	// Cursor is that of the next page; empty at the end.
	Cursor string
}

// Reply is a reply as it was typed, or a note.
type Reply struct {
	Conversation model.ConversationID
	// Note: it is for colleagues and never leaves the hub.
	Note     bool
	ClientID model.ClientID
	Text     model.Untrusted
	// ReplyTo is the message it quotes, or empty.
	ReplyTo model.MessageID
	// Files are what it carries besides the text, in their order.
	Files []File
	// SeenSeq is the highest seq of the Page that the writer had seen.
	SeenSeq int64
	// Number is its place in the order of the key presses, another for each; At is when it
	// was sent off.
	Number int64
	At     time.Time
}

// Unsent is a reply or a note of an earlier run that was handed in without an answer:
// nobody knows whether the hub has it.
type Unsent struct {
	Conversation model.ConversationID
	ClientID     model.ClientID
	Note         bool
	Text         model.Untrusted
	// ReplyTo is the message it quotes, or empty.
	ReplyTo model.MessageID
	// Files are what it carries besides the text.
	Files []File
	// Number is its place in the order of the key presses; 0: unknown. At is when it was
	// sent off; zero: unknown.
	Number int64
	At     time.Time
}

// Drafts keeps what was typed and not sent. Its method is called in commands.
type Drafts interface {
	// Save keeps a draft; an empty one is forgotten.
	Save(of DraftOf, text string, at time.Time) error
}

// DraftOf says what a draft is of: a reply to a conversation's customer, or a note about
// it. Either has its own, so that what is written for colleagues never becomes a reply.
type DraftOf struct {
	Conversation model.ConversationID
	Note         bool
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
