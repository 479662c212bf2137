package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/model"
)

func (s *pageRoutes) doctor(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "page-doctor", Method: http.MethodGet, Path: "/v1/pages/{page}/doctor", Tags: []string{"pages"}, Security: signedIn,
		Summary: "What is right and wrong between Facebook and the inbox of a Page",
	}, s.examine)
}

type checksBody struct {
	Checks []model.Check `json:"checks"`
}

func (s *pageRoutes) examine(ctx context.Context, in *PagePath) (*body[checksBody], error) {
	all, err := s.hub.Doctor(ctx, user(ctx), in.Page)
	if err != nil {
		return nil, s.door.problem(ctx, err)
	}
	return &body[checksBody]{Body: checksBody{Checks: all}}, nil
}
