package messenger

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"parley/hub/messenger/meta"
	"parley/model"
)

const (
	edgeSettings  = "settings"
	fieldMessages = "messages"
)

// PageState returns the state of a Page at Facebook. If only its settings can't be read, it
// returns the rest.
//
// Source: Graph API, "Page subscribed_apps" and "Page settings" references.
func (c *Client) PageState(ctx context.Context, token string, page model.MetaPageID) (model.PageState, error) {
	fields, subscribed, err := c.Subscriptions(ctx, token, page, c.appID)
	if IsTokenRefused(err) {
		return model.PageState{TokenRefused: true}, nil
	}
	if err != nil {
		return model.PageState{}, err
	}
	s := model.PageState{Subscribed: subscribed && slices.Contains(fields, fieldMessages)}
	s.MessagesOff, err = c.messagesOff(ctx, token, page)
	switch {
	case IsTokenRefused(err):
		return model.PageState{TokenRefused: true}, nil
	case ctx.Err() != nil:
		return model.PageState{}, err
	case err != nil:
		c.log.InfoContext(ctx, "page's settings not told", "page", string(page), "error", err)
	}
	return s, nil
}

// errNoSetting means that a Page's settings lack the one looked for.
var errNoSetting = errors.New("messenger: setting not told")

// messagesOff reports whether messaging is switched off in the Page's settings.
func (c *Client) messagesOff(ctx context.Context, token string, page model.MetaPageID) (*bool, error) {
	var w struct {
		Data []struct {
			Setting meta.Word       `json:"setting"`
			Value   json.RawMessage `json:"value"` // of other settings, anything
		} `json:"data"`
	}
	err := c.do(ctx, request{
		name: "settings", method: http.MethodGet, path: []string{string(page), edgeSettings}, token: token,
	}, &w)
	if err != nil {
		return nil, err
	}
	for _, d := range w.Data {
		var on *bool
		if d.Setting == settingMessages && json.Unmarshal(d.Value, &on) == nil && on != nil {
			off := !*on
			return &off, nil
		}
	}
	return nil, errNoSetting
}
