package status

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/model"
)

func (s *Routes) audit(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "list-audit", Method: http.MethodGet, Path: "/v1/audit", Summary: "Who did what, newest first", Tags: []string{"audit"}, Security: door.SignedIn,
		Description: "For admins. What was done to the conversations of a Page is told to those who see the Page.",
	}, s.listAudit)
}

type auditInput struct {
	Cursor string `query:"cursor" maxLength:"1024"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

type auditBody struct {
	Entries []model.AuditEntry `json:"entries"`
	Cursor  string             `json:"cursor" doc:"Of the next page; empty at the end"`
}

func (s *Routes) listAudit(ctx context.Context, in *auditInput) (*door.Body[auditBody], error) {
	entries, cursor, err := s.hub.Audit(ctx, door.User(ctx), in.Cursor, in.Limit)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	if entries == nil {
		entries = []model.AuditEntry{}
	}
	return &door.Body[auditBody]{Body: auditBody{Entries: entries, Cursor: cursor}}, nil
}
