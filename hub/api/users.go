package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/model"
)

func (s *accountRoutes) users(api huma.API) {
	tags := []string{"accounts"}
	huma.Register(api, huma.Operation{
		OperationID: "list-users", Method: http.MethodGet, Path: "/v1/users", Summary: "Everybody who works with this hub", Tags: tags, Security: signedIn,
		Description: "For assigning. E-mail addresses and roles are told to admins alone.",
	}, s.listUsers)
	huma.Register(api, huma.Operation{
		OperationID: "list-tokens", Method: http.MethodGet, Path: "/v1/tokens", Summary: "One's own tokens", Tags: tags, Security: signedIn,
		Description: "Each sign-in leaves one. The tokens themselves are stored hashed and can't be shown.",
	}, s.listTokens)
	huma.Register(api, huma.Operation{
		OperationID: "revoke-token", Method: http.MethodDelete, Path: "/v1/tokens/{token}", Summary: "Revoke one of one's own tokens", Tags: tags,
		Security: signedIn, DefaultStatus: http.StatusNoContent,
		Description: "It lets nobody in any more, and what is open by it closes within seconds.",
	}, s.revokeToken)
}

type usersBody struct {
	Users  []model.Colleague `json:"users"`
	Cursor string            `json:"cursor" doc:"Always empty: all users are told at once"`
}

func (s *accountRoutes) listUsers(ctx context.Context, _ *struct{}) (*body[usersBody], error) {
	all, err := s.hub.Users(ctx, user(ctx))
	if err != nil {
		return nil, s.door.problem(ctx, err)
	}
	return &body[usersBody]{Body: usersBody{Users: all}}, nil
}

// bearerInput is the token by which somebody asks.
type bearerInput struct {
	Authorization string `header:"Authorization" hidden:"true"`
}

type tokensBody struct {
	Tokens []model.Token `json:"tokens"`
	Cursor string        `json:"cursor" doc:"Always empty: all tokens are told at once"`
}

func (s *accountRoutes) listTokens(ctx context.Context, in *bearerInput) (*body[tokensBody], error) {
	current, _ := bearerToken(in.Authorization)
	all, err := s.hub.Tokens(ctx, user(ctx), current)
	if err != nil {
		return nil, s.door.problem(ctx, err)
	}
	return &body[tokensBody]{Body: tokensBody{Tokens: all}}, nil
}

type tokenInput struct {
	Token model.TokenID `path:"token" maxLength:"64"`
}

func (s *accountRoutes) revokeToken(ctx context.Context, in *tokenInput) (*struct{}, error) {
	return nil, s.door.problem(ctx, s.hub.RevokeToken(ctx, user(ctx), in.Token))
}
