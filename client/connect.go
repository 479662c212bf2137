package client

import (
	"context"
	"net/http"

	"parley/model"
)

// BeginConnect begins to connect a Page through the browser. The answer's URL is to be
// opened there; v is what is chosen at first.
func (c *Client) BeginConnect(ctx context.Context, v model.Visibility) (model.Connect, error) {
	in := struct {
		Visibility model.Visibility `json:"visibility,omitempty"`
		Zone       string           `json:"zone,omitempty"`
	}{v, localZone()}
	var out model.Connect
	err := c.call(ctx, http.MethodPost, "/v1/connections", nil, in, &out)
	return out, err
}

// Connect returns how far that is.
func (c *Client) Connect(ctx context.Context, id string) (model.Connect, error) {
	var out model.Connect
	err := c.call(ctx, http.MethodGet, "/v1/connections/"+segment(id), nil, nil, &out)
	return out, err
}

// CancelConnect gives it up.
func (c *Client) CancelConnect(ctx context.Context, id string) (model.Connect, error) {
	var out model.Connect
	err := c.call(ctx, http.MethodDelete, "/v1/connections/"+segment(id), nil, nil, &out)
	return out, err
}
