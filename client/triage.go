package client

import (
	"context"
	"net/http"
	"time"

	"parley/model"
)

// Triage changes the triage of a conversation, and returns the conversation. Fields that the
// change does not name stay as they are.
func (c *Client) Triage(ctx context.Context, id model.ConversationID, t model.Triage) (model.Conversation, error) {
	return c.changed(ctx, http.MethodPatch, conversationPath(id), t)
}

// MarkRead moves the team's read mark up to a message; never back.
func (c *Client) MarkRead(ctx context.Context, id model.ConversationID, upTo model.MessageID) (model.Conversation, error) {
	in := struct {
		UpTo model.MessageID `json:"up_to"`
	}{upTo}
	return c.changed(ctx, http.MethodPost, conversationPath(id)+"/read", in)
}

// MarkUnread moves the team's read mark back, before the customer's newest message.
func (c *Client) MarkUnread(ctx context.Context, id model.ConversationID) (model.Conversation, error) {
	return c.changed(ctx, http.MethodPost, conversationPath(id)+"/unread", nil)
}

// DeleteConversation deletes a conversation for good; only the Page's installer may.
func (c *Client) DeleteConversation(ctx context.Context, id model.ConversationID) error {
	return c.Call(ctx, http.MethodDelete, conversationPath(id), nil, nil, nil)
}

func (c *connection) changed(ctx context.Context, method, path string, in any) (model.Conversation, error) {
	var out model.Conversation
	err := c.Call(ctx, method, path, nil, in, &out)
	return out, err
}

// Retry sends a reply again that failed or asks, by a person's decision. attempt is the
// attempt that this person saw: if the reply has moved on since, the error is a [*Problem]
// with [model.StateChanged] and nothing is sent. seen is the highest seq of the Page that the
// person had seen; nil: newer replies of colleagues are not checked.
func (c *Client) Retry(ctx context.Context, conversation model.ConversationID, id model.MessageID, attempt int, seen *int64) (model.Message, error) {
	in := struct {
		Attempt int    `json:"attempt"`
		SeenSeq *int64 `json:"seen_seq,omitempty"`
	}{attempt, seen}
	return c.decided(ctx, conversation, id, "/retry", in)
}

// Drop gives up a reply that asks, failed or waits. attempt is as in [Client.Retry].
func (c *Client) Drop(ctx context.Context, conversation model.ConversationID, id model.MessageID, attempt int) (model.Message, error) {
	in := struct {
		Attempt int `json:"attempt"`
	}{attempt}
	return c.decided(ctx, conversation, id, "/drop", in)
}

func (c *Client) decided(ctx context.Context, conversation model.ConversationID, id model.MessageID, what string, in any) (model.Message, error) {
	var out model.Message
	path := conversationPath(conversation) + "/messages/" + segment(string(id)) + what
	err := c.Call(ctx, http.MethodPost, path, nil, in, &out)
	return out, err
}

// React sets the Page's reaction to a message, or removes it if emoji is empty. The reaction
// is pending in the returned message; [Client.FollowReaction] waits for its outcome.
func (c *Client) React(ctx context.Context, conversation model.ConversationID, id model.MessageID, emoji model.Untrusted) (model.Message, error) {
	in := struct {
		Message model.MessageID `json:"message"`
		Emoji   model.Untrusted `json:"emoji"`
	}{id, emoji}
	var out model.Message
	err := c.Call(ctx, http.MethodPost, conversationPath(conversation)+"/reactions", nil, in, &out)
	return out, err
}

// FollowReaction polls a message until its reaction is confirmed or refused, or wait is over.
func (c *Client) FollowReaction(ctx context.Context, m model.Message, wait time.Duration) (model.Message, error) {
	return c.Follow(ctx, m, time.Now().Add(wait), func(m model.Message) bool { return !reactionPending(m) })
}

// reactionPending reports whether the Page's reaction is not confirmed by Meta yet.
func reactionPending(m model.Message) bool {
	for _, r := range m.Reactions {
		if r.By == model.ByPage && r.Pending {
			return true
		}
	}
	return false
}
