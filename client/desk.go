package client

import (
	"context"
	"net/http"
	"net/url"

	"parley/model"
	"parley/model/label"
	"parley/model/query"
)

// DeskCalls are the calls about labels and the views that users save.
type DeskCalls struct{ caller }

// Labels returns the labels of the conversations that the user may see, or of those of one Page,
// the most used first.
func (c DeskCalls) Labels(ctx context.Context, page model.PageID) ([]label.Count, error) {
	v := url.Values{}
	if page != "" {
		v.Set("page", string(page))
	}
	var out struct {
		Labels []label.Count `json:"labels"`
	}
	err := c.Call(ctx, http.MethodGet, "/v1/labels", v, nil, &out)
	return out.Labels, err
}

// Views returns the user's saved views, in their order.
func (c DeskCalls) Views(ctx context.Context) ([]query.Saved, error) {
	var out struct {
		Views []query.Saved `json:"views"`
	}
	err := c.Call(ctx, http.MethodGet, "/v1/views", nil, nil, &out)
	return out.Views, err
}

// SaveView saves a view of the user, or changes the one with its id. Its place among the others
// counts from 0; below 0: where it was, else at the end.
func (c DeskCalls) SaveView(ctx context.Context, v query.Saved, place int) (query.Saved, error) {
	in := struct {
		Name  string `json:"name"`
		Query string `json:"query"`
		Sort  string `json:"sort,omitempty"`
		Place *int   `json:"place,omitempty"`
	}{v.Name, v.Query, v.Sort, nil}
	if place >= 0 {
		in.Place = &place
	}
	var out query.Saved
	err := c.Call(ctx, http.MethodPut, "/v1/views/"+segment(v.ID), nil, in, &out)
	return out, err
}

// DropView forgets a view of the user.
func (c DeskCalls) DropView(ctx context.Context, id string) error {
	return c.Call(ctx, http.MethodDelete, "/v1/views/"+segment(id), nil, nil, nil)
}
