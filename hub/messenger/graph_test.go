package messenger_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub/messenger"
	"parley/model"
)

const (
	page     = "100200300400500"
	customer = "7001002003004005"

	appID     = "1517000000000111"
	appSecret = "graph-app-secret"
	token     = "EAAG-page-token"
	appToken  = appID + "|" + appSecret
)

// seen is a request as the server got it.
type seen struct {
	method, path, query, body string
	header                    http.Header
}

// graph is a scripted Graph API.
type graph struct {
	*httptest.Server
	mu   sync.Mutex
	seen []seen
	logs bytes.Buffer
}

// newGraph serves answer and keeps what was asked.
func newGraph(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, body string)) *graph {
	t.Helper()
	g := &graph{}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		g.mu.Lock()
		g.seen = append(g.seen, seen{r.Method, r.URL.Path, r.URL.RawQuery, string(body), r.Header.Clone()})
		g.mu.Unlock()
		answer(w, r, string(body))
	}))
	t.Cleanup(g.Close)
	return g
}

// says serves one answer, whatever is asked.
func says(t *testing.T, status int, body string, headers ...string) *graph {
	t.Helper()
	return newGraph(t, func(w http.ResponseWriter, _ *http.Request, _ string) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func (g *graph) asked() []seen {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]seen(nil), g.seen...)
}

// client returns a client of that Graph API; its logs are kept.
func (g *graph) client(t *testing.T) *messenger.Client {
	t.Helper()
	return newClient(t, messenger.Config{
		GraphURL: g.URL, Logger: slog.New(slog.NewTextHandler(&g.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
}

// newClient returns a client that is closed with the test.
func newClient(t *testing.T, cfg messenger.Config) *messenger.Client {
	t.Helper()
	cfg.AppID, cfg.AppSecret = appID, appSecret
	if cfg.SendDeadline == 0 {
		cfg.SendDeadline = 10 * time.Second
	}
	c, err := messenger.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func proof(token string) string {
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}

// checkWire proves what must hold of every call.
func checkWire(t *testing.T, s seen, token string) {
	t.Helper()
	if got := s.header.Get("Authorization"); got != "Bearer "+token {
		t.Errorf("%s %s: Authorization %q", s.method, s.path, got)
	}
	if !strings.Contains(s.query, "appsecret_proof="+proof(token)) {
		t.Errorf("%s %s: no proof in %q", s.method, s.path, s.query)
	}
	for name := range s.header {
		if strings.Contains(strings.ToLower(name), "idempotency") {
			t.Errorf("%s is set: the transport would replay the POST", name)
		}
	}
	for _, hide := range []string{token, appSecret} {
		if strings.Contains(s.path+s.query+s.body, hide) {
			t.Errorf("%s %s?%s: a token stands outside the header", s.method, s.path, s.query)
		}
	}
	if !strings.HasPrefix(s.path, "/v27.0/") {
		t.Errorf("path %q", s.path)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	good := messenger.Config{AppID: appID, AppSecret: appSecret}
	for name, change := range map[string]func(*messenger.Config){
		"no app":             func(c *messenger.Config) { c.AppID = "" },
		"no secret":          func(c *messenger.Config) { c.AppSecret = "" },
		"no URL":             func(c *messenger.Config) { c.GraphURL = "graph" },
		"a URL with a user":  func(c *messenger.Config) { c.GraphURL = "https://u:p@graph.example" },
		"a URL with a query": func(c *messenger.Config) { c.GraphURL = "https://graph.example?x=1" },
		"plain http away":    func(c *messenger.Config) { c.GraphURL = "http://graph.example" },
		"another scheme":     func(c *messenger.Config) { c.GraphURL = "ftp://127.0.0.1" },
		"a strange version":  func(c *messenger.Config) { c.Version = "26/../x" },
	} {
		cfg := good
		change(&cfg)
		if _, err := messenger.New(cfg); err == nil {
			t.Errorf("accepted: %s", name)
		} else if strings.Contains(err.Error(), appSecret) {
			t.Errorf("%s: the error shows the secret", name)
		}
	}
	for _, u := range []string{"", "https://graph.example/", "http://127.0.0.1:1/graph", "http://[::1]:1", "http://localhost:1"} {
		cfg := good
		cfg.GraphURL = u
		if _, err := messenger.New(cfg); err != nil {
			t.Errorf("%q: %v", u, err)
		}
	}
}

// roundTripper is a transport in a test's hand.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// cancelled returns a context that has ended.
func cancelled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// received is when what was asked is answered.
func received() time.Time { return time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC) }

func one(a model.Attachment) []model.Attachment { return []model.Attachment{a} }
