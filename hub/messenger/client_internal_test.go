package messenger

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/hub/messenger/limits"
)

// transportFunc plays the other end of a call.
type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A call's deadline begins with the call, not with the wait for its turn.
func TestTheWaitForATurnIsNoneOfTheCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, err := New(Config{AppID: "1", AppSecret: "s", Timeout: limits.ConversationsPause / 5, Transport: transportFunc(func(r *http.Request) (*http.Response, error) {
			if by, ok := r.Context().Deadline(); !ok || time.Until(by) != limits.ConversationsPause/5 {
				t.Errorf("the call has until %v", by)
			}
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(`{"data":[]}`))}, nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			if _, err := c.ThreadMessages(t.Context(), "token", "1", "2"); err != nil {
				t.Error(err)
			}
		}
	})
}

// A hub that was killed may have made its two calls of this second just before.
func TestANewClientLetsASecondPass(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var calls []time.Duration
		c, err := New(Config{AppID: "1", AppSecret: "s", Transport: transportFunc(func(*http.Request) (*http.Response, error) {
			calls = append(calls, time.Since(began))
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(`{"data":[]}`))}, nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := c.Threads(t.Context(), "token", "1", "", 25); err != nil {
				t.Error(err)
			}
		}
		if want := []time.Duration{time.Second, 1500 * time.Millisecond, 2 * time.Second}; !slices.Equal(calls, want) {
			t.Errorf("calls after %v, want %v", calls, want)
		}
	})
}
