package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// Upload uploads a file as a form of that content type, and returns the hub's id for it. Only
// ctx limits the time. If reading form fails, that error is the cause of the
// [*UnreachableError].
func (c *connection) Upload(ctx context.Context, contentType string, form io.Reader) (id string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base.JoinPath("/v1/uploads").String(), form)
	if err != nil {
		return "", fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Accept", "application/json, application/problem+json")
	req.Header.Set("Authorization", "Bearer "+c.token)
	slow := *c.http
	slow.Timeout = 0
	resp, err := slow.Do(req)
	if err != nil {
		return "", &UnreachableError{URL: c.base.String(), Cause: err}
	}
	defer func() { _ = resp.Body.Close() }()
	var out struct {
		ID string `json:"id"`
	}
	err = decode(c.base.String(), resp, &out)
	return out.ID, err
}
