// Package login signs in to a hub, and remembers the login.
package login

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"parley/client"
	"parley/model"
)

// ByCode exchanges a one-time code for a token.
func ByCode(ctx context.Context, c *client.Client, code string) (token string, user model.User, err error) {
	in := struct {
		Code string `json:"code"`
	}{code}
	var out struct {
		Token string     `json:"token"`
		User  model.User `json:"user"`
	}
	err = c.Call(ctx, http.MethodPost, "/v1/login", nil, in, &out)
	if err == nil && (out.Token == "" || out.User.ID == "") {
		err = fmt.Errorf("%w: %s answered without a token", client.ErrNoHub, c.URL())
	}
	return out.Token, out.User, err
}

// DeviceCode is a sign-in through a browser in progress.
type DeviceCode struct {
	// Device is the device code to poll with: a secret.
	Device string
	// Code is the code that the browser's page must show; URL is that page.
	Code model.Untrusted
	URL  string
	// Interval is how long to wait between two polls.
	Interval time.Duration
	Expires  time.Time
}

// BeginDevice starts a sign-in through a browser. A hub that does not support it refuses with
// [model.NoBrowserLogin], or has no such route.
func BeginDevice(ctx context.Context, c *client.Client) (DeviceCode, error) {
	var out struct {
		Device   string          `json:"device_code"`
		Code     model.Untrusted `json:"user_code"`
		URL      string          `json:"verification_url_complete"`
		Interval int             `json:"interval"`
		Expires  int             `json:"expires_in"`
	}
	if err := c.Call(ctx, http.MethodPost, "/v1/login/device", nil, nil, &out); err != nil {
		return DeviceCode{}, err
	}
	const longest = 3600
	u, err := url.Parse(out.URL)
	if out.Device == "" || out.Code == "" || out.Expires <= 0 || err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return DeviceCode{}, fmt.Errorf("%w: %s began no sign-in", client.ErrNoHub, c.URL())
	}
	return DeviceCode{
		Device: out.Device, Code: out.Code, URL: u.String(),
		Interval: time.Duration(min(max(out.Interval, 1), longest)) * time.Second,
		Expires:  time.Now().Add(time.Duration(min(out.Expires, longest)) * time.Second),
	}, nil
}

// AwaitDevice polls until somebody has signed in through their browser, or was refused. It
// goes on while the hub can't be reached.
func AwaitDevice(ctx context.Context, c *client.Client, d DeviceCode) (token string, user model.User, err error) {
	in := struct {
		Device string `json:"device_code"`
	}{d.Device}
	var out struct {
		Token string     `json:"token"`
		User  model.User `json:"user"`
	}
	interval := d.Interval
	for {
		if err := wait(ctx, interval); err != nil {
			return "", model.User{}, err
		}
		err = c.Call(ctx, http.MethodPost, "/v1/login/device/token", nil, in, &out)
		var problem *client.Problem
		var unreachable *client.UnreachableError
		switch {
		case ctx.Err() != nil:
			return "", model.User{}, ctx.Err()
		case errors.As(err, &problem) && problem.Code == model.LoginPending:
		case errors.As(err, &problem) && problem.Code == model.SlowDown: // RFC 8628, 3.5
			interval += slowDown
		case errors.As(err, &unreachable) && time.Now().Before(d.Expires):
		case err == nil && (out.Token == "" || out.User.ID == ""):
			return "", model.User{}, fmt.Errorf("%w: %s answered without a token", client.ErrNoHub, c.URL())
		default:
			return out.Token, out.User, err
		}
	}
}

// slowDown is added to the interval when the hub says slow_down.
const slowDown = 5 * time.Second

// wait sleeps, at most until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
