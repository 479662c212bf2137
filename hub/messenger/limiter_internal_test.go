package messenger

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/model"
)

func TestLimiterSpacesCallsOfAPage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(conversationsPause, time.Now)
		start := time.Now()
		for i, want := range []time.Duration{0, 500, 1000, 1500} {
			if err := l.wait(t.Context(), "1"); err != nil {
				t.Fatal(err)
			}
			if got := time.Since(start); got != want*time.Millisecond {
				t.Errorf("call %d after %v", i, got)
			}
		}
		if err := l.wait(t.Context(), "2"); err != nil || time.Since(start) != 1500*time.Millisecond {
			t.Errorf("another Page waits: %v", time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := l.wait(ctx, "1"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

// transportFunc plays the other end of a call.
type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A call's deadline begins with the call, not with the wait for its turn.
func TestTheWaitForATurnIsNoneOfTheCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, err := New(Config{AppID: "1", AppSecret: "s", Timeout: conversationsPause / 5, Transport: transportFunc(func(r *http.Request) (*http.Response, error) {
			if by, ok := r.Context().Deadline(); !ok || time.Until(by) != conversationsPause/5 {
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

func TestLimiterForgetsPages(t *testing.T) {
	t.Parallel()
	now := time.Unix(1790000000, 0)
	l := newLimiter(conversationsPause, func() time.Time { return now })
	for _, page := range []model.MetaPageID{"1", "2", "3"} {
		l.take(page)
	}
	now = now.Add(time.Second)
	l.take("4")
	if len(l.next) != 1 {
		t.Errorf("%d Pages kept", len(l.next))
	}
}

func TestSpelledEmoji(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]model.Untrusted{
		"❤️":                  "❤️",
		`\u{2764}\u{FE0F}`:    "❤️",
		`\u{1f44d}`:           "👍",
		`a\u{1F44D}b`:         "a👍b",
		`\u{D800}`:            `\u{D800}`,
		`\u{110000}`:          `\u{110000}`,
		`\u{}`:                `\u{}`,
		`\u{2764`:             `\u{2764`,
		`\u2764`:              `\u2764`,
		"":                    "",
		`\u{1F468}\u{200D}\u`: "👨\u200d" + `\u`,
	} {
		if got := spelledEmoji(in); got != want {
			t.Errorf("%q: got %q", in, string(got))
		}
	}
}
