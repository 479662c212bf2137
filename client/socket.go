package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"parley/model"
)

const (
	dialTimeout = 10 * time.Second
	sendTimeout = 10 * time.Second
	// maxFrame is the largest frame taken from a hub.
	maxFrame = 32 << 20
)

// socket is one websocket to the hub. One goroutine reads, one sends.
type socket struct {
	conn *websocket.Conn
	once sync.Once
}

// aliveConn reads nothing any more once nothing came for as long as silence. That a
// part of a frame came is enough: a long one may take its time on a slow line.
type aliveConn struct {
	net.Conn
	silence atomic.Int64 // 0: for ever
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

// dial opens the stream. A refusal is a [*Problem].
func (c *Client) dial(ctx context.Context, dead time.Duration) (*socket, error) {
	u := c.base.JoinPath("/v1/stream")
	u.Scheme = map[string]string{"http": "ws", "https": "wss"}[u.Scheme]
	var alive *aliveConn
	// The dialer looks at ctx only until the connection stands.
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
	return &socket{conn: conn}, nil
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

// read hands frames on until the connection breaks or is silent for too long.
func (s *socket) read(ctx context.Context, frames chan<- []byte) error {
	for {
		kind, frame, err := s.conn.ReadMessage()
		if err != nil {
			return fmt.Errorf("read from hub: %w", err)
		}
		if kind != websocket.TextMessage {
			continue
		}
		select {
		case frames <- frame:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// codeSignedOut is the hub's code for a token that it does not know. It comes as the
// answer to a new connection; why an old one was ended (the token is revoked, the
// user's role is another) makes no difference.
const codeSignedOut model.Code = "not_signed_in"

func (s *socket) send(v any) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(sendTimeout)); err != nil {
		return fmt.Errorf("write to hub: %w", err)
	}
	if err := s.conn.WriteJSON(v); err != nil {
		return fmt.Errorf("write to hub: %w", err)
	}
	return nil
}

func (s *socket) close() { s.once.Do(func() { _ = s.conn.Close() }) }

func badFrame(err error) error { return fmt.Errorf("%w: frame: %w", ErrNoHub, err) }
