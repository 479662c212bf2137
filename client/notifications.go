package client

import (
	"context"
	"net/http"

	"parley/model/notify"
)

// Notifications returns what the user wants to be notified of, and how.
func (c *Client) Notifications(ctx context.Context) (notify.Preferences, error) {
	var out notify.Preferences
	err := c.Call(ctx, http.MethodGet, "/v1/me/notifications", nil, nil, &out)
	return out, err
}

// ChangeNotifications changes what the user wants to be notified of.
func (c *Client) ChangeNotifications(ctx context.Context, change notify.Change) (notify.Preferences, error) {
	var out notify.Preferences
	err := c.Call(ctx, http.MethodPatch, "/v1/me/notifications", nil, change, &out)
	return out, err
}
