// Package serve listens for the hub: with bounds on what strangers may use up, with TLS if the
// hub terminates it, and for the metrics on an address of their own.
package serve

import (
	"container/list"
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"sync"
)

// Bounds are how many connections a listener keeps at once.
type Bounds struct {
	// All bounds all connections; Strangers those on which nobody has signed in yet.
	All, Strangers int
}

// DefaultBounds keep the memory that strangers can make the hub use below a few dozen MB.
func DefaultBounds() Bounds { return Bounds{All: 4096, Strangers: 1024} }

// The parts of an address that its owner does not choose.
const (
	networkBits4 = 32
	networkBits6 = 64
)

// Listener keeps as many connections as its bounds allow. For one more it closes the oldest
// connection of whoever has the most: a client with many connections can't shut out one with
// few, and a signed-in client is never closed for a stranger.
type Listener struct {
	net.Listener
	bounds Bounds

	mu        sync.Mutex
	accepted  uint64
	strangers group
	known     group
}

// group is connections by owner, each list oldest first.
type group struct {
	of map[string]*list.List
	n  int
}

// Bound bounds the connections of a listener.
func Bound(l net.Listener, b Bounds) *Listener {
	return &Listener{Listener: l, bounds: b, strangers: group{of: make(map[string]*list.List)}, known: group{of: make(map[string]*list.List)}}
}

// Accept implements [net.Listener].
func (l *Listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	conn := &boundConn{Conn: c, l: l, who: network(c.RemoteAddr())}
	l.mu.Lock()
	l.accepted++
	conn.number = l.accepted
	l.strangers.add(conn)
	gone := l.surplus()
	l.mu.Unlock()
	if gone != nil {
		_ = gone.Close()
	}
	return conn, nil
}

// surplus returns a connection that has to go, nil if there is room. The caller holds mu.
func (l *Listener) surplus() *boundConn {
	switch {
	case l.strangers.n > l.bounds.Strangers, l.strangers.n > 1 && l.strangers.n+l.known.n > l.bounds.All:
		return l.strangers.oldestOfMost()
	case l.strangers.n+l.known.n > l.bounds.All:
		return l.known.oldestOfMost()
	}
	return nil
}

func (g *group) add(c *boundConn) {
	of := g.of[c.who]
	if of == nil {
		of = list.New()
		g.of[c.who] = of
	}
	c.group, c.at = g, of.PushBack(c)
	g.n++
}

func (g *group) remove(c *boundConn) {
	of := g.of[c.who]
	of.Remove(c.at)
	if of.Len() == 0 {
		delete(g.of, c.who)
	}
	c.group, c.at = nil, nil
	g.n--
}

// few is up to how many connections count the same as one: a client with a whole network of
// addresses must not make others the one with the most.
const few = 8

// oldestOfMost returns the oldest connection of whoever has the most; among equals, and those
// with few, the oldest of all.
func (g *group) oldestOfMost() *boundConn {
	var gone *boundConn
	most := 0
	for _, of := range g.of {
		c, _ := of.Front().Value.(*boundConn) // a list that is kept has one
		if n := max(of.Len(), few); n > most || n == most && c.number < gone.number {
			gone, most = c, n
		}
	}
	return gone
}

// boundConn is a connection that counts towards the bounds.
type boundConn struct {
	net.Conn
	l      *Listener
	number uint64 // in the order of arrival

	// Guarded by l.mu: the owner, and the place in the lists; group is nil once it is closed.
	who   string
	group *group
	at    *list.Element
}

// Close implements [net.Conn].
func (c *boundConn) Close() error {
	c.l.mu.Lock()
	if c.group != nil {
		c.group.remove(c)
	}
	c.l.mu.Unlock()
	return c.Conn.Close()
}

// NetConn returns the wrapped connection.
func (c *boundConn) NetConn() net.Conn { return c.Conn }

// vouch moves the connection to the known ones.
func (c *boundConn) vouch(who string) {
	c.l.mu.Lock()
	defer c.l.mu.Unlock()
	if c.group == nil || c.group == &c.l.known && c.who == who {
		return
	}
	c.group.remove(c)
	c.who = who
	c.l.known.add(c) // behind those that signed in before
}

type connKey struct{}

// Context is for an [net/http.Server]'s ConnContext, so that [Vouch] finds the connection.
func Context(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if b, ok := c.(*boundConn); ok {
		return context.WithValue(ctx, connKey{}, b)
	}
	return ctx
}

// Vouch names the owner of a request's connection, by a name that no stranger has: a user who
// signed in, or another proven identity.
func Vouch(ctx context.Context, who string) {
	if c, ok := ctx.Value(connKey{}).(*boundConn); ok {
		c.vouch(who)
	}
}

// network returns the network of an address, by which strangers are counted. Anything that is
// not an address counts as one network.
func network(a net.Addr) string {
	host, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return ""
	}
	addr, bits := host.Addr().Unmap().WithZone(""), networkBits6
	if addr.Is4() {
		bits = networkBits4
	}
	p, _ := addr.Prefix(bits) // a parsed address has as many bits
	return p.String()
}
