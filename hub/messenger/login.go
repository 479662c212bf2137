package messenger

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"parley/hub/messenger/meta"
	"parley/model"
)

// DefaultDialogURL is the address of the dialog in which Facebook asks a person whether the app
// may manage their Pages' messages.
const DefaultDialogURL = "https://www.facebook.com"

// needed returns the permissions without which a Page can't be connected.
//
// Source: Messenger Platform, "Overview", permissions; Graph API, "User accounts".
func needed() []string {
	return []string{"pages_show_list", "pages_messaging", "pages_manage_metadata", "pages_read_engagement"}
}

// permissionBusiness is needed to list the Pages that a person has through a business.
const permissionBusiness = "business_management"

// DialogURL returns the address to which a browser is sent to ask the person. They come back to
// redirect with the state and a code.
//
// Permissions that were declined before are asked for again, which Facebook would not do by
// itself.
//
// Source: Facebook Login, "Manually build a login flow".
func (c *Client) DialogURL(redirect, state string) string {
	q := url.Values{
		"client_id": {string(c.appID)}, "redirect_uri": {redirect}, "state": {state}, "response_type": {"code"},
		"scope": {strings.Join(append(needed(), permissionBusiness), ",")}, "auth_type": {"rerequest"},
	}
	return c.dialog + "/dialog/oauth?" + q.Encode()
}

// DialogOrigin returns the origin of [Client.DialogURL], for the policies of web pages.
func (c *Client) DialogOrigin() string {
	u, _ := url.Parse(c.dialog) // it was parsed in New
	return u.Scheme + "://" + u.Host
}

// UserToken exchanges a code that the dialog issued for that redirect address for a person's
// long-lived token. A code that Facebook does not accept is refused.
//
// The app's secret, the code and the token are in the query: Facebook documents no other way.
// No error or log quotes it.
//
// Source: Facebook Login, "Manually build a login flow"; "Get long-lived access tokens".
func (c *Client) UserToken(ctx context.Context, code, redirect string) (string, error) {
	short, err := c.accessToken(ctx, url.Values{"redirect_uri": {redirect}, "code": {code}})
	var e *GraphError
	if errors.As(err, &e) && e.Code == codeParameter {
		return "", model.Refuse(model.ConnectExpired)
	}
	if err != nil {
		return "", err
	}
	return c.accessToken(ctx, url.Values{"grant_type": {"fb_exchange_token"}, "fb_exchange_token": {short}})
}

func (c *Client) accessToken(ctx context.Context, query url.Values) (string, error) {
	query.Set("client_id", string(c.appID))
	query.Set("client_secret", string(c.appSecret))
	var w struct {
		Token string `json:"access_token"`
	}
	err := c.do(ctx, request{name: "access_token", method: http.MethodGet, path: []string{"oauth", "access_token"}, query: query}, &w)
	if err == nil && w.Token == "" {
		err = ErrUnreadable
	}
	return w.Token, err
}

// Missing returns the permissions needed for a Page that the person did not give.
//
// Source: Graph API, "User permissions" reference.
func (c *Client) Missing(ctx context.Context, userToken string) ([]string, error) {
	var w struct {
		Data []struct {
			Permission meta.Word `json:"permission"`
			Status     meta.Word `json:"status"`
		} `json:"data"`
	}
	err := c.do(ctx, request{
		name: "permissions", method: http.MethodGet, path: []string{"me", "permissions"}, token: userToken,
	}, &w)
	if err != nil {
		return nil, err
	}
	missing := needed()
	for _, p := range w.Data {
		if p.Status == "granted" {
			missing = slices.DeleteFunc(missing, func(name string) bool { return name == string(p.Permission) })
		}
	}
	return missing, nil
}

// ManagedPages returns the Pages that a person has a role on, and which of them they have full
// control of.
func (c *Client) ManagedPages(ctx context.Context, userToken string) ([]model.ManagedPage, error) {
	accounts, err := c.Accounts(ctx, userToken)
	if err != nil {
		return nil, err
	}
	out := make([]model.ManagedPage, 0, len(accounts))
	for _, a := range accounts {
		out = append(out, model.ManagedPage{ID: a.ID, Name: a.Name, Token: a.Token, FullControl: a.FullControl() && a.Token != ""})
	}
	return out, nil
}

// MessagesOff reports whether messaging is switched off in the Page's settings; false if
// Facebook does not say.
//
// Source: Graph API, "Page settings".
func (c *Client) MessagesOff(ctx context.Context, token string, page model.MetaPageID) (bool, error) {
	var w struct {
		Data []struct {
			Setting meta.Word       `json:"setting"`
			Value   optionalSetting `json:"value"`
		} `json:"data"`
	}
	err := c.do(ctx, request{
		name: "settings", method: http.MethodGet, path: []string{string(page), "settings"}, token: token,
	}, &w)
	if err != nil {
		return false, err
	}
	for _, s := range w.Data {
		if s.Setting == settingMessages {
			return s.Value == "false", nil
		}
	}
	return false, nil
}

// optionalSetting is the raw value of a setting, which may be of any kind.
type optionalSetting string

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (o *optionalSetting) UnmarshalJSON(b []byte) error {
	*o = optionalSetting(strings.Trim(string(b), `"`))
	return nil
}
