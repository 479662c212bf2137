package client

import "net/http"

// SetTransport has the client speak through rt instead of the network.
func (c *Client) SetTransport(rt http.RoundTripper) { c.http.Transport = rt }
