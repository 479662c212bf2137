package status

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/hub/health"
	"parley/model"
)

func (s *Routes) health(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "healthz", Method: http.MethodGet, Path: "/healthz", Summary: "The server runs", Tags: []string{"health"},
	}, func(context.Context, *struct{}) (*door.Body[struct {
		Status string `json:"status"`
	}], error,
	) {
		out := &door.Body[struct {
			Status string `json:"status"`
		}]{}
		out.Body.Status = "ok"
		return out, nil
	})
	huma.Register(api, huma.Operation{
		OperationID: "readyz", Method: http.MethodGet, Path: "/readyz", Summary: "The hub can do its work", Tags: []string{"health"},
		Description: "503 when the store can't be used, or is so slow that webhooks are not stored in time. Whether Meta took our address for webhooks is told, too.",
	}, s.ready)
	huma.Register(api, huma.Operation{
		OperationID: "stats", Method: http.MethodGet, Path: "/v1/stats", Summary: "The hub's counters",
		Description: "For admins: the counters are of all Pages.", Tags: []string{"health"}, Security: door.SignedIn,
	}, s.stats)
}

type readiness struct {
	Status int
	Body   health.Readiness
}

func (s *Routes) ready(ctx context.Context, _ *struct{}) (*readiness, error) {
	out := &readiness{Status: http.StatusOK, Body: s.hub.Ready(ctx)}
	if !out.Body.Ready {
		out.Status = http.StatusServiceUnavailable
	}
	return out, nil
}

type statsBody struct {
	Stats map[string]int64 `json:"stats"`
}

func (s *Routes) stats(ctx context.Context, _ *struct{}) (*door.Body[statsBody], error) {
	if !door.User(ctx).Admin {
		return nil, s.door.Problem(ctx, model.Refuse(model.NotAdmin))
	}
	counters, err := s.hub.Stats(ctx)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[statsBody]{Body: statsBody{Stats: counters}}, nil
}
