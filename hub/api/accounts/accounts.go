package accounts

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/accounts"
	"parley/hub/api/door"
	"parley/model"
)

func (s *Routes) accounts(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "me", Method: http.MethodGet, Path: "/v1/me", Summary: "Who asks", Tags: []string{"accounts"}, Security: door.SignedIn,
	}, s.me)
	huma.Register(api, huma.Operation{
		OperationID: "set-availability", Method: http.MethodPut, Path: "/v1/me/availability",
		Summary: "Take conversations, or none for now", Tags: []string{"accounts"}, Security: door.SignedIn,
		Description: "Whoever is not available can be given no conversation, not even by themselves. What is theirs stays theirs. " +
			"Every connected client is told by a user frame.",
	}, s.setAvailability)
	huma.Register(api, huma.Operation{
		OperationID: "login", Method: http.MethodPost, Path: "/v1/login", Summary: "Take a one-time code for a token", Tags: []string{"accounts"},
		Description: "A code works once, for ten minutes. After too many wrong ones from one network, further wrong ones are refused with 429 and Retry-After.",
	}, s.login)
	huma.Register(api, huma.Operation{
		OperationID: "logout", Method: http.MethodPost, Path: "/v1/logout", Summary: "Give the token up", Tags: []string{"accounts"},
		Security: door.SignedIn, DefaultStatus: http.StatusNoContent,
		Description: "The token that asks lets nobody in any more, and what is open by it closes within seconds.",
	}, s.logout)
}

func (s *Routes) logout(ctx context.Context, in *bearerInput) (*struct{}, error) {
	token, _ := door.BearerToken(in.Authorization)
	return nil, s.door.Problem(ctx, s.hub.Logout(ctx, token))
}

func (s *Routes) me(ctx context.Context, _ *struct{}) (*door.Body[model.User], error) {
	return &door.Body[model.User]{Body: door.User(ctx)}, nil
}

type availabilityInput struct {
	Body struct {
		Available bool `json:"available"`
	}
}

func (s *Routes) setAvailability(ctx context.Context, in *availabilityInput) (*door.Body[model.User], error) {
	u, err := s.hub.SetAvailable(ctx, door.User(ctx), in.Body.Available)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[model.User]{Body: u}, nil
}

type loginInput struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"64"`
	}
	remote string
}

// Resolve implements [huma.Resolver]: wrong codes are counted by network.
func (in *loginInput) Resolve(ctx huma.Context) []error {
	in.remote = ctx.RemoteAddr()
	return nil
}

type loginBody struct {
	Token string     `json:"token"`
	User  model.User `json:"user"`
}

func (s *Routes) login(ctx context.Context, in *loginInput) (*door.Body[loginBody], error) {
	token, u, err := s.hub.Login(ctx, in.Body.Code)
	if errors.Is(err, accounts.ErrSignIn) {
		if wait := s.wrong.Count(in.remote); wait > 0 {
			return nil, door.TooManyTries(wait)
		}
	}
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[loginBody]{Body: loginBody{Token: token, User: u}}, nil
}
