package pages

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/model"
)

// connections are the routes with which a terminal begins to connect a Page through the
// browser, and follows it. The browser's own pages are in package browser.
func (s *Routes) connections(api huma.API) {
	tags := []string{"pages"}
	huma.Register(api, huma.Operation{
		OperationID: "begin-connect", Method: http.MethodPost, Path: "/v1/connections", Tags: tags, Security: door.SignedIn,
		Summary: "Begin to connect a Page through the browser", DefaultStatus: http.StatusCreated,
		Description: "The link is for one browser, once, for ten minutes. What the same user began before ends.",
	}, s.beginConnect)
	huma.Register(api, huma.Operation{
		OperationID: "get-connect", Method: http.MethodGet, Path: "/v1/connections/{connection}", Tags: tags, Security: door.SignedIn,
		Summary: "How far connecting is", Description: "Only who began it is told.",
	}, s.getConnect)
	huma.Register(api, huma.Operation{
		OperationID: "cancel-connect", Method: http.MethodDelete, Path: "/v1/connections/{connection}", Tags: tags, Security: door.SignedIn,
		Summary: "Give connecting up", DefaultStatus: http.StatusOK,
	}, s.cancelConnect)
}

type beginConnectInput struct {
	Body struct {
		Visibility model.Visibility `json:"visibility,omitempty" enum:"private,shared" doc:"What is chosen at first; private if absent"`
		Zone       string           `json:"zone,omitempty" maxLength:"64" doc:"The installer's time zone, an IANA name or a rule of POSIX (JST-9); empty: the hub's"`
	}
}

// ConnectionPath is a path with an attempt.
type ConnectionPath struct {
	Connection string `path:"connection"`
}

func (s *Routes) beginConnect(ctx context.Context, in *beginConnectInput) (*door.Body[model.Connect], error) {
	c, link, err := s.hub.BeginConnect(ctx, door.User(ctx), in.Body.Visibility, in.Body.Zone)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	c.URL = s.linkTo(link)
	return &door.Body[model.Connect]{Body: c}, nil
}

func (s *Routes) getConnect(ctx context.Context, in *ConnectionPath) (*door.Body[model.Connect], error) {
	c, err := s.hub.ConnectStatus(door.User(ctx), in.Connection)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[model.Connect]{Body: c}, nil
}

func (s *Routes) cancelConnect(ctx context.Context, in *ConnectionPath) (*door.Body[model.Connect], error) {
	c, err := s.hub.CancelConnect(door.User(ctx), in.Connection)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[model.Connect]{Body: c}, nil
}
