package conversations

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/model"
	"parley/model/label"
)

func (s *Routes) triage(api huma.API) {
	tags := []string{"conversations"}
	const path = "/v1/conversations/{conversation}"
	huma.Register(api, huma.Operation{
		OperationID: "triage", Method: http.MethodPatch, Path: path,
		Summary: "Open, snooze, finish, assign, label or pin a conversation", Tags: tags, Security: door.SignedIn,
		Description: "Only what is named changes. A snooze needs a snoozed_until in the future; any other status clears it. " +
			"The assignee must be a user who may see the Page and is available; null is nobody. A change that changes nothing stores nothing.",
	}, s.patchConversation)
	huma.Register(api, huma.Operation{
		OperationID: "mark-unread", Method: http.MethodPost, Path: path + "/unread",
		Summary: "Move the team's read mark back to before the customer's newest message", Tags: tags, Security: door.SignedIn,
		DefaultStatus: http.StatusOK,
	}, s.markUnread)
}

// triageBody is a requested change. Its schema is written by hand: the model distinguishes a
// missing field from null by a type of its own.
type triageBody model.Triage

// Schema implements [huma.SchemaProvider].
func (triageBody) Schema(huma.Registry) *huma.Schema {
	labels, one, longest := model.MaxLabels, 1, 4*label.MaxRunes // including the space around it
	id := 64
	s := &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: false,
		Properties: map[string]*huma.Schema{
			"status": {Type: huma.TypeString, Enum: []any{string(model.Open), string(model.Snoozed), string(model.Done)}},
			"snoozed_until": {
				Type: huma.TypeString, Format: "date-time", Nullable: true,
				Description: "When the snooze ends; it goes with the status snoozed",
			},
			"assignee": {
				Type: huma.TypeString, Nullable: true, MinLength: &one, MaxLength: &id,
				Description: "Id of the user whose it is; null: nobody's",
			},
			"labels": {
				Type: huma.TypeArray, MaxItems: &labels, Description: "All its labels from now on",
				Items: &huma.Schema{Type: huma.TypeString, MinLength: &one, MaxLength: &longest},
			},
			"pinned": {Type: huma.TypeBoolean},
		},
	}
	s.PrecomputeMessages()
	return s
}

type patchInput struct {
	door.ConversationPath
	Body triageBody
}

func (s *Routes) patchConversation(ctx context.Context, in *patchInput) (*door.Body[model.Conversation], error) {
	if err := s.hub.Triage(ctx, door.User(ctx), in.Conversation, model.Triage(in.Body)); err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return s.conversation(ctx, in.Conversation)
}

func (s *Routes) markUnread(ctx context.Context, in *door.ConversationPath) (*door.Body[model.Conversation], error) {
	if err := s.hub.MarkUnread(ctx, door.User(ctx), in.Conversation); err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return s.conversation(ctx, in.Conversation)
}
