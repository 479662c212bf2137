package messenger

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"parley/hub/messenger/meta"
	"parley/model"
)

// Fields returns the webhook fields that an inbox needs. response_feedback is not among them:
// it would put thumbs under every message of the Page.
//
// Source: Messenger Platform, "Webhooks", fields.
func Fields() []string {
	return []string{
		"messages", "message_echoes", "message_edits", "message_reactions",
		"message_deliveries", "message_reads", "messaging_postbacks", "messaging_referrals",
		"messaging_optins", "messaging_handovers", "standby", "messaging_policy_enforcement",
	}
}

const (
	edgeSubscribedApps = "subscribed_apps"
	edgeSubscriptions  = "subscriptions"
)

// Subscribe subscribes to a Page's webhooks.
//
// Source: Graph API, "Page subscribed_apps" reference.
func (c *Client) Subscribe(ctx context.Context, token string, page model.MetaPageID, fields []string) error {
	return c.succeed(ctx, request{
		name: "subscribe", method: http.MethodPost, path: []string{string(page), edgeSubscribedApps},
		query: url.Values{"subscribed_fields": {strings.Join(fields, ",")}}, token: token,
	})
}

// Unsubscribe ends the subscription to a Page's webhooks.
//
// Source: Graph API, "Page subscribed_apps" reference.
func (c *Client) Unsubscribe(ctx context.Context, token string, page model.MetaPageID) error {
	return c.succeed(ctx, request{
		name: "unsubscribe", method: http.MethodDelete, path: []string{string(page), edgeSubscribedApps}, token: token,
	})
}

// Subscriptions returns the fields of a Page that an app is subscribed to, and whether it is
// subscribed at all: Meta ends subscriptions without notice.
//
// Source: Graph API, "Page subscribed_apps" reference.
func (c *Client) Subscriptions(ctx context.Context, token string, page model.MetaPageID, app model.AppID) (fields []string, subscribed bool, err error) {
	var w struct {
		Data []struct {
			ID     meta.LooseID `json:"id"`
			Fields []meta.Word  `json:"subscribed_fields"`
		} `json:"data"`
	}
	err = c.do(ctx, request{
		name: "subscriptions", method: http.MethodGet, path: []string{string(page), edgeSubscribedApps}, token: token,
	}, &w)
	if err != nil {
		return nil, false, err
	}
	for _, d := range w.Data {
		if model.AppID(d.ID) == app {
			return texts(d.Fields), true, nil
		}
	}
	return nil, false, nil
}

// SubscribeApp tells Meta where the app's webhooks go. Meta shakes hands with the
// callback before it answers.
//
// Source: Messenger Platform, "Webhooks"; Graph API, "App subscriptions" reference.
func (c *Client) SubscribeApp(ctx context.Context, callbackURL, verifyToken string, fields []string) error {
	return c.succeed(ctx, request{
		name: "subscribe_app", method: http.MethodPost, path: []string{string(c.appID), edgeSubscriptions},
		form: url.Values{
			"object": {"page"}, "callback_url": {callbackURL}, "verify_token": {verifyToken},
			"fields": {strings.Join(fields, ",")}, "include_values": {"true"},
		},
		token: c.appToken(),
	})
}

// succeed makes a call whose answer says only that it succeeded.
func (c *Client) succeed(ctx context.Context, r request) error {
	var done success
	if err := c.do(ctx, r, &done); err != nil {
		return err
	}
	if !done {
		return fmt.Errorf("graph %s: %w: no success", r.name, ErrUnreadable)
	}
	return nil
}

// success is {"success": true}, or just true as Meta's guide prints it.
type success bool

// UnmarshalJSON implements [json.Unmarshaler].
func (s *success) UnmarshalJSON(b []byte) error {
	var bare meta.Flag
	_ = bare.UnmarshalJSON(b)
	var w struct {
		Success meta.Flag `json:"success"`
	}
	if !bare {
		_ = json.Unmarshal(b, &w)
	}
	*s = success(bare || w.Success)
	return nil
}
