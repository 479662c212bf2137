// Package desk serves what users order conversations by: labels, and the views that they saved.
package desk

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/model"
	"parley/model/label"
	"parley/model/query"
)

// Hub is what these routes need of the hub.
type Hub interface {
	Labels(ctx context.Context, user model.User, page model.PageID) ([]label.Count, error)
	SavedViews(ctx context.Context, user model.User) ([]query.Saved, error)
	SaveView(ctx context.Context, user model.User, v query.Saved, place int) (query.Saved, error)
	DropView(ctx context.Context, user model.User, id string) error
}

// Routes are the routes about labels and saved views.
type Routes struct {
	hub  Hub
	door *door.Door
}

// New returns the routes.
func New(hub Hub, d *door.Door) *Routes { return &Routes{hub: hub, door: d} }

// Register adds the routes.
func (s *Routes) Register(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "list-labels", Method: http.MethodGet, Path: "/v1/labels", Summary: "The labels of conversations, the most used first",
		Tags: []string{"conversations"}, Security: door.SignedIn, Description: "Of those conversations alone that the user may see.",
	}, s.listLabels)
	tags := []string{"views"}
	huma.Register(api, huma.Operation{
		OperationID: "list-views", Method: http.MethodGet, Path: "/v1/views", Summary: "One's own saved views, in their order", Tags: tags, Security: door.SignedIn,
	}, s.listViews)
	huma.Register(api, huma.Operation{
		OperationID: "save-view", Method: http.MethodPut, Path: "/v1/views/{view}", Summary: "Save a view, or change one of one's own", Tags: tags,
		Security: door.SignedIn, Description: "The client chooses its id. The query is written as the filter of a list, without words to search.",
	}, s.saveView)
	huma.Register(api, huma.Operation{
		OperationID: "drop-view", Method: http.MethodDelete, Path: "/v1/views/{view}", Summary: "Forget one of one's own views", Tags: tags,
		Security: door.SignedIn, DefaultStatus: http.StatusNoContent,
	}, s.dropView)
}

type labelsInput struct {
	Page model.PageID `query:"page" maxLength:"80"`
}

type labelsBody struct {
	Labels []label.Count `json:"labels"`
	Cursor string        `json:"cursor" doc:"Always empty: all labels are told at once"`
}

func (s *Routes) listLabels(ctx context.Context, in *labelsInput) (*door.Body[labelsBody], error) {
	list, err := s.hub.Labels(ctx, door.User(ctx), in.Page)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[labelsBody]{Body: labelsBody{Labels: list}}, nil
}

type viewsBody struct {
	Views  []query.Saved `json:"views"`
	Cursor string        `json:"cursor" doc:"Always empty: all views are told at once"`
}

func (s *Routes) listViews(ctx context.Context, _ *struct{}) (*door.Body[viewsBody], error) {
	list, err := s.hub.SavedViews(ctx, door.User(ctx))
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[viewsBody]{Body: viewsBody{Views: list}}, nil
}

// ViewPath is a path with a saved view.
type ViewPath struct {
	View string `path:"view" pattern:"^[0-9A-Za-z-]+$" maxLength:"64"`
}

type saveInput struct {
	ViewPath
	Body struct {
		Name  string `json:"name" minLength:"1" maxLength:"128"`
		Query string `json:"query" maxLength:"500"`
		Sort  string `json:"sort,omitempty" enum:"newest,waiting,closing" doc:"Left out: newest"`
		Place *int   `json:"place,omitempty" minimum:"0" maximum:"30" doc:"Among the user's views, from 0: the first three have the keys 7, 8 and 9. Left out: where it was, else at the end"`
	}
}

func (s *Routes) saveView(ctx context.Context, in *saveInput) (*door.Body[query.Saved], error) {
	place := -1
	if in.Body.Place != nil {
		place = *in.Body.Place
	}
	v, err := s.hub.SaveView(ctx, door.User(ctx), query.Saved{ID: in.View, Name: in.Body.Name, Query: in.Body.Query, Sort: in.Body.Sort}, place)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[query.Saved]{Body: v}, nil
}

func (s *Routes) dropView(ctx context.Context, in *ViewPath) (*struct{}, error) {
	return nil, s.door.Problem(ctx, s.hub.DropView(ctx, door.User(ctx), in.View))
}
