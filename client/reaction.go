package client

import (
	"context"
	"net/http"
	"time"

	"parley/model"
)

// React sets the Page's reaction to a message, or takes it back where the emoji is empty.
// The message comes with the reaction pending; [Client.FollowReaction] waits for more.
func (c *Client) React(ctx context.Context, conversation model.ConversationID, id model.MessageID, emoji model.Untrusted) (model.Message, error) {
	in := struct {
		Message model.MessageID `json:"message"`
		Emoji   model.Untrusted `json:"emoji"`
	}{id, emoji}
	var out model.Message
	err := c.call(ctx, http.MethodPost, conversationPath(conversation)+"/reactions", nil, in, &out)
	return out, err
}

// FollowReaction asks how a message stands until its reaction is confirmed or refused, or
// wait is over.
func (c *Client) FollowReaction(ctx context.Context, m model.Message, wait time.Duration) (model.Message, error) {
	deadline := time.Now().Add(wait)
	for pause := pollFirst; reactionPending(m) && rest(ctx, pause, deadline); pause = min(2*pause, pollMax) {
		now, err := c.Message(ctx, m.ConversationID, m.ID)
		if again(err) {
			continue
		}
		if err != nil {
			return m, err
		}
		m = now
	}
	return m, ctx.Err()
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
