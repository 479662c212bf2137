package pipedrive

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
	"time"

	"parley/model"
)

// Keys for logs.
const (
	keyCall   = "call"
	keyStatus = "status"
	keyError  = "error"
)

// Reasons why an answer can't be used.
var (
	errUnreadable = errors.New("unreadable answer")
	errTooLong    = errors.New("answer too long")
)

// reply is a complete answer.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// caller makes calls with their credentials, deadlines and budgets, and interprets the answers.
type caller struct {
	api       string
	company   string // its token
	timeout   time.Duration
	transport http.RoundTripper
	now       func() time.Time
	log       *slog.Logger
	budgets   budgets
	searches  searches
}

// roundTrip makes a call, once, and reads the whole answer. It uses the transport without an
// http.Client: no redirects, no cookies, and no error that quotes the URL.
func (c *caller) roundTrip(ctx context.Context, call string, req *http.Request) (reply, error) {
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "parley")
	res, err := c.transport.RoundTrip(req)
	if err != nil {
		c.log.WarnContext(ctx, "pipedrive gave no answer", keyCall, call, keyError, err.Error())
		return reply{}, unavailable(call, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxResponseBytes+1))
	if err == nil && len(body) > maxResponseBytes {
		err = errTooLong
	}
	if err != nil {
		c.log.WarnContext(ctx, "pipedrive answer cut short", keyCall, call, keyStatus, res.StatusCode, keyError, err.Error())
		return reply{}, unavailable(call, err)
	}
	return reply{res.StatusCode, res.Header, body}, nil
}

// credential is the token for a call and the address of the API. holder identifies its owner
// across refreshes: budgets and caches are kept for each holder.
type credential struct{ base, header, value, holder string }

func (c *caller) byCompany() credential {
	return credential{c.api, "X-Api-Token", c.company, "company"}
}

func byGrant(g model.CRMGrant) credential {
	return credential{g.APIDomain, "Authorization", "Bearer " + g.Access, "grant " + g.Refresh}
}

// credential returns the credential for a call: the user's own grant, or the company token if
// as is nil.
func (c *caller) credential(call string, as *model.CRMGrant) (credential, error) {
	switch {
	case as != nil:
		return byGrant(*as), nil
	case c.company == "":
		return credential{}, fmt.Errorf("pipedrive %s: %w: there is no company token", call, model.ErrCRMForbidden)
	}
	return c.byCompany(), nil
}

// request is a call of the API.
type request struct {
	name   string // for logs
	method string
	path   string // with /api and the version
	query  url.Values
	body   any  // nil for none
	search bool // a call to the search API, which has a budget of its own
	bare   bool // its answer has no data
}

// answer is the decoded answer to a call.
type answer struct {
	data json.RawMessage
	// cursor is where a list continues in version 2, start in version 1; empty if it does not.
	cursor string
	start  int64
}

// envelope is the outer object of every answer of the API.
//
// Source: Pipedrive, "Responses".
type envelope struct {
	Success    *bool           `json:"success"`
	Data       json.RawMessage `json:"data"`
	Additional json.RawMessage `json:"additional_data"`
}

// get reads something from version 1 of the API that every user may read. Its errors are
// ErrCRMRefused, for a 401, or ErrCRMUnavailable.
func (c *caller) get(ctx context.Context, call, path string, as credential) (json.RawMessage, error) {
	a, err := c.do(ctx, as, request{name: call, method: http.MethodGet, path: "/api/v1" + path})
	if err == nil || errors.Is(err, model.ErrCRMRefused) || errors.Is(err, model.ErrCRMUnavailable) {
		return a.data, err
	}
	return nil, unavailable(call, err)
}

// do makes a call, unless a budget is known to be used up. A search waits for its turn.
func (c *caller) do(ctx context.Context, as credential, q request) (answer, error) {
	if limit := c.budgets.exhausted(as.holder, c.now()); limit != nil {
		return answer{}, fmt.Errorf("pipedrive %s: %w", q.name, limit)
	}
	if q.search {
		if err := c.searches.wait(ctx, as.holder); err != nil {
			return answer{}, unavailable(q.name, err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := newRequest(ctx, as, q)
	if err != nil {
		return answer{}, err
	}
	res, err := c.roundTrip(ctx, q.name, req)
	if err != nil {
		return answer{}, err
	}
	c.budgets.read(res.header, c.now())
	if err := c.refusal(ctx, as, q, res); err != nil {
		return answer{}, err
	}
	a, err := readEnvelope(res.body, q.bare)
	if err != nil {
		c.log.WarnContext(ctx, "pipedrive answer unreadable", keyCall, q.name, keyStatus, res.status)
		return answer{}, unavailable(q.name, err)
	}
	return a, nil
}

func newRequest(ctx context.Context, as credential, q request) (*http.Request, error) {
	body := io.Reader(http.NoBody)
	if q.body != nil {
		raw, err := json.Marshal(q.body)
		if err != nil {
			return nil, fmt.Errorf("pipedrive %s: %w: %w", q.name, model.ErrCRMInvalid, err)
		}
		body = bytes.NewReader(raw)
	}
	target := as.base + q.path
	if len(q.query) > 0 {
		target += "?" + q.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, q.method, target, body)
	if err != nil {
		return nil, fmt.Errorf("pipedrive %s: no request can be made", q.name)
	}
	if q.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.GetBody = nil // without GetBody the transport can't send a body a second time
	req.Header.Set(as.header, as.value)
	return req, nil
}

// refusal returns the error for a status. A 401 is final. A 403 that is not JSON does not even
// come from Pipedrive: the firewall in front of it answers like that to clients that call too
// often. 404 and 410 mean that the record does not exist; other 4xx mean that the request is
// invalid.
//
// Source: Pipedrive, "HTTP status codes" and "Rate limiting".
func (c *caller) refusal(ctx context.Context, as credential, q request, res reply) error {
	if res.status == http.StatusOK || res.status == http.StatusCreated {
		return nil
	}
	kind := model.ErrCRMUnavailable
	switch res.status {
	case http.StatusUnauthorized:
		c.log.InfoContext(ctx, "pipedrive refused a token", keyCall, q.name, keyStatus, res.status)
		return refused(q.name, res.status)
	case http.StatusNotFound, http.StatusGone:
		return fmt.Errorf("pipedrive %s: %w", q.name, model.ErrCRMNotFound)
	case http.StatusTooManyRequests:
		return c.limited(ctx, q, c.budgets.rateLimited(as.holder, res.header, c.now()))
	case http.StatusForbidden:
		if !json.Valid(res.body) {
			return c.limited(ctx, q, c.budgets.blocked(as.holder, c.now()))
		}
		kind = model.ErrCRMForbidden
	case http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		kind = model.ErrCRMInvalid
	case http.StatusPaymentRequired, http.StatusUnsupportedMediaType: // the account is not active, or the feature not enabled
		kind = model.ErrCRMForbidden
	}
	c.log.WarnContext(ctx, "pipedrive call failed", keyCall, q.name, keyStatus, res.status)
	return fmt.Errorf("pipedrive %s: %w: status %d", q.name, kind, res.status)
}

func (c *caller) limited(ctx context.Context, q request, limit *model.CRMLimit) error {
	c.log.WarnContext(ctx, "pipedrive budget used up", keyCall, q.name, "daily", limit.Daily, "until", limit.Until)
	return fmt.Errorf("pipedrive %s: %w", q.name, limit)
}

// readEnvelope returns the data of an answer; with bare it may be missing.
func readEnvelope(body []byte, bare bool) (answer, error) {
	var e envelope
	if json.Unmarshal(body, &e) != nil || e.Success == nil || !*e.Success || len(e.Data) == 0 && !bare {
		return answer{}, errUnreadable
	}
	a := answer{data: e.Data}
	var more struct {
		Cursor     *string `json:"next_cursor"`
		Pagination *struct {
			More bool   `json:"more_items_in_collection"`
			Next *int64 `json:"next_start"`
		} `json:"pagination"`
	}
	if json.Unmarshal(e.Additional, &more) != nil { // missing, or unusable
		return a, nil
	}
	if more.Cursor != nil {
		a.cursor = *more.Cursor
	}
	if p := more.Pagination; p != nil && p.More && p.Next != nil {
		a.start = *p.Next
	}
	return a, nil
}

// each calls read with every element of a list; ok is false if data is not a list.
func each(data json.RawMessage, read func(json.RawMessage)) (ok bool) {
	var all []json.RawMessage
	if json.Unmarshal(data, &all) != nil {
		return false
	}
	for _, one := range all {
		read(one)
	}
	return true
}
