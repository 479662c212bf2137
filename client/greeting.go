package client

import (
	"context"
	"net/http"
	"net/url"

	"parley/model"
)

func greetingPath(page model.PageID) string {
	return "/v1/pages/" + segment(string(page)) + "/greeting"
}

// greetings makes a call that answers with all greetings of a Page.
func (c *Client) greetings(ctx context.Context, method string, page model.PageID, query url.Values, in any) ([]model.Greeting, error) {
	var out struct {
		Greetings []model.Greeting `json:"greetings"`
	}
	err := c.call(ctx, method, greetingPath(page), query, in, &out)
	return out.Greetings, err
}

// Greetings returns what a Page greets with, by locale.
func (c *Client) Greetings(ctx context.Context, page model.PageID) ([]model.Greeting, error) {
	return c.greetings(ctx, http.MethodGet, page, nil, nil)
}

// SetGreeting sets the greeting of one locale, and returns all.
func (c *Client) SetGreeting(ctx context.Context, page model.PageID, g model.Greeting) ([]model.Greeting, error) {
	return c.greetings(ctx, http.MethodPut, page, nil, g)
}

// DeleteGreeting deletes the greeting of one locale, or all where that is empty, and
// returns what is left.
func (c *Client) DeleteGreeting(ctx context.Context, page model.PageID, locale string) ([]model.Greeting, error) {
	q := url.Values{}
	if locale != "" {
		q.Set("locale", locale)
	}
	return c.greetings(ctx, http.MethodDelete, page, q, nil)
}
