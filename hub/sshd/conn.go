package sshd

import (
	"net"
	"sync"
	"time"

	"parley/hub/sshd/admission"
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

// giveWay ends a connection that somebody else takes the place of. It waits for nothing:
// who serves the connection closes it.
func (c *conn) giveWay() {
	c.server.metrics.refuse(refusedConnection)
	_ = c.Conn.Close()
}

// begin has the connection prove a key, when it is its turn: then it is served. It is false
// where there is no room even in line.
func (c *conn) begin(serve func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	leave, ok := c.server.proving.LineUp(admission.HostOf(c.RemoteAddr()), c.giveWay, serve)
	if ok {
		c.stand(leave, c.server.limits.Handshake)
	}
	return ok
}

// stand has the connection be done within that time, or end.
func (c *conn) stand(leave func(), within time.Duration) {
	c.leave = leave
	c.late = time.AfterFunc(within, func() { _ = c.Close() })
}

// rise gives the place back.
func (c *conn) rise() {
	if c.leave != nil {
		c.leave()
		c.late.Stop()
		c.leave = nil
	}
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

func (c *conn) wait() bool {
	c.rise()
	leave, ok := c.server.waiting.Enter(c.by, c.giveWay)
	if ok {
		c.stand(leave, c.server.limits.Unasked)
	}
	return ok
}

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
