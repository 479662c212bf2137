// Package clienttest is a scripted hub for tests of its clients.
package clienttest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/client"
	"parley/model"
)

// Token is the token of the tests' clients.
const Token = "a-token-of-a-user" //nolint:gosec // of no user

// Call is a request that the script received.
type Call struct {
	Method string
	Path   string // escaped
	Query  string
	Header http.Header
	Body   []byte
	At     time.Time
}

// Script is a hub in memory that gives the answers of a test.
type Script struct {
	mu    sync.Mutex
	calls []Call
	// Answer returns the nth answer, n from 0.
	Answer func(n int, r *http.Request) (*http.Response, error)
}

// RoundTrip implements [http.RoundTripper]: it records the request and gives the answer.
func (s *Script) RoundTrip(r *http.Request) (*http.Response, error) {
	c := Call{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header.Clone(), At: time.Now()}
	if r.Body != nil {
		c.Body, _ = io.ReadAll(r.Body)
		_ = r.Body.Close()
	}
	s.mu.Lock()
	n := len(s.calls)
	s.calls = append(s.calls, c)
	s.mu.Unlock()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return s.Answer(n, r)
}

// Got returns the requests received.
func (s *Script) Got() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Tried returns when each request came, since the first.
func (s *Script) Tried() []time.Duration {
	var out []time.Duration
	for _, c := range s.Got() {
		out = append(out, c.At.Sub(s.calls[0].At))
	}
	return out
}

// NewClient returns a client of the script.
func NewClient(t testing.TB, s *Script) *client.Client {
	t.Helper()
	c, err := client.NewThrough(s, "http://127.0.0.1:1", Token)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Respond returns an answer of a hub.
func Respond(status int, contentType string, body []byte) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
	}
}

// Success returns an answer that holds v.
func Success(status int, v any) (*http.Response, error) {
	b, err := json.Marshal(v)
	return Respond(status, "application/json", b), err
}

// Refusal returns an answer by which the hub refuses a request.
func Refusal(status int, code model.Code) (*http.Response, error) {
	b, err := json.Marshal(map[string]any{
		"type": "about:blank", "title": http.StatusText(status), "status": status, "code": code, "detail": "why not",
	})
	return Respond(status, "application/problem+json", b), err
}

// Silence never answers.
func Silence(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// Serve starts a server, and a client of it.
func Serve(t testing.TB, h http.HandlerFunc) *client.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	// Not the default transport: closing it for one test would disturb others.
	c, err := client.NewThrough(&http.Transport{}, s.URL, Token)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
