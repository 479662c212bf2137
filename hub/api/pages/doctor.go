package pages

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/model"
)

func (s *Routes) doctor(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "page-doctor", Method: http.MethodGet, Path: "/v1/pages/{page}/doctor", Tags: []string{"pages"}, Security: door.SignedIn,
		Summary: "What is right and wrong between Facebook and the inbox of a Page",
	}, s.examine)
}

type checksBody struct {
	Checks []model.Check `json:"checks"`
}

func (s *Routes) examine(ctx context.Context, in *door.PagePath) (*door.Body[checksBody], error) {
	all, err := s.hub.Doctor(ctx, door.User(ctx), in.Page)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[checksBody]{Body: checksBody{Checks: all}}, nil
}
