package status

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/model"
)

func (s *Routes) notices(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "list-notices", Method: http.MethodGet, Path: "/v1/notices",
		Summary: "News about Pages, newest first", Tags: []string{"notices"}, Security: door.SignedIn,
	}, s.listNotices)
	huma.Register(api, huma.Operation{
		OperationID: "read-notice", Method: http.MethodPost, Path: "/v1/pages/{page}/notices/{notice}/read",
		Summary: "Mark a notice as read, for all who see the Page", Tags: []string{"notices"}, Security: door.SignedIn,
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

func (s *Routes) listNotices(ctx context.Context, in *noticesInput) (*door.Body[noticesBody], error) {
	ns, cursor, asOf, err := s.hub.Notices(ctx, door.User(ctx), in.Page, in.Cursor, in.Limit)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	if ns == nil {
		ns = []model.Notice{}
	}
	return &door.Body[noticesBody]{Body: noticesBody{Notices: ns, Cursor: cursor, AsOf: asOf}}, nil
}

// NoticePath is a path with a notice.
type NoticePath struct {
	door.PagePath
	Notice string `path:"notice" maxLength:"80"`
}

func (s *Routes) readNotice(ctx context.Context, in *NoticePath) (*door.Body[model.Notice], error) {
	n, err := s.hub.ReadNotice(ctx, door.User(ctx), in.Page, in.Notice)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[model.Notice]{Body: n}, nil
}
