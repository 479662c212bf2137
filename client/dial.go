package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"parley/model"
)

const (
	dialTimeout = 10 * time.Second
	// maxFrame is the largest frame that is read from a hub.
	maxFrame = 32 << 20
)

// aliveConn fails a read once nothing came for as long as silence. Any part of a frame
// counts: a long frame may take its time on a slow line.
type aliveConn struct {
	net.Conn
	silence atomic.Int64 // 0: forever
}

// Read implements [net.Conn].
func (c *aliveConn) Read(b []byte) (int, error) {
	if d := time.Duration(c.silence.Load()); d > 0 {
		if err := c.SetReadDeadline(time.Now().Add(d)); err != nil {
			return 0, err
		}
	}
	return c.Conn.Read(b)
}

// Dial opens the stream. It breaks once nothing came for as long as dead. A refusal is a
// [*Problem].
func (c *connection) Dial(ctx context.Context, dead time.Duration) (*websocket.Conn, error) {
	u := c.base.JoinPath("/v1/stream")
	u.Scheme = map[string]string{"http": "ws", "https": "wss"}[u.Scheme]
	var alive *aliveConn
	// The dialer watches ctx only until the connection is open.
	giveUp := func() bool { return true }
	d := websocket.Dialer{
		HandshakeTimeout: dialTimeout, Subprotocols: []string{model.Subprotocol}, Proxy: http.ProxyFromEnvironment,
		NetDialContext: func(dialing context.Context, network, address string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(dialing, network, address)
			if err != nil {
				return nil, err
			}
			alive = &aliveConn{Conn: conn}
			giveUp = context.AfterFunc(ctx, func() { _ = conn.Close() })
			return alive, nil
		},
	}
	conn, resp, err := d.DialContext(ctx, u.String(), http.Header{"Authorization": {"Bearer " + c.token}})
	giveUp()
	if resp != nil && resp.Body != nil {
		defer func() { _ = resp.Body.Close() }()
	}
	if err != nil {
		return nil, refusedDial(c.base.String(), resp, err)
	}
	if conn.Subprotocol() != model.Subprotocol {
		_ = conn.Close()
		return nil, fmt.Errorf("%w: %s speaks another protocol", ErrNoHub, c.base)
	}
	conn.SetReadLimit(maxFrame)
	alive.silence.Store(int64(dead))
	return conn, nil
}

func refusedDial(address string, resp *http.Response, cause error) error {
	if resp == nil || !errors.Is(cause, websocket.ErrBadHandshake) {
		return &UnreachableError{URL: address, Cause: cause}
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	p := &Problem{}
	if err != nil || json.Unmarshal(b, p) != nil || p.Code == "" {
		return fmt.Errorf("%w: %s answered %s", ErrNoHub, address, resp.Status)
	}
	p.Status = resp.StatusCode
	return p
}
