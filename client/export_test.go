package client

import (
	"context"
	"net/http"
	"time"

	"parley/model"
)

// LocalZone is the zone that the client tells of.
func LocalZone() string { return localZone() }

// SetTransport has the client speak through rt instead of the network.
func (c *Client) SetTransport(rt http.RoundTripper) { c.http.Transport = rt }

// HandIn is [Outbox.Reply] with a context and a wait of its own.
func (o *Outbox) HandIn(ctx context.Context, r model.Reply, told Progress, wait time.Duration) (model.Message, error) {
	return o.handIn(ctx, r, told, time.Now().Add(wait))
}
