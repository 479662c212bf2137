// Package status serves the state of the hub and what happened: its health, its counters, the
// audit log, notices.
package status

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/hub/health"
	"parley/model"
)

// Hub is what these routes need of the hub.
type Hub interface {
	Ready(ctx context.Context) health.Readiness
	Stats(ctx context.Context) (map[string]int64, error)
	Audit(ctx context.Context, user model.User, cursor string, limit int) ([]model.AuditEntry, string, error)
	Notices(ctx context.Context, user model.User, page model.PageID, cursor string, limit int) ([]model.Notice, string, model.AsOf, error)
	ReadNotice(ctx context.Context, user model.User, page model.PageID, id string) (model.Notice, error)
}

// Routes are the routes about the hub's state and what happened: its health, its counters, the
// audit log, notices.
type Routes struct {
	hub  Hub
	door *door.Door
}

// New returns the routes.
func New(hub Hub, d *door.Door) *Routes {
	return &Routes{hub: hub, door: d}
}

// Register adds the routes.
func (s *Routes) Register(api huma.API) {
	s.health(api)
	s.audit(api)
	s.notices(api)
}
