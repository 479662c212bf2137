package pages

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/model"
)

// imports are the routes about importing a Page's past conversations.
func (s *Routes) imports(api huma.API) {
	tags := []string{"pages"}
	path := "/v1/pages/{page}/import"
	huma.Register(api, huma.Operation{
		OperationID: "get-import", Method: http.MethodGet, Path: path, Tags: tags, Security: door.SignedIn,
		Summary: "How bringing in past conversations stands", Description: "404 where none was begun.",
	}, s.getImport)
	huma.Register(api, huma.Operation{
		OperationID: "begin-import", Method: http.MethodPost, Path: path, Tags: tags, Security: door.SignedIn,
		Summary: "Bring past conversations in, or take that up again", DefaultStatus: http.StatusOK,
		Description: "One that runs goes on. For the Page's installer, and for admins who see the Page.",
	}, s.beginImport)
	huma.Register(api, huma.Operation{
		OperationID: "cancel-import", Method: http.MethodDelete, Path: path, Tags: tags, Security: door.SignedIn,
		Summary: "Stop bringing past conversations in", DefaultStatus: http.StatusOK,
		Description: "What is here stays; it can be taken up again.",
	}, s.cancelImport)
}

// importBody is an import with what follows from its figures.
type importBody struct {
	model.Import
	Rate float64 `json:"rate" doc:"Conversations a second"`
	// SecondsLeft is absent while it can't be estimated.
	SecondsLeft *int64 `json:"seconds_left,omitempty"`
}

func (s *Routes) importAnswer(ctx context.Context, i model.Import, err error) (*door.Body[importBody], error) {
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	out := importBody{Import: i, Rate: i.Rate()}
	if left, ok := i.Left(); ok {
		seconds := int64(left.Seconds())
		out.SecondsLeft = &seconds
	}
	return &door.Body[importBody]{Body: out}, nil
}

func (s *Routes) getImport(ctx context.Context, in *door.PagePath) (*door.Body[importBody], error) {
	i, err := s.hub.ImportStatus(ctx, door.User(ctx), in.Page)
	return s.importAnswer(ctx, i, err)
}

func (s *Routes) beginImport(ctx context.Context, in *door.PagePath) (*door.Body[importBody], error) {
	i, err := s.hub.BeginImport(ctx, door.User(ctx), in.Page)
	return s.importAnswer(ctx, i, err)
}

func (s *Routes) cancelImport(ctx context.Context, in *door.PagePath) (*door.Body[importBody], error) {
	i, err := s.hub.CancelImport(ctx, door.User(ctx), in.Page)
	return s.importAnswer(ctx, i, err)
}
