package messenger

import (
	"context"
	"log/slog"
	"net/http"

	"parley/model"
)

// wireAction is the body of a sender action. It has no message: Meta refuses both together.
//
// Source: Messenger Platform, "Send API" reference, sender_action.
type wireAction struct {
	Recipient struct {
		ID model.PSID `json:"id"`
	} `json:"recipient"`
	Action  model.ActionKind `json:"sender_action"`
	Payload *wireReaction    `json:"payload,omitempty"`
}

type wireReaction struct {
	MessageID model.MID       `json:"message_id"`
	Reaction  model.Untrusted `json:"reaction,omitempty"`
}

// Act sends a sender action: typing, seen, a reaction.
//
// Source: Messenger Platform, "Send API", sender_action.
func (c *Client) Act(ctx context.Context, a model.SenderAction) model.Outcome {
	if a.Token == "" {
		return model.Outcome{Kind: model.OutcomeRefused, Code: model.PageDisconnected}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	w := wireAction{Action: a.Kind}
	w.Recipient.ID = a.To
	switch a.Kind {
	case model.React:
		w.Payload = &wireReaction{MessageID: a.Target, Reaction: a.Emoji}
	case model.Unreact:
		w.Payload = &wireReaction{MessageID: a.Target}
	case model.TypingOn, model.TypingOff, model.MarkSeen:
	}
	req, err := c.build(ctx, request{
		name: string(a.Kind), method: http.MethodPost, path: []string{string(a.Page), "messages"}, body: w, token: a.Token,
	})
	if err != nil {
		c.log.ErrorContext(ctx, "no request can be made", keyCall, string(a.Kind), keyError, err.Error())
		return model.Outcome{Kind: model.OutcomeRefused, Code: model.GraphRefused}
	}
	answer, err := c.roundTrip(req)
	if err != nil {
		c.log.WarnContext(ctx, "graph call without an answer", keyCall, string(a.Kind), keyError, err.Error())
		return model.Outcome{Kind: model.OutcomeUncertain}
	}
	if e := c.graphError(answer, string(a.Page), a.Token); e != nil {
		c.logRefusal(ctx, slog.LevelInfo, string(a.Kind), e)
		return classify(e)
	}
	if !answer.ok() {
		c.log.WarnContext(ctx, "graph answer unreadable", keyCall, string(a.Kind), keyStatus, answer.status)
		return model.Outcome{Kind: model.OutcomeUncertain, Detail: answer.summary()}
	}
	return model.Outcome{Kind: model.OutcomeAccepted}
}
