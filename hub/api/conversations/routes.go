// Package conversations serves conversations over HTTP, with their messages, replies, reactions
// and files.
package conversations

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/hub/media"
	"parley/hub/outbox"
	"parley/hub/store"
	"parley/hub/uploads"
	"parley/hub/view"
	"parley/model"
)

// Conversations is what the routes need of the hub about conversations.
type Conversations interface {
	Conversations(ctx context.Context, user model.User, q view.ListQuery) (view.ConversationList, error)
	Conversation(ctx context.Context, user model.User, id model.ConversationID) (model.Conversation, error)
	OpenConversation(ctx context.Context, user model.User, id model.ConversationID) (model.Conversation, error)
	DeleteConversation(ctx context.Context, user model.User, id model.ConversationID) error
	Named(ctx context.Context, user model.User, text string) (model.NamedList, error)
	Counts(ctx context.Context, user model.User, page model.PageID) (store.Counts, model.AsOf, error)
	MarkRead(ctx context.Context, user model.User, id model.ConversationID, upTo model.MessageID) error
	MarkUnread(ctx context.Context, user model.User, id model.ConversationID) error
	Triage(ctx context.Context, user model.User, id model.ConversationID, t model.Triage) error
}

// Messages is what the routes need of the hub about messages.
type Messages interface {
	Messages(ctx context.Context, user model.User, id model.ConversationID, before string, limit int) ([]model.Message, string, model.AsOf, error)
	Message(ctx context.Context, user model.User, conversation model.ConversationID, id model.MessageID) (model.Message, error)
	ReplyBy(ctx context.Context, user model.User, conversation model.ConversationID, id model.ClientID) (model.Message, error)
	Reply(ctx context.Context, user model.User, d outbox.Draft) (model.Message, error)
	Retry(ctx context.Context, user model.User, id model.MessageID, conversation model.ConversationID, attempt int, seen *int64) (model.Message, error)
	Drop(ctx context.Context, user model.User, id model.MessageID, conversation model.ConversationID, attempt *int) (model.Message, error)
	React(ctx context.Context, user model.User, conversation model.ConversationID, id model.MessageID, emoji model.Untrusted) (model.Message, error)
	Upload(ctx context.Context, user model.User, name model.Untrusted, r io.Reader) (uploads.Upload, error)
}

// Media is what the routes need of the hub about what attachments show.
type Media interface {
	Media(ctx context.Context, user model.User, id model.MediaID) (media.Content, error)
	MediaTicket(ctx context.Context, user model.User, id model.MediaID) (token string, until time.Time, err error)
	MediaByTicket(ctx context.Context, token string) (media.Content, error)
}

// Hub is what these routes need of the hub.
type Hub interface {
	Conversations
	Messages
	Media
}

// Routes are the routes about conversations and their messages.
type Routes struct {
	hub  Hub
	door *door.Door
	// publicURL is where browsers reach the hub.
	publicURL string
}

// New returns the routes; publicURL is where browsers reach the hub.
func New(hub Hub, d *door.Door, publicURL string) *Routes {
	return &Routes{hub: hub, door: d, publicURL: strings.TrimRight(publicURL, "/")}
}

// Register adds the routes.
func (s *Routes) Register(api huma.API, mux *http.ServeMux) {
	s.conversations(api)
	s.named(api)
	s.triage(api)
	s.messages(api)
	s.reactions(api)
	s.uploads(api)
	s.media(api, mux)
}
