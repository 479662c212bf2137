package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

const (
	// callTimeout is the longest that one call may take.
	callTimeout = 30 * time.Second
	// maxAnswer is the largest answer read: a thousand conversations.
	maxAnswer = 64 << 20
)

// Client speaks to one hub as one user. It is safe for concurrent use.
type Client struct {
	caller
	PageCalls
	CRMCalls
}

// caller makes calls of a hub.
type caller = *connection

// connection is how a hub is called.
type connection struct {
	base  *url.URL
	token string
	http  *http.Client
	// budget is how many percent of the CRM's budget were left at the last answer;
	// budgetEnough where it is not low.
	budget atomic.Int64
}

// New returns a client of the hub at that address. A token is never sent
// unprotected: an address that is neither https nor on this machine is refused with
// [ErrUnprotected].
func New(address, token string) (*Client, error) { return NewThrough(nil, address, token) }

// NewThrough is [New] whose calls, but for the stream, go through that transport; nil: the
// default.
func NewThrough(through http.RoundTripper, address, token string) (*Client, error) {
	u, err := url.Parse(strings.TrimRight(address, "/"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%w: %q", ErrAddress, address)
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, fmt.Errorf("%w: %q", ErrUnprotected, address)
	}
	to := &connection{base: u, token: token, http: &http.Client{
		Timeout: callTimeout, Transport: through,
		// A redirect would carry the token to wherever it points.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	to.budget.Store(budgetEnough)
	return &Client{to, PageCalls{to}, CRMCalls{to}}, nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// URL returns the hub's address.
func (c *connection) URL() string { return c.base.String() }

// Close lets idle connections go.
func (c *connection) Close() { c.http.CloseIdleConnections() }

// Call sends in as JSON, unless it is nil, and reads the answer into out, unless it
// is nil. What is no success is a [*Problem]; what never got an answer of the hub is an
// [*UnreachableError].
func (c *connection) Call(ctx context.Context, method, path string, query url.Values, in, out any) error {
	u := c.base.JoinPath(path)
	u.RawQuery = query.Encode()
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Accept", "application/json, application/problem+json")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return &UnreachableError{URL: c.base.String(), Cause: err}
	}
	defer func() { _ = resp.Body.Close() }()
	return decode(c.base.String(), resp, out)
}

// segment makes an id part of a path. One that would change the path stands for an id
// that nothing has: the hub answers that there is no such thing.
func segment(id string) string {
	switch id {
	case "", ".", "..":
		return "-"
	}
	return url.PathEscape(id)
}

// away tells the statuses by which a proxy says that it did not reach the hub, or that
// the hub did not answer it.
func away(status int) bool {
	switch status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

func decode(address string, resp *http.Response, out any) error {
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return &UnreachableError{URL: address, Cause: err}
	}
	if resp.StatusCode >= http.StatusOK && resp.StatusCode < http.StatusMultipleChoices {
		if out == nil {
			return nil
		}
		if err := json.Unmarshal(answer, out); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrNoHub, address, err)
		}
		return nil
	}
	p := &Problem{}
	if err := json.Unmarshal(answer, p); err != nil || p.Code == "" {
		err := fmt.Errorf("%w: %s answered %s", ErrNoHub, address, resp.Status)
		if away(resp.StatusCode) {
			return &UnreachableError{URL: address, Cause: err}
		}
		return err
	}
	p.Status = resp.StatusCode
	return p
}
