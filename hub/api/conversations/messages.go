package conversations

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/hub/outbox"
	"parley/hub/store"
	"parley/model"
)

func (s *Routes) messages(api huma.API) {
	tags := []string{"messages"}
	const base = "/v1/conversations/{conversation}/messages"
	huma.Register(api, huma.Operation{
		OperationID: "list-messages", Method: http.MethodGet, Path: base,
		Summary: "A conversation's messages, oldest first", Tags: tags, Security: door.SignedIn,
	}, s.listMessages)
	huma.Register(api, huma.Operation{
		OperationID: "get-message", Method: http.MethodGet, Path: base + "/{message}",
		Summary: "One message", Tags: tags, Security: door.SignedIn,
	}, s.getMessage)
	huma.Register(api, huma.Operation{
		OperationID: "reply", Method: http.MethodPost, Path: base,
		Summary: "Reply, or write an internal note", Tags: tags, Security: door.SignedIn, DefaultStatus: http.StatusAccepted,
		Description: "202: stored, and on its way at most once. The same client_id again answers with the same message. " +
			"409: refused by a rule; nothing is stored.",
	}, s.reply)
	huma.Register(api, huma.Operation{
		OperationID: "retry", Method: http.MethodPost, Path: base + "/{message}/retry",
		Summary: "Send a reply again that failed or asks, or a scheduled one now", Tags: tags, Security: door.SignedIn, DefaultStatus: http.StatusAccepted,
	}, s.retry)
	huma.Register(api, huma.Operation{
		OperationID: "drop", Method: http.MethodPost, Path: base + "/{message}/drop",
		Summary: "Give up a reply that asks, failed, waits or is scheduled", Tags: tags, Security: door.SignedIn, DefaultStatus: http.StatusOK,
	}, s.drop)
}

type messagesInput struct {
	door.ConversationPath
	Before string `query:"before" maxLength:"1024" doc:"The cursor of a former answer"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
	// ClientID asks what became of a reply whose answer was lost, without submitting it again.
	ClientID model.ClientID `query:"client_id" maxLength:"64" doc:"Only what the caller handed in by this client_id: one message or none"`
}

type messagesBody struct {
	Messages []model.Message `json:"messages"`
	Cursor   string          `json:"cursor" doc:"For those before; empty at the beginning"`
	AsOf     model.AsOf      `json:"as_of"`
}

func (s *Routes) listMessages(ctx context.Context, in *messagesInput) (*door.Body[messagesBody], error) {
	if in.ClientID != "" {
		return s.replyBy(ctx, in)
	}
	ms, cursor, asOf, err := s.hub.Messages(ctx, door.User(ctx), in.Conversation, in.Before, in.Limit)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[messagesBody]{Body: messagesBody{Messages: ms, Cursor: cursor, AsOf: asOf}}, nil
}

// replyBy lists what the caller submitted under a client id.
func (s *Routes) replyBy(ctx context.Context, in *messagesInput) (*door.Body[messagesBody], error) {
	// Whether the conversation may be seen comes first: it may be hidden while the reply does
	// not exist.
	_, _, asOf, err := s.hub.Messages(ctx, door.User(ctx), in.Conversation, "", 1)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	out := messagesBody{Messages: []model.Message{}, AsOf: asOf}
	m, err := s.hub.ReplyBy(ctx, door.User(ctx), in.Conversation, in.ClientID)
	if errors.Is(err, store.ErrNotFound) {
		return &door.Body[messagesBody]{Body: out}, nil
	}
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	out.Messages = append(out.Messages, m)
	return &door.Body[messagesBody]{Body: out}, nil
}

// MessagePath is a path with a message.
type MessagePath struct {
	door.ConversationPath
	Message model.MessageID `path:"message"`
}

func (s *Routes) getMessage(ctx context.Context, in *MessagePath) (*door.Body[model.Message], error) {
	m, err := s.hub.Message(ctx, door.User(ctx), in.Conversation, in.Message)
	return s.message(ctx, m, err)
}

func (s *Routes) message(ctx context.Context, m model.Message, err error) (*door.Body[model.Message], error) {
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[model.Message]{Body: m}, nil
}

type replyInput struct {
	door.ConversationPath
	Body struct {
		ClientID model.ClientID  `json:"client_id" minLength:"1" maxLength:"64" doc:"A UUIDv7 of the client's own"`
		Text     model.Untrusted `json:"text"`
		ReplyTo  model.MessageID `json:"reply_to,omitempty" maxLength:"200"`
		// Attachments are ids of uploads. Meta takes one thing a message, so the text, if any,
		// and each file become messages of their own, in this order. The first has the
		// client_id and is the answer; the next ones have the client_id with "/2", "/3" …
		// appended.
		Attachments []string   `json:"attachments,omitempty" maxItems:"10" doc:"Ids of uploads; the text, if any, and each file become a message of its own, in this order, stored together or not at all"`
		SeenSeq     *int64     `json:"seen_seq,omitempty" minimum:"0" doc:"The highest seq of the Page its writer had seen"`
		Number      int64      `json:"number,omitempty" minimum:"0" doc:"The place in the order of the writer's key presses: microseconds since 1970 by the hub's clock, another for each. Replies of a conversation leave by it. Absent: pressed when it comes"`
		Note        bool       `json:"note,omitempty" doc:"For colleagues only; the customer never sees it"`
		SendAt      *time.Time `json:"send_at,omitempty" doc:"When to send it: within the reply window, else 409 send_at_beyond with the latest time. If the customer writes or a colleague answers before, it asks instead. Absent: at once"`
		Done        bool       `json:"done,omitempty" doc:"Marks the conversation done with it, unless the customer wrote after seen_seq. It opens again if the reply fails or asks"`
	}
}

func (s *Routes) reply(ctx context.Context, in *replyInput) (*door.Body[model.Message], error) {
	m, err := s.hub.Reply(ctx, door.User(ctx), outbox.Draft{
		Conversation: in.Conversation, ClientID: in.Body.ClientID, Text: in.Body.Text,
		ReplyTo: in.Body.ReplyTo, Attachments: in.Body.Attachments, Note: in.Body.Note, Number: in.Body.Number, SeenSeq: in.Body.SeenSeq, Done: in.Body.Done, SendAt: in.Body.SendAt,
	})
	return s.message(ctx, m, err)
}

type retryInput struct {
	MessagePath
	Body struct {
		Attempt int    `json:"attempt" minimum:"0" doc:"The attempt that was seen to ask or fail"`
		SeenSeq *int64 `json:"seen_seq,omitempty" minimum:"0"`
	}
}

func (s *Routes) retry(ctx context.Context, in *retryInput) (*door.Body[model.Message], error) {
	m, err := s.hub.Retry(ctx, door.User(ctx), in.Message, in.Conversation, in.Body.Attempt, in.Body.SeenSeq)
	return s.message(ctx, m, err)
}

type dropInput struct {
	MessagePath
	Body *struct {
		Attempt *int `json:"attempt,omitempty" minimum:"0"`
	} `required:"false"`
}

func (s *Routes) drop(ctx context.Context, in *dropInput) (*door.Body[model.Message], error) {
	var attempt *int
	if in.Body != nil {
		attempt = in.Body.Attempt
	}
	m, err := s.hub.Drop(ctx, door.User(ctx), in.Message, in.Conversation, attempt)
	return s.message(ctx, m, err)
}
