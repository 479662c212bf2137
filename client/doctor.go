package client

import (
	"context"
	"net/http"

	"parley/model"
)

// Doctor returns what is right and wrong between Facebook and the inbox of a Page.
func (c *Client) Doctor(ctx context.Context, page model.PageID) ([]model.Check, error) {
	var out struct {
		Checks []model.Check `json:"checks"`
	}
	err := c.call(ctx, http.MethodGet, "/v1/pages/"+segment(string(page))+"/doctor", nil, nil, &out)
	return out.Checks, err
}
