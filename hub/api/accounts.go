package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/model"
)

func (s *server) accounts(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "me", Method: http.MethodGet, Path: "/v1/me", Summary: "Who asks", Tags: []string{"accounts"}, Security: signedIn,
	}, s.me)
	huma.Register(api, huma.Operation{
		OperationID: "login", Method: http.MethodPost, Path: "/v1/login", Summary: "Take a one-time code for a token", Tags: []string{"accounts"},
	}, s.login)
	huma.Register(api, huma.Operation{
		OperationID: "logout", Method: http.MethodPost, Path: "/v1/logout", Summary: "Give the token up", Tags: []string{"accounts"},
		Security: signedIn, DefaultStatus: http.StatusNoContent,
		Description: "The token that asks lets nobody in any more, and what is open by it closes within seconds.",
	}, s.logout)
}

type logoutInput struct {
	Authorization string `header:"Authorization" hidden:"true"`
}

func (s *server) logout(ctx context.Context, in *logoutInput) (*struct{}, error) {
	token, _ := bearerToken(in.Authorization)
	return nil, s.problem(ctx, s.hub.Logout(ctx, token))
}

func (s *server) me(ctx context.Context, _ *struct{}) (*body[model.User], error) {
	return &body[model.User]{Body: user(ctx)}, nil
}

type loginInput struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"64"`
	}
}

type loginBody struct {
	Token string     `json:"token"`
	User  model.User `json:"user"`
}

func (s *server) login(ctx context.Context, in *loginInput) (*body[loginBody], error) {
	token, u, err := s.hub.Login(ctx, in.Body.Code)
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	return &body[loginBody]{Body: loginBody{Token: token, User: u}}, nil
}
