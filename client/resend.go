package client

import (
	"context"
	"net/http"

	"parley/model"
)

// Retry sends a reply again that failed or asks, because a person said so. attempt is
// the attempt that person saw: where the reply has moved on since, a [*Problem] with
// [model.StateChanged] says so and nothing is sent. seen is the highest seq of the Page
// that the person had seen; nil: whether a colleague answered is not checked.
func (c *Client) Retry(ctx context.Context, conversation model.ConversationID, id model.MessageID, attempt int, seen *int64) (model.Message, error) {
	in := struct {
		Attempt int    `json:"attempt"`
		SeenSeq *int64 `json:"seen_seq,omitempty"`
	}{attempt, seen}
	return c.decided(ctx, conversation, id, "/retry", in)
}

// Drop gives a reply up that asks, failed or waits. attempt is the attempt that was
// seen, as with [Client.Retry].
func (c *Client) Drop(ctx context.Context, conversation model.ConversationID, id model.MessageID, attempt int) (model.Message, error) {
	in := struct {
		Attempt int `json:"attempt"`
	}{attempt}
	return c.decided(ctx, conversation, id, "/drop", in)
}

func (c *Client) decided(ctx context.Context, conversation model.ConversationID, id model.MessageID, what string, in any) (model.Message, error) {
	var out model.Message
	path := conversationPath(conversation) + "/messages/" + segment(string(id)) + what
	err := c.call(ctx, http.MethodPost, path, nil, in, &out)
	return out, err
}
