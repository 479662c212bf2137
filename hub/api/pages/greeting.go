package pages

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/model"
)

func (s *Routes) greetings(api huma.API) {
	tags := []string{"pages"}
	const path = "/v1/pages/{page}/greeting"
	huma.Register(api, huma.Operation{
		OperationID: "get-greeting", Method: http.MethodGet, Path: path, Tags: tags, Security: door.SignedIn,
		Summary: "What a Page greets with, by locale", Description: "As Facebook has it now. Shown before the first message.",
	}, s.getGreeting)
	huma.Register(api, huma.Operation{
		OperationID: "set-greeting", Method: http.MethodPut, Path: path, Tags: tags, Security: door.SignedIn,
		Summary:     "Set a Page's greeting in one locale",
		Description: "Who connected the Page. 160 characters at most; {{user_first_name}}, {{user_last_name}} and {{user_full_name}} stand for the customer's. The default one comes first.",
	}, s.setGreeting)
	huma.Register(api, huma.Operation{
		OperationID: "delete-greeting", Method: http.MethodDelete, Path: path, Tags: tags, Security: door.SignedIn,
		Summary: "Delete a Page's greeting of one locale, or all", DefaultStatus: http.StatusOK,
	}, s.deleteGreeting)
}

type greetingsBody struct {
	Greetings []model.Greeting `json:"greetings"`
}

func (s *Routes) greeted(ctx context.Context, all []model.Greeting, err error) (*door.Body[greetingsBody], error) {
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[greetingsBody]{Body: greetingsBody{Greetings: all}}, nil
}

func (s *Routes) getGreeting(ctx context.Context, in *door.PagePath) (*door.Body[greetingsBody], error) {
	all, err := s.hub.Greetings(ctx, door.User(ctx), in.Page)
	return s.greeted(ctx, all, err)
}

type setGreetingInput struct {
	door.PagePath
	Body model.Greeting
}

func (s *Routes) setGreeting(ctx context.Context, in *setGreetingInput) (*door.Body[greetingsBody], error) {
	all, err := s.hub.SetGreeting(ctx, door.User(ctx), in.Page, in.Body)
	return s.greeted(ctx, all, err)
}

type deleteGreetingInput struct {
	door.PagePath
	Locale string `query:"locale" maxLength:"16" doc:"Empty: all"`
}

func (s *Routes) deleteGreeting(ctx context.Context, in *deleteGreetingInput) (*door.Body[greetingsBody], error) {
	all, err := s.hub.DeleteGreeting(ctx, door.User(ctx), in.Page, in.Locale)
	return s.greeted(ctx, all, err)
}
