package client

import "net/http"

// LocalZone is the zone that the client tells of.
func LocalZone() string { return localZone() }

// SetTransport has the client speak through rt instead of the network.
func (c *Client) SetTransport(rt http.RoundTripper) { c.http.Transport = rt }
