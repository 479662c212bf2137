package client

import (
	"context"
	"net/http"
	"net/url"

	"parley/model"
	"parley/model/label"
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
