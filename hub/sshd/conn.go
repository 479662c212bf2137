package sshd

import (
	"net"
	"sync"
	"time"
)

// conn is a client's connection. Until the client has proved its key, no deadline is
// later than that of the handshake.
type conn struct {
	net.Conn
	closed sync.Once
	left   func()

	mu     sync.Mutex
	until  time.Time
	proved func()
}

// SetDeadline implements [net.Conn].
func (c *conn) SetDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.until.IsZero() && (t.IsZero() || t.After(c.until)) {
		t = c.until
	}
	return c.Conn.SetDeadline(t)
}

// Close implements [net.Conn].
func (c *conn) Close() error {
	err := c.Conn.Close()
	c.closed.Do(func() {
		c.prove()
		c.left()
	})
	return err
}

// prove ends the handshake.
func (c *conn) prove() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.proved != nil {
		c.until = time.Time{}
		c.proved()
		c.proved = nil
	}
}
