package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/model"
)

func (s *statusRoutes) notices(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "list-notices", Method: http.MethodGet, Path: "/v1/notices",
		Summary: "News about Pages, newest first", Tags: []string{"notices"}, Security: signedIn,
	}, s.listNotices)
	huma.Register(api, huma.Operation{
		OperationID: "read-notice", Method: http.MethodPost, Path: "/v1/pages/{page}/notices/{notice}/read",
		Summary: "Mark a notice as read, for all who see the Page", Tags: []string{"notices"}, Security: signedIn,
		DefaultStatus: http.StatusOK,
	}, s.readNotice)
}

type noticesInput struct {
	Page   model.PageID `query:"page" maxLength:"80"`
	Cursor string       `query:"cursor" maxLength:"1024"`
	Limit  int          `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

type noticesBody struct {
	Notices []model.Notice `json:"notices"`
	Cursor  string         `json:"cursor"`
	AsOf    model.AsOf     `json:"as_of"`
}

func (s *statusRoutes) listNotices(ctx context.Context, in *noticesInput) (*body[noticesBody], error) {
	ns, cursor, asOf, err := s.hub.Notices(ctx, user(ctx), in.Page, in.Cursor, in.Limit)
	if err != nil {
		return nil, s.door.problem(ctx, err)
	}
	if ns == nil {
		ns = []model.Notice{}
	}
	return &body[noticesBody]{Body: noticesBody{Notices: ns, Cursor: cursor, AsOf: asOf}}, nil
}

// NoticePath names a notice in a path.
type NoticePath struct {
	PagePath
	Notice string `path:"notice" maxLength:"80"`
}

func (s *statusRoutes) readNotice(ctx context.Context, in *NoticePath) (*body[model.Notice], error) {
	n, err := s.hub.ReadNotice(ctx, user(ctx), in.Page, in.Notice)
	if err != nil {
		return nil, s.door.problem(ctx, err)
	}
	return &body[model.Notice]{Body: n}, nil
}
