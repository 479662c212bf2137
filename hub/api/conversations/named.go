package conversations

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/model"
)

func (s *Routes) named(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "named-conversations", Method: http.MethodGet, Path: "/v1/conversations/named",
		Summary: "Conversations that a text may mean", Tags: []string{"conversations"}, Security: door.SignedIn,
		Description: "For commands in which people name a conversation: by its id or the beginning of it, by that of the customer's PSID, " +
			"or by the customer's name. At most 10; more than one means that the text is ambiguous.",
	}, s.namedConversations)
}

type namedInput struct {
	Text string `query:"text" maxLength:"200"`
}

func (s *Routes) namedConversations(ctx context.Context, in *namedInput) (*door.Body[model.NamedList], error) {
	l, err := s.hub.Named(ctx, door.User(ctx), in.Text)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[model.NamedList]{Body: l}, nil
}
