package sshd

import (
	"net"
	"sync"
	"time"
)

// conn is a client's connection. It goes through three: it proves a key, asks for a
// session, and has one or more. In the first two it has a place among those that do
// nothing yet ([places]), and a time until which it has to be done.
type conn struct {
	net.Conn
	server *Server

	mu sync.Mutex
	// by is the key that the client proved, as counted.
	by string
	// leave gives the place back; nil: it has none. late ends it.
	leave    func()
	late     *time.Timer
	sessions int
	closed   bool
}

// Close implements [net.Conn].
func (c *conn) Close() error {
	err := c.Conn.Close()
	c.mu.Lock()
	gone := c.closed
	c.closed = true
	c.rise()
	c.mu.Unlock()
	if !gone {
		c.server.forget(c)
	}
	return err
}

// giveWay ends a connection that somebody else takes the place of.
func (c *conn) giveWay() {
	c.server.metrics.refuse(refusedConnection)
	_ = c.Close()
}

// stand takes a place among those, for so long at most. It is false where there is none.
func (c *conn) stand(among *places, kind string, most time.Duration) bool {
	c.rise()
	leave, ok := among.take(kind, c.giveWay)
	if !ok {
		return false
	}
	c.leave = leave
	c.late = time.AfterFunc(most, func() { _ = c.Close() })
	return true
}

// rise gives the place back.
func (c *conn) rise() {
	if c.leave != nil {
		c.leave()
		c.late.Stop()
		c.leave = nil
	}
}

// begin has the connection prove a key.
func (c *conn) begin() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stand(c.server.proving, hostOf(c.RemoteAddr()), c.server.limits.Handshake)
}

// proved ends that: the client is to ask for a session.
func (c *conn) proved(by string) {
	c.mu.Lock()
	c.by = by
	ok := c.closed || c.wait()
	c.mu.Unlock()
	if !ok {
		c.giveWay()
	}
}

func (c *conn) wait() bool { return c.stand(c.server.waiting, c.by, c.server.limits.Unasked) }

// asked counts a session.
func (c *conn) asked() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sessions++
	c.rise()
}

// ended counts one that is over; after the last, the client is to ask for another.
func (c *conn) ended() {
	c.mu.Lock()
	c.sessions--
	ok := c.closed || c.sessions > 0 || c.wait()
	c.mu.Unlock()
	if !ok {
		c.giveWay()
	}
}
