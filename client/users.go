package client

import (
	"context"
	"net/http"

	"parley/model"
)

// Users returns all users of the hub. E-mail addresses and roles are set for admins only.
func (c *Client) Users(ctx context.Context) ([]model.Colleague, error) {
	var out struct {
		Users []model.Colleague `json:"users"`
	}
	err := c.Call(ctx, http.MethodGet, "/v1/users", nil, nil, &out)
	return out.Users, err
}

// Tokens returns the user's own tokens, oldest first.
func (c *Client) Tokens(ctx context.Context) ([]model.Token, error) {
	var out struct {
		Tokens []model.Token `json:"tokens"`
	}
	err := c.Call(ctx, http.MethodGet, "/v1/tokens", nil, nil, &out)
	return out.Tokens, err
}

// RevokeToken revokes one of the user's own tokens.
func (c *Client) RevokeToken(ctx context.Context, id model.TokenID) error {
	return c.Call(ctx, http.MethodDelete, "/v1/tokens/"+segment(string(id)), nil, nil, nil)
}

// SetAvailable sets whether the user can be assigned conversations.
func (c *Client) SetAvailable(ctx context.Context, available bool) (model.User, error) {
	in := struct {
		Available bool `json:"available"`
	}{available}
	var out model.User
	err := c.Call(ctx, http.MethodPut, "/v1/me/availability", nil, in, &out)
	return out, err
}

// AuditList is one page of the audit log, newest first.
type AuditList struct {
	Entries []model.AuditEntry `json:"entries"`
	// Cursor asks for the next page; empty at the end.
	Cursor string `json:"cursor"`
}

// Audit returns a page of the audit log; only admins may read it.
func (c *Client) Audit(ctx context.Context, q model.ListQuery) (AuditList, error) {
	var out AuditList
	err := c.Call(ctx, http.MethodGet, "/v1/audit", values(q), nil, &out)
	return out, err
}

// Logout revokes the client's own token.
func (c *Client) Logout(ctx context.Context) error {
	return c.Call(ctx, http.MethodPost, "/v1/logout", nil, nil, nil)
}
