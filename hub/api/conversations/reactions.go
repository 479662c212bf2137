package conversations

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/model"
)

func (s *Routes) reactions(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "react", Method: http.MethodPost, Path: "/v1/conversations/{conversation}/reactions",
		Summary: "React to a message, or take the reaction back", Tags: []string{"messages"}, Security: door.SignedIn,
		DefaultStatus: http.StatusAccepted,
		Description: "202: the message, whose reaction is pending until Facebook has confirmed it; the message then says so, or why not. " +
			"A Page has one reaction to a message: the last one wins. 409: refused by a rule; nothing is stored.",
	}, s.react)
}

type reactInput struct {
	door.ConversationPath
	Body struct {
		Message model.MessageID `json:"message" minLength:"1" maxLength:"200"`
		Emoji   model.Untrusted `json:"emoji,omitempty" doc:"One emoji; empty or absent takes the reaction back"`
	}
}

func (s *Routes) react(ctx context.Context, in *reactInput) (*door.Body[model.Message], error) {
	m, err := s.hub.React(ctx, door.User(ctx), in.Conversation, in.Body.Message, in.Body.Emoji)
	return s.message(ctx, m, err)
}
