package client_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/client"
	"parley/model"
)

const token = "a-token-of-a-user"

// call is a request as it came.
type call struct {
	method string
	path   string // with its escapes
	query  string
	header http.Header
	body   []byte
	at     time.Time
}

// script is a hub in memory that does what a test wrote into it.
type script struct {
	mu    sync.Mutex
	calls []call
	// answer gives the nth answer, n from 0.
	answer func(n int, r *http.Request) (*http.Response, error)
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	c := call{method: r.Method, path: r.URL.EscapedPath(), query: r.URL.RawQuery, header: r.Header.Clone(), at: time.Now()}
	if r.Body != nil {
		c.body, _ = io.ReadAll(r.Body)
		_ = r.Body.Close()
	}
	s.mu.Lock()
	n := len(s.calls)
	s.calls = append(s.calls, c)
	s.mu.Unlock()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return s.answer(n, r)
}

// got returns what was asked.
func (s *script) got() []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// tried returns when each request came, after the first.
func (s *script) tried() []time.Duration {
	var out []time.Duration
	for _, c := range s.got() {
		out = append(out, c.at.Sub(s.calls[0].at))
	}
	return out
}

// newClient returns a client of that script.
func newClient(t *testing.T, s *script) *client.Client {
	t.Helper()
	c, err := client.New("http://127.0.0.1:1", token)
	if err != nil {
		t.Fatal(err)
	}
	c.SetTransport(s)
	return c
}

// respond is an answer of a hub.
func respond(status int, contentType string, body []byte) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
	}
}

func success(status int, v any) (*http.Response, error) {
	b, err := json.Marshal(v)
	return respond(status, "application/json", b), err
}

func refusal(status int, code model.Code) (*http.Response, error) {
	b, err := json.Marshal(map[string]any{
		"type": "about:blank", "title": http.StatusText(status), "status": status, "code": code, "detail": "why not",
	})
	return respond(status, "application/problem+json", b), err
}

// silence is a hub that never answers.
func silence(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}
