package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
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
	dead time.Duration
	once sync.Once
}

// dial opens the stream. A refusal is a [*Problem].
func (c *Client) dial(ctx context.Context, dead time.Duration) (*socket, error) {
	u := c.base.JoinPath("/v1/stream")
	u.Scheme = map[string]string{"http": "ws", "https": "wss"}[u.Scheme]
	d := websocket.Dialer{HandshakeTimeout: dialTimeout, Subprotocols: []string{model.Subprotocol}}
	conn, resp, err := d.DialContext(ctx, u.String(), http.Header{"Authorization": {"Bearer " + c.token}})
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
	return &socket{conn: conn, dead: dead}, nil
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
	alive := func() error { return s.conn.SetReadDeadline(time.Now().Add(s.dead)) }
	answer := s.conn.PingHandler()
	s.conn.SetPingHandler(func(data string) error {
		if err := alive(); err != nil {
			return err
		}
		return answer(data)
	})
	for {
		if err := alive(); err != nil {
			return err
		}
		kind, frame, err := s.conn.ReadMessage()
		if err != nil {
			return broken(err)
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

// broken tells a connection that the hub ended because of the token from any other.
func broken(err error) error {
	if websocket.IsCloseError(err, websocket.ClosePolicyViolation) {
		return &Problem{Status: http.StatusUnauthorized, Code: codeSignedOut}
	}
	return fmt.Errorf("read from hub: %w", err)
}

// codeSignedOut is the hub's code for a token that it does not know.
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
