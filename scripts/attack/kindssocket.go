package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// socketKinds are the attacks of a user on the hub's websocket, and of strangers on its handshake.
func socketKinds() []kind {
	return []kind{
		{"handshakes", func(ctx context.Context, t target, n int) error {
			head := []string{
				"GET /v1/stream HTTP/1.1", "Host: hub", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
				"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", fmt.Sprintf("Authorization: Bearer nobody-%d", n),
			}
			return says(ctx, t, head, nil)
		}},
		{"frames", func(ctx context.Context, t target, n int) error {
			header := http.Header{"Authorization": {"Bearer " + t.token}}
			d := websocket.Dialer{Subprotocols: []string{"parley.v1"}}
			c, resp, err := d.DialContext(ctx, "ws"+strings.TrimPrefix(t.url, "http")+"/v1/stream", header)
			if resp != nil && resp.Body != nil {
				_ = resp.Body.Close()
			}
			if err != nil {
				return err
			}
			stop := context.AfterFunc(ctx, func() { _ = c.Close() })
			defer stop()
			defer c.Close()
			return frames(ctx, c, t, n)
		}},
	}
}

// frames sends a lot, in one of several ways.
func frames(ctx context.Context, c *websocket.Conn, t target, n int) error {
	large := `"` + strings.Repeat("7", 200<<10) + `"`
	typing := `{"type":"typing","page":"` + t.page + `","active":true,"conversation":`
	for {
		if err := line.WaitN(ctx, 1024); err != nil {
			return err
		}
		var err error
		switch n % 6 {
		case 0:
			err = c.WriteMessage(websocket.TextMessage, []byte(typing+large+`}`))
		case 1:
			err = c.WriteMessage(websocket.TextMessage, []byte(typing+`"`+t.conversation+`"}`))
		case 2:
			err = c.WriteControl(websocket.PingMessage, []byte("ping"), time.Now().Add(time.Second))
		case 3:
			err = c.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello","resume":{},"junk":`+large+`}`))
		case 4: // a frame that does not end
			w, openErr := c.NextWriter(websocket.TextMessage)
			if openErr != nil {
				return openErr
			}
			if _, err = w.Write([]byte(`{"type":"hello","junk":` + large)); err == nil {
				wait(ctx, 10*time.Second)
			}
			return err
		default: // reads nothing
			if err = c.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello","resume":{}}`)); err == nil {
				wait(ctx, 10*time.Second)
			}
			return err
		}
		if err != nil || ctx.Err() != nil {
			return err
		}
	}
}
