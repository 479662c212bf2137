package pipedrive

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/language"

	"parley/model"
)

// Me returns the user of a grant, whose access token must not have expired ([Client.Refresh]).
func (c *Client) Me(ctx context.Context, g model.CRMGrant) (model.CRMUser, error) {
	return c.me(ctx, byGrant(g))
}

// Company returns the user of the company token.
func (c *Client) Company(ctx context.Context) (model.CRMUser, error) { return c.me(ctx, c.byCompany()) }

func (c *Client) me(ctx context.Context, as credential) (model.CRMUser, error) {
	const call = "users/me"
	data, err := c.get(ctx, call, "/users/me", as)
	if err != nil {
		return model.CRMUser{}, err
	}
	u, ok := readUser(data)
	if !ok || u.Company.ID == 0 {
		return model.CRMUser{}, unavailable(call, errUnreadable)
	}
	return u, nil
}

// Colleagues returns all users of the company, using the company token. Invalid ones are left
// out.
func (c *Client) Colleagues(ctx context.Context) ([]model.CRMUser, error) {
	const call = "users"
	data, err := c.get(ctx, call, "/users", c.byCompany())
	if err != nil {
		return nil, err
	}
	list, ok := readUsers(data)
	if !ok {
		return nil, unavailable(call, errUnreadable)
	}
	return list, nil
}

// wireUser is a user in the API; every field may be null.
//
// Source: Pipedrive's OpenAPI, BaseUser and v1_getCurrentUser. There is no is_admin.
type wireUser struct {
	ID           *int64       `json:"id"`
	Name         string       `json:"name"`
	Email        string       `json:"email"`
	ActiveFlag   *bool        `json:"active_flag"`
	IsDeleted    bool         `json:"is_deleted"`
	TimezoneName string       `json:"timezone_name"`
	Access       []wireAccess `json:"access"`
	// Locale, another field, is the format of dates, not the language.
	Language *struct {
		Code    string `json:"language_code"`
		Country string `json:"country_code"`
	} `json:"language"`
	CompanyID     int64  `json:"company_id"`
	CompanyName   string `json:"company_name"`
	CompanyDomain string `json:"company_domain"`
}

type wireAccess struct {
	App   string `json:"app"`
	Admin bool   `json:"admin"`
}

// readUser decodes one user; ok is false if it is invalid.
func readUser(data json.RawMessage) (model.CRMUser, bool) {
	var w wireUser
	if json.Unmarshal(data, &w) != nil || w.ID == nil || *w.ID <= 0 {
		return model.CRMUser{}, false
	}
	u := model.CRMUser{
		ID: *w.ID, Name: plain(w.Name, maxName), Email: email(w.Email),
		// A user counts as active only if Pipedrive says so.
		Active:   w.ActiveFlag != nil && *w.ActiveFlag && !w.IsDeleted,
		TimeZone: zone(w.TimezoneName),
		Company:  model.CRMCompany{ID: max(w.CompanyID, 0), Name: plain(w.CompanyName, maxName), Domain: plain(w.CompanyDomain, maxName)},
	}
	if w.Language != nil {
		u.Language = tag(w.Language.Code)
	}
	for _, a := range w.Access {
		if u.Active && a.Admin && (a.App == "global" || a.App == "account_settings") {
			u.Admin = true
		}
		if u.Active && a.Admin && (a.App == "global" || a.App == "sales") {
			u.EditsAll = true
		}
	}
	return u, true
}

// readUsers decodes a list of users; ok is false if it is not a list.
func readUsers(data json.RawMessage) (list []model.CRMUser, ok bool) {
	var all []json.RawMessage
	if json.Unmarshal(data, &all) != nil || all == nil {
		return nil, false
	}
	for _, one := range all {
		if u, ok := readUser(one); ok {
			u.Company = model.CRMCompany{} // documented for users/me only
			list = append(list, u)
		}
	}
	return list, true
}

// The longest values accepted.
const (
	maxName  = 100 // characters
	maxEmail = 254 // bytes: RFC 5321
)

// plain makes a name fit for any screen: on one line, without invisible characters, and not too
// long.
func plain(s string, most int) string {
	var out []rune
	for _, r := range strings.TrimSpace(s) {
		switch {
		case len(out) == most:
			return strings.TrimSpace(string(out))
		case unicode.IsSpace(r):
			r = ' '
		case r == unicode.ReplacementChar || !unicode.IsPrint(r):
			continue
		}
		out = append(out, r)
	}
	return strings.TrimSpace(string(out))
}

// email returns s if it can be an e-mail address, else "".
func email(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > maxEmail || s != plain(s, maxEmail) || strings.ContainsAny(s, " <>\"") {
		return ""
	}
	name, host, at := strings.Cut(s, "@")
	if !at || name == "" || host == "" {
		return ""
	}
	return s
}

// zone returns s if it names a known time zone, else "".
func zone(s string) string {
	if s == "Local" || len(s) > maxName {
		return ""
	}
	if _, err := time.LoadLocation(s); err != nil {
		return ""
	}
	return s
}

// tag returns a language tag in canonical form, "" if code is invalid.
func tag(code string) string {
	const longest = 8
	if code == "" || len(code) > longest {
		return ""
	}
	base, err := language.ParseBase(code)
	if err != nil {
		return ""
	}
	return base.String()
}
