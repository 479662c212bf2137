package login_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"parley/client"
	"parley/client/clienttest"
	"parley/client/login"
	"parley/model"
)

// TestADeviceLoginThatIsNone: what a browser is sent to is a page on the web, with a code to
// compare, for a while; all else is no answer of a hub.
func TestADeviceLoginThatIsNone(t *testing.T) {
	t.Parallel()
	answer := func(change func(map[string]any)) (login.DeviceCode, error) {
		out := map[string]any{"device_code": "d", "user_code": "c", "verification_url_complete": "https://hub.example/login?c=c", "interval": 5, "expires_in": 600}
		change(out)
		s := &clienttest.Script{Answer: func(int, *http.Request) (*http.Response, error) { return clienttest.Success(http.StatusOK, out) }}
		return login.BeginDevice(t.Context(), clienttest.NewClient(t, s))
	}
	d, err := answer(func(map[string]any) {})
	if left := time.Until(d.Expires); err != nil || d.Device != "d" || d.Code != "c" || d.URL != "https://hub.example/login?c=c" || d.Interval != 5*time.Second || left <= 0 || left > 600*time.Second {
		t.Errorf("%+v, %v", d, err)
	}
	if d, err := answer(func(o map[string]any) { o["verification_url_complete"] = "http://127.0.0.1/" }); err != nil || d.URL != "http://127.0.0.1/" {
		t.Errorf("%+v, %v", d, err)
	}
	for name, change := range map[string]func(map[string]any){
		"no device":      func(o map[string]any) { o["device_code"] = "" },
		"no code":        func(o map[string]any) { o["user_code"] = "" },
		"over at once":   func(o map[string]any) { o["expires_in"] = 0 },
		"no address":     func(o map[string]any) { o["verification_url_complete"] = "" },
		"a broken one":   func(o map[string]any) { o["verification_url_complete"] = "https://[::" },
		"without a host": func(o map[string]any) { o["verification_url_complete"] = "https:///login" },
		"a program":      func(o map[string]any) { o["verification_url_complete"] = "file://host/bin/sh" },
	} {
		if d, err := answer(change); !errors.Is(err, client.ErrNoHub) {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
	// However often or long a hub says: at least a second, at most an hour.
	d, err = answer(func(o map[string]any) { o["interval"], o["expires_in"] = 0, 1<<40 })
	if left := time.Until(d.Expires); err != nil || d.Interval != time.Second || left > time.Hour {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestAwaitingADeviceLogin: asked at the interval, five seconds later each time the hub says
// that it is asked too often, and again where it does not answer, until the code is over.
func TestAwaitingADeviceLogin(t *testing.T) {
	t.Parallel()
	const interval = 5 * time.Second
	signedIn := map[string]any{"token": "t", "user": map[string]any{"id": "u1"}}
	pending := func() (*http.Response, error) { return clienttest.Refusal(http.StatusBadRequest, model.LoginPending) }
	down := func() (*http.Response, error) { return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED} }
	for name, c := range map[string]struct {
		answers []func() (*http.Response, error)
		took    time.Duration
		err     error
	}{
		"at last": {[]func() (*http.Response, error){
			pending, down,
			func() (*http.Response, error) { return clienttest.Refusal(http.StatusTooManyRequests, model.SlowDown) },
			pending,
			func() (*http.Response, error) { return clienttest.Success(http.StatusOK, signedIn) },
		}, 3*interval + 2*(interval+5*time.Second), nil},
		"no token": {[]func() (*http.Response, error){
			func() (*http.Response, error) {
				return clienttest.Success(http.StatusOK, map[string]any{"user": map[string]any{"id": "u1"}})
			},
		}, interval, client.ErrNoHub},
		"nobody": {[]func() (*http.Response, error){
			func() (*http.Response, error) { return clienttest.Success(http.StatusOK, map[string]any{"token": "t"}) },
		}, interval, client.ErrNoHub},
		"given up": {[]func() (*http.Response, error){
			pending,
		}, 2 * interval, context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				s := &clienttest.Script{Answer: func(n int, r *http.Request) (*http.Response, error) {
					if n < len(c.answers) {
						return c.answers[n]()
					}
					<-r.Context().Done()
					return nil, r.Context().Err()
				}}
				if errors.Is(c.err, context.DeadlineExceeded) {
					ctx, stop = context.WithTimeout(ctx, c.took)
					defer stop()
				}
				began := time.Now()
				token, user, err := login.AwaitDevice(ctx, clienttest.NewClient(t, s), login.DeviceCode{Device: "d", Interval: interval, Expires: began.Add(time.Minute)})
				if took := time.Since(began); !errors.Is(err, c.err) || took != c.took || (c.err == nil) != (token == "t" && user.ID == "u1") {
					t.Errorf("%q, %+v, %v after %s", token, user, err, took)
				}
			})
		})
	}
}

// TestADeviceLoginWithoutItsHub: a hub that never answers is asked until the code is over.
func TestADeviceLoginWithoutItsHub(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &clienttest.Script{Answer: func(int, *http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		}}
		began := time.Now()
		_, _, err := login.AwaitDevice(t.Context(), clienttest.NewClient(t, s), login.DeviceCode{Device: "d", Interval: 5 * time.Second, Expires: began.Add(time.Minute)})
		var unreachable *client.UnreachableError
		if took := time.Since(began); !errors.As(err, &unreachable) || took != time.Minute {
			t.Errorf("%v after %s", err, took)
		}
	})
}

// TestFollowReaction: a reaction is asked for until the Page's own is confirmed; the
// customer's is none of it.
func TestFollowReaction(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		message := func(page bool) model.Message {
			return model.Message{ID: "100_m", ConversationID: "100_7", Reactions: []model.Reaction{
				{By: model.ByCustomer, Emoji: "👍", Pending: true}, {By: model.ByPage, Emoji: "👍", Pending: page},
			}}
		}
		s := &clienttest.Script{Answer: func(n int, _ *http.Request) (*http.Response, error) {
			if n == 1 {
				return clienttest.Refusal(http.StatusServiceUnavailable, "unavailable")
			}
			return clienttest.Success(http.StatusOK, message(n < 3))
		}}
		c := clienttest.NewClient(t, s)
		m, err := c.FollowReaction(t.Context(), message(true), time.Hour)
		if n := len(s.Got()); err != nil || n != 4 || len(m.Reactions) != 2 || m.Reactions[1].Pending {
			t.Errorf("%+v, %v after %d questions", m, err, n)
		}
		if _, err := c.FollowReaction(t.Context(), m, time.Hour); err != nil || len(s.Got()) != 4 {
			t.Errorf("confirmed, and asked again: %v", err)
		}
	})
}

// TestCRMBudget: how little may still be asked today is as the last answer says.
func TestCRMBudget(t *testing.T) {
	t.Parallel()
	s := &clienttest.Script{Answer: func(n int, _ *http.Request) (*http.Response, error) {
		if n == 0 {
			return clienttest.Success(http.StatusOK, map[string]any{"records": []any{}, "budget_left": 7})
		}
		return clienttest.Success(http.StatusOK, map[string]any{"records": []any{}})
	}}
	c := clienttest.NewClient(t, s)
	for _, want := range []bool{true, false} {
		if _, err := c.SearchCRM(t.Context(), "sato", nil); err != nil {
			t.Fatal(err)
		}
		if percent, low := c.CRMBudget(); low != want || low && percent != 7 {
			t.Errorf("%d %%, low %v, want %v", percent, low, want)
		}
	}
}
