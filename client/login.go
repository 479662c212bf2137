package client

import (
	"context"
	"fmt"
	"net/http"

	"parley/model"
)

// Login takes a one-time code for a token, which later clients sign in with.
func (c *Client) Login(ctx context.Context, code string) (token string, user model.User, err error) {
	in := struct {
		Code string `json:"code"`
	}{code}
	var out struct {
		Token string     `json:"token"`
		User  model.User `json:"user"`
	}
	err = c.call(ctx, http.MethodPost, "/v1/login", nil, in, &out)
	if err == nil && (out.Token == "" || out.User.ID == "") {
		err = fmt.Errorf("%w: %s answered without a token", ErrNoHub, c.URL())
	}
	return out.Token, out.User, err
}

// Logout gives the client's token up: it lets nobody in any more.
func (c *Client) Logout(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "/v1/logout", nil, nil, nil)
}
