package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	// maxAnswer is the largest response body that is read: a thousand conversations.
	maxAnswer = 64 << 20
)

// Client calls one hub as one user. It is safe for concurrent use.
type Client struct {
	caller
	PageCalls
	CRMCalls
	DeskCalls
}

// caller is embedded by the groups of calls.
type caller = *connection

// connection makes the calls.
type connection struct {
	base  *url.URL
	token string
	http  *http.Client
	// budget is the percentage left of the CRM's budget at the last answer; budgetEnough if it
	// is not low.
	budget atomic.Int64
}

// Login names the token without revealing it.
func (c *Client) Login() string {
	sum := sha256.Sum256([]byte("parley login\x00" + c.token))
	return hex.EncodeToString(sum[:])
}

// New returns a client of the hub at that address. A token is never sent in the clear: an
// address that is neither https nor on this machine fails with [ErrUnprotected].
func New(address, token string) (*Client, error) { return NewThrough(nil, address, token) }

// NewThrough is [New] with a transport for all calls but the stream; nil: the default.
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
	return &Client{to, PageCalls{to}, CRMCalls{to}, DeskCalls{to}}, nil
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

// Close closes idle connections.
func (c *connection) Close() { c.http.CloseIdleConnections() }

// Call sends in as JSON, unless it is nil, and decodes the answer into out, unless that is
// nil. An answer other than success is a [*Problem]; no answer from the hub is an
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

// segment escapes an id as one segment of a path. An id that would change the path becomes one
// that cannot exist, so the hub answers 404.
func segment(id string) string {
	switch id {
	case "", ".", "..":
		return "-"
	}
	return url.PathEscape(id)
}

// isGatewayError reports whether a proxy answers by this status that it did not reach the hub, or that
// the hub did not answer.
func isGatewayError(status int) bool {
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
		if isGatewayError(resp.StatusCode) {
			return &UnreachableError{URL: address, Cause: err}
		}
		return err
	}
	p.Status = resp.StatusCode
	return p
}
