// Package snippets serves the snippets of the team and of whoever asks.
package snippets

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/model"
	"parley/model/snippet"
)

// Hub is what these routes need of the hub.
type Hub interface {
	Snippets(ctx context.Context, user model.User) ([]snippet.Snippet, error)
	Snippet(ctx context.Context, user model.User, ofTeam bool, name string) (snippet.Snippet, error)
	PutSnippet(ctx context.Context, user model.User, s snippet.Snippet) (snippet.Snippet, error)
	RemoveSnippet(ctx context.Context, user model.User, ofTeam bool, name string) error
}

// Routes are the routes of snippets.
type Routes struct {
	hub  Hub
	door *door.Door
}

// New returns the routes.
func New(hub Hub, d *door.Door) *Routes { return &Routes{hub: hub, door: d} }

// Register adds the routes.
func (s *Routes) Register(api huma.API) {
	tags, path := []string{"snippets"}, "/v1/snippets/{snippet}"
	huma.Register(api, huma.Operation{
		OperationID: "list-snippets", Method: http.MethodGet, Path: "/v1/snippets", Summary: "The team's snippets and one's own, by name",
		Tags: tags, Security: door.SignedIn,
		Description: "Nobody sees another user's own snippets.",
	}, s.list)
	huma.Register(api, huma.Operation{
		OperationID: "get-snippet", Method: http.MethodGet, Path: path, Summary: "One snippet", Tags: tags, Security: door.SignedIn,
	}, s.get)
	huma.Register(api, huma.Operation{
		OperationID: "put-snippet", Method: http.MethodPut, Path: path, Summary: "Add or change a snippet", Tags: tags, Security: door.SignedIn,
		Description: "Those of the team are changed by admins (not_admin). A name consists of letters and digits of any script, and -, 32 at most. " +
			"Fields in the text, such as {customer}, are filled in by the client; {{ and }} are single braces. Text and macro are replaced as a whole.",
	}, s.put)
	huma.Register(api, huma.Operation{
		OperationID: "delete-snippet", Method: http.MethodDelete, Path: path, Summary: "Remove a snippet", Tags: tags, Security: door.SignedIn,
		DefaultStatus: http.StatusNoContent,
	}, s.remove)
}

type snippetsBody struct {
	Snippets []snippet.Snippet `json:"snippets"`
}

func (s *Routes) list(ctx context.Context, _ *struct{}) (*door.Body[snippetsBody], error) {
	all, err := s.hub.Snippets(ctx, door.User(ctx))
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	if all == nil {
		all = []snippet.Snippet{}
	}
	return &door.Body[snippetsBody]{Body: snippetsBody{Snippets: all}}, nil
}

// NamePath is the path of a snippet.
type NamePath struct {
	Name string `path:"snippet" maxLength:"200"`
	Team bool   `query:"team" doc:"The team's, not one's own"`
}

func (s *Routes) get(ctx context.Context, in *NamePath) (*door.Body[snippet.Snippet], error) {
	one, err := s.hub.Snippet(ctx, door.User(ctx), in.Team, in.Name)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[snippet.Snippet]{Body: one}, nil
}

type putInput struct {
	NamePath
	Body struct {
		Text  model.Untrusted `json:"text" required:"false" maxLength:"16000"`
		Macro *snippet.Macro  `json:"macro,omitempty"`
	}
}

func (s *Routes) put(ctx context.Context, in *putInput) (*door.Body[snippet.Snippet], error) {
	one, err := s.hub.PutSnippet(ctx, door.User(ctx), snippet.Snippet{Name: in.Name, Text: in.Body.Text, Team: in.Team, Macro: in.Body.Macro})
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[snippet.Snippet]{Body: one}, nil
}

func (s *Routes) remove(ctx context.Context, in *NamePath) (*struct{}, error) {
	return nil, s.door.Problem(ctx, s.hub.RemoveSnippet(ctx, door.User(ctx), in.Team, in.Name))
}
