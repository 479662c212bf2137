package stream

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"parley/client"
	"parley/model"
)

const sendTimeout = 10 * time.Second

// socket is a websocket to the hub. One goroutine reads, one sends.
type socket struct {
	conn *websocket.Conn
	once sync.Once
}

// read passes frames on until the connection breaks or is silent for too long.
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

// codeSignedOut is the hub's code for an unknown token. It answers a new connection; it makes
// no difference why an old one was closed (the token was revoked, the role changed).
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

func badFrame(err error) error { return fmt.Errorf("%w: frame: %w", client.ErrNoHub, err) }
