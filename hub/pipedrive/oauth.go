package pipedrive

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/model"
)

// maxToken is the longest token accepted. Pipedrive asks clients to allow for 768 characters
// and more.
const maxToken = 8 << 10

// accessSlack shortens an access token's life, so that it does not expire on its way.
const accessSlack = time.Minute

// Exchange exchanges the code that came back to redirect for a grant. A code works once.
func (c *Client) Exchange(ctx context.Context, code, redirect string) (model.CRMGrant, error) {
	return c.tokens(ctx, "exchange", url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirect},
	})
}

// Refresh returns the grant with a new access token and ends the old one. A grant must not be
// refreshed twice at once.
func (c *Client) Refresh(ctx context.Context, g model.CRMGrant) (model.CRMGrant, error) {
	next, err := c.tokens(ctx, "refresh", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {g.Refresh}})
	if err != nil {
		return model.CRMGrant{}, err
	}
	return next, nil
}

// tokens requests tokens. The body of a refusal is documented nowhere: status 400 and 401 are
// refusals, everything else may succeed later.
//
// Source: Pipedrive, "OAuth authorization".
func (c *Client) tokens(ctx context.Context, call string, form url.Values) (model.CRMGrant, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	target := c.oauth.JoinPath("oauth", "token").String()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(form.Encode()))
	if err != nil {
		return model.CRMGrant{}, fmt.Errorf("pipedrive %s: no request can be made", call)
	}
	req.GetBody = nil // without GetBody the transport can't send a body a second time
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(c.id, c.secret)
	asked := c.now()
	res, err := c.roundTrip(ctx, call, req)
	if err != nil {
		return model.CRMGrant{}, err
	}
	status, body := res.status, res.body
	switch status {
	case http.StatusOK:
	case http.StatusBadRequest, http.StatusUnauthorized:
		c.log.InfoContext(ctx, "pipedrive gave no token", keyCall, call, keyStatus, status)
		if badClient(body) { // our setting is wrong, not the user's grant
			return model.CRMGrant{}, unavailable(call, errClient)
		}
		return model.CRMGrant{}, refused(call, status)
	default:
		c.log.WarnContext(ctx, "pipedrive call failed", keyCall, call, keyStatus, status)
		return model.CRMGrant{}, unavailable(call, fmt.Errorf("status %d", status))
	}
	g, ok := readGrant(body, asked, c.local)
	if !ok {
		c.log.WarnContext(ctx, "pipedrive answer unreadable", keyCall, call, keyStatus, status)
		return model.CRMGrant{}, unavailable(call, errUnreadable)
	}
	return g, nil
}

var errClient = fmt.Errorf("client id or secret not accepted")

// badClient reports whether a refusal says that our client id or secret is wrong.
func badClient(body []byte) bool {
	var e struct {
		Error string `json:"error"`
	}
	return json.Unmarshal(body, &e) == nil && e.Error == "invalid_client"
}

// readGrant decodes tokens that were requested at a time; ok is false if they are invalid.
func readGrant(body []byte, asked time.Time, local bool) (model.CRMGrant, bool) {
	var w struct {
		AccessToken  string `json:"access_token"`
		TokenType    string `json:"token_type"`
		ExpiresIn    int64  `json:"expires_in"`
		RefreshToken string `json:"refresh_token"`
		Scope        string `json:"scope"`
		APIDomain    string `json:"api_domain"`
	}
	const longest = 24 * time.Hour
	if json.Unmarshal(body, &w) != nil || !isToken(w.AccessToken) || !isToken(w.RefreshToken) ||
		!strings.EqualFold(w.TokenType, "bearer") || w.ExpiresIn <= 0 {
		return model.CRMGrant{}, false
	}
	domain, err := baseURL("API", w.APIDomain, local)
	if err != nil {
		return model.CRMGrant{}, false
	}
	life := longest
	if w.ExpiresIn < int64(longest/time.Second) {
		life = time.Duration(w.ExpiresIn) * time.Second
	}
	return model.CRMGrant{
		Access: w.AccessToken, Refresh: w.RefreshToken, Expires: asked.Add(life - accessSlack).UTC(),
		APIDomain: strings.TrimRight(domain.String(), "/"), Scope: plain(w.Scope, maxToken),
	}, true
}

// isToken reports whether s can be a token: it must not break out of its header.
func isToken(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return s != "" && len(s) <= maxToken
}
