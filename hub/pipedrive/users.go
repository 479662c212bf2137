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

// Me returns whose grant it is. Its access token must not be over ([Client.Refresh]).
func (c *Client) Me(ctx context.Context, g model.CRMGrant) (model.CRMUser, error) {
	return c.me(ctx, byGrant(g))
}

// Company returns whose company token it is.
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

// Colleagues returns all users of the company, by the company token. Users that make no
// sense are left out.
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

// wireUser is a user as the API shows them; everything in it may be null.
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
	// Locale, which is there besides, is how dates are written, not the language.
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

// readUser reads one user; ok is false for what is none.
func readUser(data json.RawMessage) (model.CRMUser, bool) {
	var w wireUser
	if json.Unmarshal(data, &w) != nil || w.ID == nil || *w.ID <= 0 {
		return model.CRMUser{}, false
	}
	u := model.CRMUser{
		ID: *w.ID, Name: plain(w.Name, maxName), Email: email(w.Email),
		// Who is not said to be active is not taken for it.
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

// readUsers reads a list of users; ok is false for what is no list.
func readUsers(data json.RawMessage) (list []model.CRMUser, ok bool) {
	var all []json.RawMessage
	if json.Unmarshal(data, &all) != nil || all == nil {
		return nil, false
	}
	for _, one := range all {
		if u, ok := readUser(one); ok {
			u.Company = model.CRMCompany{} // documented for users/me alone
			list = append(list, u)
		}
	}
	return list, true
}

// Longest values that are taken.
const (
	maxName  = 100 // characters
	maxEmail = 254 // bytes: RFC 5321
)

// plain makes a name fit for any screen: on one line, without what does not show, and
// not too long.
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

// email returns s where it can be an e-mail address, else "".
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

// zone returns s where it names a time zone that is known here, else "".
func zone(s string) string {
	if s == "Local" || len(s) > maxName {
		return ""
	}
	if _, err := time.LoadLocation(s); err != nil {
		return ""
	}
	return s
}

// tag returns a language in its common form, "" for what is none.
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
