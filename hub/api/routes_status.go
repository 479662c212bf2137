package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub"
	"parley/model"
)

// statusHub is what these routes need of the hub.
type statusHub interface {
	Ready(ctx context.Context) hub.Readiness
	Stats(ctx context.Context) (map[string]int64, error)
	Audit(ctx context.Context, user model.User, cursor string, limit int) ([]model.AuditEntry, string, error)
	Notices(ctx context.Context, user model.User, page model.PageID, cursor string, limit int) ([]model.Notice, string, model.AsOf, error)
	ReadNotice(ctx context.Context, user model.User, page model.PageID, id string) (model.Notice, error)
}

// statusRoutes are the routes by which the hub tells how it is and what happened: its
// health, its counters, who did what, notices.
type statusRoutes struct {
	hub  statusHub
	door *Door
}

// newStatusRoutes serves what the hub tells of itself.
func newStatusRoutes(hub statusHub, door *Door) *statusRoutes {
	return &statusRoutes{hub: hub, door: door}
}

// register adds the routes.
func (s *statusRoutes) register(api huma.API) {
	s.health(api)
	s.audit(api)
	s.notices(api)
}
