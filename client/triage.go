package client

import (
	"context"
	"net/http"
	"time"

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
	return c.Call(ctx, http.MethodDelete, conversationPath(id), nil, nil, nil)
}

func (c *connection) changed(ctx context.Context, method, path string, in any) (model.Conversation, error) {
	var out model.Conversation
	err := c.Call(ctx, method, path, nil, in, &out)
	return out, err
}

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
	err := c.Call(ctx, http.MethodPost, path, nil, in, &out)
	return out, err
}

// React sets the Page's reaction to a message, or takes it back where the emoji is empty.
// The message comes with the reaction pending; [Client.FollowReaction] waits for more.
func (c *Client) React(ctx context.Context, conversation model.ConversationID, id model.MessageID, emoji model.Untrusted) (model.Message, error) {
	in := struct {
		Message model.MessageID `json:"message"`
		Emoji   model.Untrusted `json:"emoji"`
	}{id, emoji}
	var out model.Message
	err := c.Call(ctx, http.MethodPost, conversationPath(conversation)+"/reactions", nil, in, &out)
	return out, err
}

// FollowReaction asks how a message stands until its reaction is confirmed or refused, or
// wait is over.
func (c *Client) FollowReaction(ctx context.Context, m model.Message, wait time.Duration) (model.Message, error) {
	return c.Follow(ctx, m, time.Now().Add(wait), func(m model.Message) bool { return !reactionPending(m) })
}

// reactionPending tells whether Meta has not confirmed the Page's reaction.
func reactionPending(m model.Message) bool {
	for _, r := range m.Reactions {
		if r.By == model.ByPage && r.Pending {
			return true
		}
	}
	return false
}
