package client

import (
	"context"
	"fmt"
	"mime"
	"net/http"

	"parley/model"
)

// Media reads the content of an attachment by its id. Only ctx limits the time. The caller closes
// what it gets. What the hub has not fetched yet, or has no more, is a [*Problem] with
// [model.MediaNotYet] or [model.MediaIsGone].
func (c *connection) Media(ctx context.Context, id string) (model.Download, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base.JoinPath("/v1/media/"+segment(id)).String(), nil)
	if err != nil {
		return model.Download{}, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Accept", "*/*")
	req.Header.Set("Authorization", "Bearer "+c.token)
	slow := *c.http
	slow.Timeout = 0
	resp, err := slow.Do(req)
	if err != nil {
		return model.Download{}, &UnreachableError{URL: c.base.String(), Cause: err}
	}
	if resp.StatusCode != http.StatusOK {
		defer func() { _ = resp.Body.Close() }()
		err := decode(c.base.String(), resp, nil)
		if err == nil {
			err = fmt.Errorf("%w: %s answered %s", ErrNoHub, c.base, resp.Status)
		}
		return model.Download{}, err
	}
	d := model.Download{ReadCloser: resp.Body, Type: resp.Header.Get("Content-Type"), Size: resp.ContentLength}
	if _, params, err := mime.ParseMediaType(resp.Header.Get("Content-Disposition")); err == nil {
		d.Name = model.Untrusted(params["filename"])
	}
	return d, nil
}

// MediaLink returns a link by which a browser reads an attachment once, within minutes.
func (c *connection) MediaLink(ctx context.Context, id string) (model.MediaLink, error) {
	var out model.MediaLink
	err := c.Call(ctx, http.MethodPost, "/v1/media/"+segment(id)+"/link", nil, nil, &out)
	return out, err
}
