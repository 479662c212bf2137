package pipedrive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Keys of what is logged.
const (
	keyCall   = "call"
	keyStatus = "status"
	keyError  = "error"
)

// Why an answer can't be used.
var (
	errUnreadable = errors.New("unreadable answer")
	errTooLong    = errors.New("answer too long")
)

// roundTrip makes a call, once, and reads the whole answer. The transport is used
// without an http.Client: there are no redirects, no cookies, and no error that quotes
// the URL.
func (c *Client) roundTrip(ctx context.Context, call string, req *http.Request) (status int, body []byte, err error) {
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "parley")
	res, err := c.transport.RoundTrip(req)
	if err != nil {
		c.log.WarnContext(ctx, "pipedrive gave no answer", keyCall, call, keyError, err.Error())
		return 0, nil, unavailable(call, err)
	}
	defer res.Body.Close()
	body, err = io.ReadAll(io.LimitReader(res.Body, maxResponseBytes+1))
	if err == nil && len(body) > maxResponseBytes {
		err = errTooLong
	}
	if err != nil {
		c.log.WarnContext(ctx, "pipedrive answer cut short", keyCall, call, keyStatus, res.StatusCode, keyError, err.Error())
		return 0, nil, unavailable(call, err)
	}
	return res.StatusCode, body, nil
}

// credential is by which token the API is called, and where.
type credential struct{ base, header, value string }

func (c *Client) byCompany() credential { return credential{c.api, "X-Api-Token", c.company} }

// envelope is what every answer of the API comes in.
//
// Source: Pipedrive, "Responses".
type envelope struct {
	Success *bool           `json:"success"`
	Data    json.RawMessage `json:"data"`
}

// get reads something of version 1 of the API. A 401 is a refusal for good. A 403 is
// not: the wall before Pipedrive answers so, in HTML, to who asked too much.
func (c *Client) get(ctx context.Context, call, path string, as credential) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, as.base+"/api/v1"+path, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("pipedrive %s: no request can be made", call)
	}
	req.Header.Set(as.header, as.value)
	status, body, err := c.roundTrip(ctx, call, req)
	if err != nil {
		return nil, err
	}
	if status == http.StatusUnauthorized {
		c.log.InfoContext(ctx, "pipedrive refused a token", keyCall, call, keyStatus, status)
		return nil, refused(call, status)
	}
	data, err := readEnvelope(status, body)
	if err != nil {
		c.log.WarnContext(ctx, "pipedrive call failed", keyCall, call, keyStatus, status)
		return nil, unavailable(call, err)
	}
	return data, nil
}

// readEnvelope takes the data out of an answer.
func readEnvelope(status int, body []byte) (json.RawMessage, error) {
	if status != http.StatusOK {
		return nil, fmt.Errorf("status %d", status)
	}
	var e envelope
	if json.Unmarshal(body, &e) != nil || e.Success == nil || !*e.Success || len(e.Data) == 0 {
		return nil, errUnreadable
	}
	return e.Data, nil
}
