package client_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/client"
	"parley/client/clienttest"
	"parley/model"
	"parley/model/inbox"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]error{
		"https://hub.example.com":        nil,
		"https://hub.example.com:8443/":  nil,
		"https://hub.example.com/parley": nil,
		"http://127.0.0.1:8080":          nil,
		"http://127.9.9.9":               nil,
		"http://[::1]:8080":              nil,
		"http://localhost:8080":          nil,
		"http://hub.example.com":         client.ErrUnprotected,
		"HTTP://hub.example.com":         client.ErrUnprotected,
		"http://localhost.example.com":   client.ErrUnprotected,
		"http://127.0.0.1.example.com":   client.ErrUnprotected,
		"http://127.0.0.1@example.com":   client.ErrUnprotected,
		"http://example.com#127.0.0.1":   client.ErrUnprotected,
		"http://192.168.0.1":             client.ErrUnprotected,
		"http://0.0.0.0:8080":            client.ErrUnprotected,
		"http://[::]:8080":               client.ErrUnprotected,
		"http://2130706433":              client.ErrUnprotected,
		"":                               client.ErrAddress,
		"hub.example.com":                client.ErrAddress,
		"127.0.0.1:8080":                 client.ErrAddress,
		"ftp://127.0.0.1":                client.ErrAddress,
		"ws://127.0.0.1":                 client.ErrAddress,
		"https://":                       client.ErrAddress,
		"http:///v1":                     client.ErrAddress,
		"https://a b":                    client.ErrAddress,
		"://":                            client.ErrAddress,
	} {
		c, err := client.New(address, clienttest.Token)
		if !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", address, err, want)
		}
		if err != nil && strings.Contains(err.Error(), clienttest.Token) {
			t.Errorf("%q: the error holds the token", address)
		}
		if err == nil && c.URL() != strings.TrimRight(address, "/") {
			t.Errorf("%q became %q", address, c.URL())
		}
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	c := clienttest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, `{"counts":{"all":8,"open":7,"mine":6,"unassigned":5,"snoozed":4,"done":3,"blocked":2,"unread":1},
			"as_of":{"100":{"epoch":"e","seq":9}},"new":1}`)
	})
	got, err := c.Counts(t.Context(), "")
	want := inbox.Counts{All: 8, Open: 7, Mine: 6, Unassigned: 5, Snoozed: 4, Done: 3, Blocked: 2, Unread: 1}
	if err != nil || got.Counts != want || got.AsOf["100"] != (model.Position{Epoch: "e", Seq: 9}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	c := clienttest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusConflict)
		_, _ = fmt.Fprint(w, `{"type":"about:blank","title":"Conflict","status":200,"code":"rate_limited","detail":"secret words",
			"reply":{"allowed":false,"code":"rate_limited","until":"2026-01-02T03:04:05Z"},"new":1}`)
	})
	_, err := c.Me(t.Context())
	var p *client.Problem
	if !errors.As(err, &p) {
		t.Fatalf("got %v", err)
	}
	if p.Status != http.StatusConflict || p.Code != model.RateLimited || p.Detail != "secret words" ||
		p.Reply == nil || p.Reply.Allowed || p.Reply.Code != model.RateLimited || !p.Reply.Until.Equal(until) {
		t.Errorf("got %+v", p)
	}
	if s := p.Error(); strings.Contains(s, "secret") || !strings.Contains(s, "409") || !strings.Contains(s, "rate_limited") {
		t.Errorf("the error says %q", s)
	}
}

func TestWhatIsNoHub(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]struct {
		status int
		kind   string
		body   string
	}{
		"a web page":              {http.StatusOK, "text/html", "<!doctype html><title>Log in to the Wi-Fi</title>"},
		"nothing":                 {http.StatusOK, "application/json", ""},
		"no content":              {http.StatusNoContent, "", ""},
		"half an answer":          {http.StatusOK, "application/json", `{"id":"1`},
		"a list":                  {http.StatusOK, "application/json", `[]`},
		"another type":            {http.StatusOK, "application/json", `{"id":1}`},
		"an error page":           {http.StatusNotFound, "text/html", "<h1>404</h1>"},
		"plain text":              {http.StatusNotFound, "text/plain", "404 page not found"},
		"a proxy's own error":     {http.StatusHTTPVersionNotSupported, "text/html", "<h1>505</h1>"},
		"an error without code":   {http.StatusInternalServerError, "application/json", `{"error":"x"}`},
		"an error of null":        {http.StatusBadRequest, "application/json", `null`},
		"a moved hub":             {http.StatusMovedPermanently, "text/html", "moved"},
		"a redirect as a refusal": {http.StatusFound, "application/json", `{"status":302}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := clienttest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", answer.kind)
				w.WriteHeader(answer.status)
				_, _ = w.Write([]byte(answer.body))
			})
			_, err := c.Me(t.Context())
			var p *client.Problem
			var u *client.UnreachableError
			if !errors.Is(err, client.ErrNoHub) || errors.As(err, &p) || errors.As(err, &u) {
				t.Errorf("got %v", err)
			}
			if err != nil && strings.Contains(err.Error(), clienttest.Token) {
				t.Errorf("the error holds the token: %v", err)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	unreachable := func(t *testing.T, err error, cause error) {
		t.Helper()
		var u *client.UnreachableError
		if !errors.As(err, &u) || !strings.HasPrefix(u.URL, "http://127.0.0.1:") || u.Cause == nil {
			t.Fatalf("got %v", err)
		}
		if cause != nil && !errors.Is(err, cause) {
			t.Errorf("got %v, want it because of %v", err, cause)
		}
		if strings.Contains(err.Error(), clienttest.Token) {
			t.Errorf("the error holds the token: %v", err)
		}
	}
	t.Run("nobody listens", func(t *testing.T) {
		t.Parallel()
		s := httptest.NewServer(http.NotFoundHandler())
		s.Close()
		c, err := client.NewThrough(&http.Transport{}, s.URL, clienttest.Token)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Me(t.Context())
		unreachable(t, err, nil)
	})
	t.Run("cut off before the answer", func(t *testing.T) {
		t.Parallel()
		c := clienttest.Serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		_, err := c.Me(t.Context())
		unreachable(t, err, nil)
	})
	t.Run("cut off within the answer", func(t *testing.T) {
		t.Parallel()
		c := clienttest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"id":"1"}`))
		})
		_, err := c.Me(t.Context())
		unreachable(t, err, nil)
	})
	t.Run("given up", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		c := clienttest.Serve(t, func(_ http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done()
		})
		_, err := c.Me(ctx)
		unreachable(t, err, context.Canceled)
	})
	t.Run("silent for too long", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s := &clienttest.Script{Answer: func(_ int, r *http.Request) (*http.Response, error) { return clienttest.Silence(r) }}
			began := time.Now()
			_, err := clienttest.NewClient(t, s).Me(t.Context())
			unreachable(t, err, nil)
			var timeout net.Error
			if !errors.As(err, &timeout) || !timeout.Timeout() {
				t.Errorf("got %v", err)
			}
			if took := time.Since(began); took != 30*time.Second {
				t.Errorf("given up after %s", took)
			}
		})
	})
}

// A redirect would carry the token to wherever it points.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var visits atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	t.Cleanup(thief.Close)
	for _, status := range []int{
		http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect,
	} {
		c := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				visits.Add(1)
			}
			to := thief.URL
			if status == http.StatusFound {
				to = "/elsewhere"
			}
			http.Redirect(w, r, to, status)
		})
		if _, err := c.Me(t.Context()); !errors.Is(err, client.ErrNoHub) {
			t.Errorf("%d: got %v", status, err)
		}
		if _, err := c.ConnectPage(t.Context(), "100", "page-token", model.Private); !errors.Is(err, client.ErrNoHub) {
			t.Errorf("%d: got %v", status, err)
		}
	}
	if n := visits.Load(); n != 0 {
		t.Errorf("%d redirects were followed", n)
	}
}

// Each call asks what it is for, with the token in the header alone.
func TestCalls(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	zone := ""
	if z := client.LocalZone(); z != "" {
		zone = `,"zone":"` + z + `"`
	}
	for want, ask := range map[string]func(*client.Client) error{
		"GET /v1/me ":    func(c *client.Client) error { _, err := c.Me(ctx); return err },
		"GET /v1/pages ": func(c *client.Client) error { _, err := c.Pages(ctx); return err },
		`POST /v1/pages {"page":"100","token":"t","visibility":"shared"` + zone + `}`: func(c *client.Client) error {
			_, err := c.ConnectPage(ctx, "100", "t", model.Shared)
			return err
		},
		`POST /v1/pages {"page":"100","token":"t"` + zone + `}`: func(c *client.Client) error {
			_, err := c.ConnectPage(ctx, "100", "t", "")
			return err
		},
		`PATCH /v1/pages/100~2 {"visibility":"private"}`: func(c *client.Client) error {
			_, err := c.SetVisibility(ctx, "100~2", model.Private)
			return err
		},
		"DELETE /v1/pages/100 ":  func(c *client.Client) error { _, err := c.Uninstall(ctx, "100"); return err },
		"GET /v1/conversations ": func(c *client.Client) error { _, err := c.Conversations(ctx, model.ListQuery{}); return err },
		"GET /v1/notices?limit=3 ": func(c *client.Client) error {
			_, err := c.Notices(ctx, model.ListQuery{Limit: 3})
			return err
		},
		"GET /v1/conversations?cursor=a%2Bb%26c&filter=open&limit=7 ": func(c *client.Client) error {
			_, err := c.Conversations(ctx, model.ListQuery{Filter: "open", Cursor: "a+b&c", Limit: 7})
			return err
		},
		"GET /v1/conversations/100_7 ": func(c *client.Client) error { _, err := c.Conversation(ctx, "100_7"); return err },
		"GET /v1/conversations/a%2Fb%3Fc%23d%20%25 ": func(c *client.Client) error {
			_, err := c.Conversation(ctx, "a/b?c#d %")
			return err
		},
		"GET /v1/conversations/100_7/messages?before=x%3D&limit=2 ": func(c *client.Client) error {
			_, err := c.Messages(ctx, "100_7", "x=", 2)
			return err
		},
		"GET /v1/conversations/100_7/messages/100_m%2F.. ": func(c *client.Client) error {
			_, err := c.Message(ctx, "100_7", "100_m/..")
			return err
		},
		"GET /v1/counts ":            func(c *client.Client) error { _, err := c.Counts(ctx, ""); return err },
		"GET /v1/counts?page=100~2 ": func(c *client.Client) error { _, err := c.Counts(ctx, "100~2"); return err },
		"GET /v1/crm/search?q=sato ": func(c *client.Client) error { _, err := c.SearchCRM(ctx, "sato", nil); return err },
		"GET /v1/crm/search?q=sato&types=person%2Cdeal ": func(c *client.Client) error {
			_, err := c.SearchCRM(ctx, "sato", []model.RecordType{model.Person, model.Deal})
			return err
		},
		"GET /v1/conversations/100_7/suggestions ": func(c *client.Client) error { _, err := c.Suggestions(ctx, "100_7"); return err },
		"GET /v1/pages/100/greeting ":              func(c *client.Client) error { _, err := c.Greetings(ctx, "100"); return err },
		`PUT /v1/pages/100/greeting {"locale":"ja_JP","text":"hi"}`: func(c *client.Client) error {
			_, err := c.SetGreeting(ctx, "100", model.Greeting{Locale: "ja_JP", Text: "hi"})
			return err
		},
		"DELETE /v1/pages/100/greeting ":              func(c *client.Client) error { _, err := c.DeleteGreeting(ctx, "100", ""); return err },
		"DELETE /v1/pages/100/greeting?locale=ja_JP ": func(c *client.Client) error { _, err := c.DeleteGreeting(ctx, "100", "ja_JP"); return err },
		"GET /v1/stats ":                              func(c *client.Client) error { _, err := c.Stats(ctx); return err },
	} {
		s := &clienttest.Script{Answer: func(int, *http.Request) (*http.Response, error) { return clienttest.Success(http.StatusOK, struct{}{}) }}
		if err := ask(clienttest.NewClient(t, s)); err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		c := s.Got()[0]
		path := c.Path
		if c.Query != "" {
			path += "?" + c.Query
		}
		if got := c.Method + " " + path + " " + string(c.Body); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if c.Header.Get("Authorization") != "Bearer "+clienttest.Token || strings.Contains(path, clienttest.Token) {
			t.Errorf("%s: the token is elsewhere: %v", want, c.Header)
		}
		if json := c.Header.Get("Content-Type"); (json == "application/json") != (len(c.Body) > 0) {
			t.Errorf("%s: content type %q", want, json)
		}
	}
}

func TestHubBelowAPath(t *testing.T) {
	t.Parallel()
	s := &clienttest.Script{Answer: func(int, *http.Request) (*http.Response, error) { return clienttest.Success(http.StatusOK, struct{}{}) }}
	c, err := client.NewThrough(s, "https://example.com/parley/", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Me(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.Got()[0]; got.Path != "/parley/v1/me" || got.Header.Get("Authorization") != "" {
		t.Errorf("asked %s with %v", got.Path, got.Header)
	}
}
