package messenger

import (
	"context"
	"net/http"
	"slices"
	"time"

	"parley/hub/messenger/meta"
	"parley/model"
)

// scopes returns the permissions without which an inbox can't work.
//
// Source: Messenger Platform, "Overview", permissions.
func scopes() []string {
	return []string{"pages_messaging", "pages_manage_metadata", "pages_read_engagement"}
}

// settingMessages is the Page setting that switches messaging on.
const settingMessages = "USERS_CAN_MESSAGE"

// Examine reads what doctor checks about a Page: its token, whether messaging is on, its
// subscription, and Facebook's clock.
func (a App) Examine(ctx context.Context, token string, page model.MetaPageID) model.PageExam {
	var e model.PageExam
	info, err := a.DebugToken(ctx, token)
	e.TokenErr, e.Valid, e.ExpiresAt = err, info.Valid, info.ExpiresAt
	if err == nil {
		e.Missing = without(scopes(), info.Scopes)
	}
	fields, subscribed, err := a.Subscriptions(ctx, token, page, a.appID)
	e.SubscriptionErr, e.Subscribed = err, subscribed
	if err == nil && subscribed {
		e.MissingFields = without(Fields(), fields)
	}
	e.MessagesOn, e.Time, e.SettingsErr = a.messaging(ctx, token, page)
	return e
}

// messaging reports whether messaging is on, and Facebook's time.
//
// Source: Graph API, "Page settings" reference.
func (c *Client) messaging(ctx context.Context, token string, page model.MetaPageID) (on *bool, at time.Time, err error) {
	var w struct {
		Data []struct {
			Setting meta.Word  `json:"setting"`
			Value   *meta.Flag `json:"value"`
		} `json:"data"`
	}
	err = c.do(ctx, request{
		name: "settings", method: http.MethodGet, path: []string{string(page), "settings"}, token: token, date: &at,
	}, &w)
	for _, d := range w.Data {
		if d.Setting == settingMessages && d.Value != nil {
			v := bool(*d.Value)
			on = &v
		}
	}
	return on, at, err
}

// without returns the elements of want that are not in have.
func without(want, have []string) []string {
	return slices.DeleteFunc(slices.Clone(want), func(s string) bool { return slices.Contains(have, s) })
}
