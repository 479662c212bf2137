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

// ChangeNotifications changes what the user wants to be notified of. Where that is about mails or
// quiet hours, the hub is told the zone by whose clock those are.
func (c *Client) ChangeNotifications(ctx context.Context, change notify.Change) (notify.Preferences, error) {
	var out notify.Preferences
	if change.Zone == nil && (change.Mail != nil || change.QuietHours != nil || change.QuietWeekends != nil) {
		if zone := localZone(); zone != "" {
			change.Zone = &zone
		}
	}
	err := c.Call(ctx, http.MethodPatch, "/v1/me/notifications", nil, change, &out)
	return out, err
}
