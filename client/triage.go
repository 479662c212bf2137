package client

import (
	"context"
	"net/http"

	"parley/model"
)

// Triage changes where a conversation stands in the team's work, and returns it as it
// is then. What the change does not name stays as it is.
func (c *Client) Triage(ctx context.Context, id model.ConversationID, t model.Triage) (model.Conversation, error) {
	return c.changed(ctx, http.MethodPatch, conversationPath(id), t)
}

// MarkRead moves the read mark that the team shares up to a message; never back.
func (c *Client) MarkRead(ctx context.Context, id model.ConversationID, upTo model.MessageID) (model.Conversation, error) {
	in := struct {
		UpTo model.MessageID `json:"up_to"`
	}{upTo}
	return c.changed(ctx, http.MethodPost, conversationPath(id)+"/read", in)
}

// MarkUnread moves the team's read mark back to before the customer's newest message.
func (c *Client) MarkUnread(ctx context.Context, id model.ConversationID) (model.Conversation, error) {
	return c.changed(ctx, http.MethodPost, conversationPath(id)+"/unread", nil)
}

// DeleteConversation deletes a conversation for good; only the Page's installer may.
func (c *Client) DeleteConversation(ctx context.Context, id model.ConversationID) error {
	return c.call(ctx, http.MethodDelete, conversationPath(id), nil, nil, nil)
}

func (c *Client) changed(ctx context.Context, method, path string, in any) (model.Conversation, error) {
	var out model.Conversation
	err := c.call(ctx, method, path, nil, in, &out)
	return out, err
}
