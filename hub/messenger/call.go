package messenger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/hub/messenger/meta"
)

// Keys for logs. No log contains a token, a text or a customer.
const (
	keyCall    = "call"
	keyStatus  = "status"
	keyCode    = "code"
	keySubcode = "subcode"
	keyTrace   = "fbtrace_id"
	keyError   = "error"
)

// ErrUnreadable means that the Graph API's answer was cut short, too long, or not of the
// expected form.
var ErrUnreadable = errors.New("unreadable answer")

var (
	errTooLong = fmt.Errorf("%w: too long", ErrUnreadable)
	errBadID   = errors.New("not an id")
)

// request is one call of the Graph API.
type request struct {
	name   string // for logs
	method string
	path   []string
	query  url.Values
	form   url.Values // the body, or
	body   any        // the body as JSON, or
	file   *fileBody  // a form with a file
	token  string     // empty if the query has the credentials
	// date, if not nil, receives the time in the answer's Date header.
	date *time.Time
}

// answer is a complete answer.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// build makes the HTTP request. The token is in the Authorization header and nowhere else,
// along with its proof.
//
// Source: Graph API, "Secure requests", appsecret_proof.
func (c *Client) build(ctx context.Context, r request) (*http.Request, error) {
	target := c.base
	for _, segment := range r.path {
		if meta.RouteID(segment) == "" || strings.Trim(segment, ".") == "" {
			return nil, errBadID
		}
		target += "/" + url.PathEscape(segment)
	}
	query := url.Values{}
	if r.token != "" {
		query.Set("appsecret_proof", c.appSecret.Sign([]byte(r.token)))
	}
	for key, values := range r.query {
		query[key] = values
	}
	body, kind, err := r.encode()
	if err != nil {
		return nil, err
	}
	content, length := io.Reader(bytes.NewReader(body)), int64(len(body))
	if r.file != nil {
		content, length, kind = r.file.content, r.file.length, r.file.kind
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target+"?"+query.Encode(), content)
	if err != nil {
		return nil, fmt.Errorf("graph %s: no request can be made", r.name)
	}
	req.ContentLength = length
	if kind == "" {
		req.Body = http.NoBody
	} else {
		req.Header.Set("Content-Type", kind)
	}
	// Without GetBody the transport can't send a body a second time.
	req.GetBody = nil
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "parley")
	return req, nil
}

// encode returns the body and its media type, "" for none.
func (r request) encode() ([]byte, string, error) {
	switch {
	case r.body != nil:
		b, err := json.Marshal(r.body)
		return b, "application/json", err
	case r.form != nil:
		return []byte(r.form.Encode()), "application/x-www-form-urlencoded", nil
	}
	return nil, "", nil
}

// roundTrip makes the call, once, and reads the whole answer. It uses the transport without an
// http.Client: no redirects, no cookies, and no error that quotes the URL.
func (c *Client) roundTrip(req *http.Request) (answer, error) {
	res, err := c.transport.RoundTrip(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxResponseBytes+1))
	if err != nil {
		return answer{}, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	if len(body) > maxResponseBytes {
		return answer{}, errTooLong
	}
	return answer{status: res.StatusCode, header: res.Header, body: body}, nil
}

// do makes a call and decodes its answer. An error of the Graph API is a
// [GraphError].
func (c *Client) do(ctx context.Context, r request, into any) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := c.build(ctx, r)
	if err != nil {
		return fmt.Errorf("graph %s: %w", r.name, err)
	}
	a, err := c.roundTrip(req)
	if err != nil {
		c.log.WarnContext(ctx, "graph call without an answer", keyCall, r.name, keyError, err.Error())
		return fmt.Errorf("graph %s: %w", r.name, err)
	}
	if r.date != nil {
		if at, err := http.ParseTime(a.header.Get("Date")); err == nil {
			*r.date = at
		}
	}
	if e := c.graphError(a, r.object(), r.secrets()...); e != nil {
		level := slog.LevelInfo
		if r.name == nameProfile {
			level = slog.LevelDebug // one for each customer; the hub logs it once
		}
		c.logRefusal(ctx, level, r.name, e)
		return fmt.Errorf("graph %s: %w", r.name, e)
	}
	if a.status != http.StatusOK || json.Unmarshal(a.body, into) != nil {
		c.log.WarnContext(ctx, "graph answer unreadable", keyCall, r.name, keyStatus, a.status)
		return fmt.Errorf("graph %s: %w, status %d", r.name, ErrUnreadable, a.status)
	}
	return nil
}

// object returns the id of the object that a call concerns, under which its rate limit is
// reported.
func (r request) object() string {
	if len(r.path) == 0 {
		return ""
	}
	return r.path[0]
}

// secrets returns the parts of a call that no error may show.
func (r request) secrets() []string {
	q := r.query
	return []string{r.token, q.Get("input_token"), q.Get("code"), q.Get("fb_exchange_token"), r.form.Get("verify_token")}
}

func (c *Client) logRefusal(ctx context.Context, level slog.Level, name string, e *GraphError) {
	c.log.Log(ctx, level, "graph call refused", keyCall, name, keyStatus, e.Status,
		keyCode, e.Code, keySubcode, e.Subcode, keyTrace, e.TraceID)
}
