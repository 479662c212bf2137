package client

import (
	"context"
	"net/http"

	"parley/model"
)

func importPath(page model.PageID) string { return "/v1/pages/" + segment(string(page)) + "/import" }

// Import returns how bringing a Page's past conversations in stands.
func (c *Client) Import(ctx context.Context, page model.PageID) (model.Import, error) {
	var out model.Import
	err := c.call(ctx, http.MethodGet, importPath(page), nil, nil, &out)
	return out, err
}

// BeginImport brings past conversations in, or takes that up again.
func (c *Client) BeginImport(ctx context.Context, page model.PageID) (model.Import, error) {
	var out model.Import
	err := c.call(ctx, http.MethodPost, importPath(page), nil, nil, &out)
	return out, err
}

// CancelImport stops it.
func (c *Client) CancelImport(ctx context.Context, page model.PageID) (model.Import, error) {
	var out model.Import
	err := c.call(ctx, http.MethodDelete, importPath(page), nil, nil, &out)
	return out, err
}

// ConnectWithoutPast is [Client.ConnectPage] that leaves past conversations where they are.
func (c *Client) ConnectWithoutPast(ctx context.Context, page model.MetaPageID, token string, v model.Visibility) (model.Page, error) {
	in := struct {
		Page       model.MetaPageID `json:"page"`
		Token      string           `json:"token"`
		Visibility model.Visibility `json:"visibility,omitempty"`
		NoImport   bool             `json:"no_import"`
		Zone       string           `json:"zone,omitempty"`
	}{page, token, v, true, localZone()}
	var out model.Page
	err := c.call(ctx, http.MethodPost, "/v1/pages", nil, in, &out)
	return out, err
}
