package accounts

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/model"
)

func (s *Routes) users(api huma.API) {
	tags := []string{"accounts"}
	huma.Register(api, huma.Operation{
		OperationID: "list-users", Method: http.MethodGet, Path: "/v1/users", Summary: "Everybody who works with this hub", Tags: tags, Security: door.SignedIn,
		Description: "For assigning. E-mail addresses and roles are told to admins alone.",
	}, s.listUsers)
	huma.Register(api, huma.Operation{
		OperationID: "list-tokens", Method: http.MethodGet, Path: "/v1/tokens", Summary: "One's own tokens", Tags: tags, Security: door.SignedIn,
		Description: "Each sign-in leaves one. The tokens themselves are stored hashed and can't be shown.",
	}, s.listTokens)
	huma.Register(api, huma.Operation{
		OperationID: "revoke-token", Method: http.MethodDelete, Path: "/v1/tokens/{token}", Summary: "Revoke one of one's own tokens", Tags: tags,
		Security: door.SignedIn, DefaultStatus: http.StatusNoContent,
		Description: "It lets nobody in any more, and what is open by it closes within seconds.",
	}, s.revokeToken)
}

type usersBody struct {
	Users  []model.Colleague `json:"users"`
	Cursor string            `json:"cursor" doc:"Always empty: all users are told at once"`
}

func (s *Routes) listUsers(ctx context.Context, _ *struct{}) (*door.Body[usersBody], error) {
	all, err := s.hub.Users(ctx, door.User(ctx))
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[usersBody]{Body: usersBody{Users: all}}, nil
}

// bearerInput is the token of a request.
type bearerInput struct {
	Authorization string `header:"Authorization" hidden:"true"`
}

type tokensBody struct {
	Tokens []model.Token `json:"tokens"`
	Cursor string        `json:"cursor" doc:"Always empty: all tokens are told at once"`
}

func (s *Routes) listTokens(ctx context.Context, in *bearerInput) (*door.Body[tokensBody], error) {
	current, _ := door.BearerToken(in.Authorization)
	all, err := s.hub.Tokens(ctx, door.User(ctx), current)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[tokensBody]{Body: tokensBody{Tokens: all}}, nil
}

type tokenInput struct {
	Token model.TokenID `path:"token" maxLength:"64"`
}

func (s *Routes) revokeToken(ctx context.Context, in *tokenInput) (*struct{}, error) {
	return nil, s.door.Problem(ctx, s.hub.RevokeToken(ctx, door.User(ctx), in.Token))
}
