package messenger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"parley/hub/messenger/meta"
	"parley/model"
)

// Kind is the kind of owner that a token has.
type Kind string

// The kinds of owner of a token.
const (
	KindPage  Kind = "page"
	KindUser  Kind = "user"
	KindOther Kind = "other" // an app, or a system user in Meta's words
)

// Identity is the owner of a token.
type Identity struct {
	ID   string
	Name model.Untrusted
	Kind Kind
}

// LogValue implements [slog.LogValuer]; it leaves out the name.
func (i Identity) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", i.ID), slog.String("kind", string(i.Kind)))
}

// TokenInfo is what Meta says about a token.
type TokenInfo struct {
	Kind  Kind
	Valid bool
	AppID model.AppID
	// PageID is the Page of a Page's token, UserID the person whose consent the token depends
	// on.
	PageID model.MetaPageID
	UserID string
	Scopes []string
	// ExpiresAt is zero for a token that does not expire.
	ExpiresAt time.Time
}

// Account is a Page that a person has a role on, and its token for that person.
type Account struct {
	ID    model.MetaPageID
	Name  model.Untrusted
	Token string
	Tasks []string
}

// LogValue implements [slog.LogValuer]; it leaves out name and token.
func (a Account) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", string(a.ID)), slog.Int("tasks", len(a.Tasks)))
}

// Tasks that mean full control of a Page.
//
// Source: Graph API, "Page" reference, tasks; business SDK, profile-plus tasks.
const (
	taskManage      = "MANAGE"
	taskFullControl = "PROFILE_PLUS_FULL_CONTROL"
)

// FullControl reports whether the person has full control of the Page.
func (a Account) FullControl() bool {
	return slices.Contains(a.Tasks, taskManage) || slices.Contains(a.Tasks, taskFullControl)
}

// Me returns the owner of a token. An invalid token, or one of another app, is an error.
//
// Source: Graph API, "User" and "Page" references; "Debugging access tokens".
func (c *Client) Me(ctx context.Context, token string) (Identity, error) {
	var w struct {
		ID   meta.Ident `json:"id"`
		Name meta.Loose `json:"name"`
	}
	err := c.do(ctx, request{
		name: "me", method: http.MethodGet, path: []string{"me"},
		query: url.Values{"fields": {"id,name"}}, token: token,
	}, &w)
	if err != nil {
		return Identity{}, err
	}
	if meta.PageID(string(w.ID)) == "" {
		return Identity{}, fmt.Errorf("graph me: %w", ErrUnreadable)
	}
	info, err := c.DebugToken(ctx, token)
	if err != nil {
		return Identity{}, err
	}
	if !info.Valid || info.AppID != "" && info.AppID != c.appID {
		return Identity{}, ErrForeignToken
	}
	return Identity{ID: string(w.ID), Name: model.Untrusted(w.Name), Kind: info.Kind}, nil
}

// ErrForeignToken means that Meta calls the token invalid, or that it belongs to another app.
var ErrForeignToken = errors.New("messenger: token invalid or of another app")

// DebugToken returns what a token is, asking as the app. It is the one call with a token in its
// URL: Meta accepts the token in question nowhere else.
//
// Source: Graph API, "Debugging access tokens".
func (c *Client) DebugToken(ctx context.Context, token string) (TokenInfo, error) {
	var w struct {
		Data struct {
			Type      meta.Word    `json:"type"`
			Valid     meta.Flag    `json:"is_valid"`
			AppID     meta.LooseID `json:"app_id"`
			ProfileID meta.LooseID `json:"profile_id"`
			UserID    meta.LooseID `json:"user_id"`
			Scopes    []meta.Word  `json:"scopes"`
			Expires   meta.Moment  `json:"expires_at"`
		} `json:"data"`
	}
	err := c.do(ctx, request{
		name: "debug_token", method: http.MethodGet, path: []string{"debug_token"},
		query: url.Values{"input_token": {token}}, token: c.appToken(),
	}, &w)
	if err != nil {
		return TokenInfo{}, err
	}
	d := w.Data
	info := TokenInfo{
		Kind: KindOther, Valid: bool(d.Valid), AppID: model.AppID(d.AppID),
		PageID: model.MetaPageID(meta.PageID(string(d.ProfileID))), UserID: string(d.UserID),
		Scopes: texts(d.Scopes), ExpiresAt: d.Expires.Time,
	}
	switch d.Type {
	case "PAGE":
		info.Kind = KindPage
	case "USER":
		info.Kind = KindUser
	}
	return info, nil
}

// texts returns the words that could be words of Meta's, dropping the rest.
func texts(words []meta.Word) []string {
	out := make([]string, 0, len(words))
	for _, w := range words {
		if w != "" {
			out = append(out, string(w))
		}
	}
	return out
}

// Bounds of the list of Pages: of a person with more, the first ones are listed.
const (
	accountsPerPage = "100"
	maxAccountPages = 100
)

// Accounts returns the Pages that a person has a role on.
//
// Source: Graph API, "User accounts" reference.
func (c *Client) Accounts(ctx context.Context, userToken string) ([]Account, error) {
	accounts, after := []Account{}, ""
	for range maxAccountPages {
		page, next, err := c.accountsAfter(ctx, userToken, after)
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, page...)
		if next == "" || next == after {
			break
		}
		after = next
	}
	return accounts, nil
}

// accountsAfter returns one page of the list and the cursor of the next. It uses the cursor and
// not the URL beside it, which could lead anywhere with our token.
func (c *Client) accountsAfter(ctx context.Context, token, after string) ([]Account, string, error) {
	var w struct {
		Data []struct {
			ID    meta.Ident  `json:"id"`
			Name  meta.Loose  `json:"name"`
			Token string      `json:"access_token"`
			Tasks []meta.Word `json:"tasks"`
		} `json:"data"`
		Paging struct {
			Next    meta.Loose `json:"next"`
			Cursors struct {
				After meta.Loose `json:"after"`
			} `json:"cursors"`
		} `json:"paging"`
	}
	query := url.Values{"fields": {"id,name,access_token,tasks"}, "limit": {accountsPerPage}}
	if after != "" {
		query.Set("after", after)
	}
	err := c.do(ctx, request{
		name: "accounts", method: http.MethodGet, path: []string{"me", "accounts"}, query: query, token: token,
	}, &w)
	if err != nil {
		return nil, "", err
	}
	accounts := make([]Account, 0, len(w.Data))
	for _, d := range w.Data {
		if id := meta.PageID(string(d.ID)); id != "" {
			accounts = append(accounts, Account{
				ID: model.MetaPageID(id), Name: model.Untrusted(d.Name), Token: d.Token, Tasks: texts(d.Tasks),
			})
		}
	}
	if w.Paging.Next == "" {
		return accounts, "", nil
	}
	return accounts, string(w.Paging.Cursors.After), nil
}

// PageCountry returns where a Page is, the most reliable value first: the code or English name
// of its country, then a telephone number that begins with a country code. If a Page has none
// of these, Meta returns only its name.
//
// Source: Graph API, "Page" and "Location" references.
func (c *Client) PageCountry(ctx context.Context, token string, page model.MetaPageID) ([]model.Untrusted, error) {
	var w struct {
		Location struct {
			Country meta.Loose `json:"country"`
			Code    meta.Word  `json:"country_code"`
		} `json:"location"`
		Phone meta.Loose `json:"phone"`
	}
	err := c.do(ctx, request{
		name: "page_country", method: http.MethodGet, path: []string{string(page)},
		query: url.Values{"fields": {"id,name,phone,location{country,country_code}"}}, token: token,
	}, &w)
	var told []model.Untrusted
	for _, t := range []model.Untrusted{model.Untrusted(w.Location.Code), model.Untrusted(w.Location.Country), model.Untrusted(w.Phone)} {
		if t != "" {
			told = append(told, t)
		}
	}
	return told, err
}
