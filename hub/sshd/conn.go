package sshd

import (
	"net"
	"sync"
	"time"

	"parley/hub/sshd/admission"
)

// conn is a client's connection. It passes three stages: it proves a key, asks for a session,
// and has one or more sessions. In the first two it occupies a place among the idle ones
// ([admission.Places]), with a deadline.
type conn struct {
	net.Conn
	server *Server

	mu sync.Mutex
	// by is the key that the client proved, as sessions are counted.
	by string
	// leave frees the place, nil if it has none; late enforces the deadline.
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
	c.vacate()
	c.mu.Unlock()
	if !gone {
		c.server.forget(c)
	}
	return err
}

// giveWay ends a connection whose place another one takes. It does not block: whoever serves
// the connection closes it.
func (c *conn) giveWay() {
	c.server.metrics.refuse(refusedConnection)
	_ = c.Conn.Close()
}

// begin serves the connection once it has a place for proving its key. It returns false if
// there is no room even in the line.
func (c *conn) begin(serve func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	leave, ok := c.server.proving.LineUp(admission.HostOf(c.RemoteAddr()), c.giveWay, serve)
	if ok {
		c.occupy(leave, c.server.limits.Handshake)
	}
	return ok
}

// occupy records the place and sets the deadline.
func (c *conn) occupy(leave func(), within time.Duration) {
	c.leave = leave
	c.late = time.AfterFunc(within, func() { _ = c.Close() })
}

// vacate frees the place.
func (c *conn) vacate() {
	if c.leave != nil {
		c.leave()
		c.late.Stop()
		c.leave = nil
	}
}

// proved ends the first stage: the client must now ask for a session.
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
	c.vacate()
	leave, ok := c.server.waiting.Enter(c.by, c.giveWay)
	if ok {
		c.occupy(leave, c.server.limits.Unasked)
	}
	return ok
}

// sessionBegan counts a session.
func (c *conn) sessionBegan() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sessions++
	c.vacate()
}

// sessionEnded counts a session that is over; after the last, the client must ask for another.
func (c *conn) sessionEnded() {
	c.mu.Lock()
	c.sessions--
	ok := c.closed || c.sessions > 0 || c.wait()
	c.mu.Unlock()
	if !ok {
		c.giveWay()
	}
}
