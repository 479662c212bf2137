// Package serve listens for the hub: with bounds on what strangers may take of it, by TLS
// where the hub speaks it itself, and for the figures on an address of their own.
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
	// All are all of them; Strangers those of which nobody has signed in yet.
	All, Strangers int
}

// DefaultBounds keep what strangers can make the hub hold below a few dozen MB.
func DefaultBounds() Bounds { return Bounds{All: 4096, Strangers: 1024} }

// The parts of an address that its holder does not choose.
const (
	networkBits4 = 32
	networkBits6 = 64
)

// Listener keeps as many connections as its bounds allow. For one more it closes the
// oldest of whoever has the most: many connections of one shut out nobody who has few, and
// who signed in is never closed for a stranger.
type Listener struct {
	net.Listener
	bounds Bounds

	mu        sync.Mutex
	accepted  uint64
	strangers group
	known     group
}

// group are connections by whose they are, each list oldest first.
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

// surplus returns a connection that has to go, nil where there is room. mu is held.
func (l *Listener) surplus() *boundConn {
	switch {
	case l.strangers.n > l.bounds.Strangers, l.strangers.n > 1 && l.strangers.n+l.known.n > l.bounds.All:
		return l.strangers.oldestOfMost()
	case l.strangers.n+l.known.n > l.bounds.All:
		return l.known.oldestOfMost()
	}
	return nil
}

// Open tells how many connections there are, and of how many nobody has signed in.
func (l *Listener) Open() (all, strangers int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.strangers.n + l.known.n, l.strangers.n
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

// few is how many connections of one count no more than one of another: who has a whole
// network of addresses makes nobody else the one with the most.
const few = 8

// oldestOfMost is the oldest connection of whoever has the most; of those with as many, or
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

// boundConn is a connection that takes a place.
type boundConn struct {
	net.Conn
	l      *Listener
	number uint64 // in the order of coming

	// Of l.mu: whose it is, and where it stands; group is nil once it is closed.
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

// NetConn is the connection below.
func (c *boundConn) NetConn() net.Conn { return c.Conn }

// vouch makes the connection one of somebody who is known.
func (c *boundConn) vouch(who string) {
	c.l.mu.Lock()
	defer c.l.mu.Unlock()
	if c.group == nil || c.group == &c.l.known && c.who == who {
		return
	}
	c.group.remove(c)
	c.who = who
	c.l.known.add(c) // behind those who signed in before
}

type connKey struct{}

// Context is to be an [net/http.Server]'s ConnContext, so that [Vouch] finds the
// connection.
func Context(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if b, ok := c.(*boundConn); ok {
		return context.WithValue(ctx, connKey{}, b)
	}
	return ctx
}

// Vouch says whose a request's connection is, by a name that no stranger has: somebody
// who signed in, or who proved otherwise who they are.
func Vouch(ctx context.Context, who string) {
	if c, ok := ctx.Value(connKey{}).(*boundConn); ok {
		c.vouch(who)
	}
}

// network is whom an address stands for. What is no address counts as one.
func network(a net.Addr) string {
	host, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return ""
	}
	addr, bits := host.Addr().Unmap().WithZone(""), networkBits6
	if addr.Is4() {
		bits = networkBits4
	}
	p, _ := addr.Prefix(bits) // an address that was parsed has as many bits
	return p.String()
}
