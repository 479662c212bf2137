package livehub

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"parley/e2e/driver"
)

// Proxy is between clients and a hub, and does to their connections what networks do.
type Proxy struct {
	testing.TB
	listener net.Listener
	hub      string

	mu    sync.Mutex
	conns map[net.Conn]struct{}
	// down: every connection is cut, and new ones at once.
	down bool
	// stalled holds all bytes back until it is closed; nil: none.
	stalled chan struct{}
	Delay   time.Duration
	// Left is after how many more bytes to the client its connection is cut; negative: never.
	Left int
	over bool
	// Reads returns a writer that gets a copy of what goes to a client; may be nil.
	Reads func() io.Writer
	// Ends ends the proxy; so does the end of the test.
	Ends func()

	pumping sync.WaitGroup
}

// NewProxy starts a proxy in front of the hub at an address.
func NewProxy(t testing.TB, hub string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{TB: t, listener: l, hub: hub, conns: map[net.Conn]struct{}{}, Left: -1}
	p.pumping.Go(p.accept)
	p.Ends = sync.OnceFunc(func() {
		p.Heals()
		p.mu.Lock()
		p.over = true
		p.mu.Unlock()
		l.Close()
		p.CutAll()
		p.pumping.Wait()
	})
	t.Cleanup(p.Ends)
	return p
}

// Address returns where clients reach the proxy.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

func (p *Proxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.pumping.Go(func() { p.carry(c) })
	}
}

// hold records a connection, unless it is to be cut.
func (p *Proxy) hold(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down || p.over {
		return false
	}
	p.conns[c] = struct{}{}
	return true
}

func (p *Proxy) carry(c net.Conn) {
	defer c.Close()
	up, err := net.DialTimeout("tcp", p.hub, driver.Patience)
	if err != nil {
		return
	}
	defer up.Close()
	if !p.hold(c) || !p.hold(up) {
		return
	}
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, c)
		delete(p.conns, up)
	}()
	var both sync.WaitGroup
	along := p.along()
	pump := func(from, to net.Conn, down bool) {
		defer from.Close()
		defer to.Close()
		buf := make([]byte, 8<<10)
		for {
			n, err := from.Read(buf)
			n, on := p.pass(n, down)
			if down {
				_, _ = along.Write(buf[:n])
			}
			if _, werr := to.Write(buf[:n]); err != nil || werr != nil || !on {
				return
			}
		}
	}
	both.Go(func() { pump(c, up, false) })
	both.Go(func() { pump(up, c, true) })
	both.Wait()
}

// along returns the writer for a copy of a new connection.
func (p *Proxy) along() io.Writer {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.Reads == nil {
		return io.Discard
	}
	return p.Reads()
}

// pass waits as long as bytes are held, and returns how many go on, and whether the connection
// does.
func (p *Proxy) pass(n int, down bool) (int, bool) {
	p.mu.Lock()
	stalled, delay := p.stalled, p.Delay
	p.mu.Unlock()
	if stalled != nil {
		<-stalled
	}
	if delay > 0 {
		timer := time.NewTimer(delay)
		<-timer.C
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !down || p.Left < 0 {
		return n, true
	}
	if n >= p.Left {
		n, p.Left = p.Left, -1 // once
		return n, false
	}
	p.Left -= n
	return n, true
}

// Set changes its behaviour.
func (p *Proxy) Set(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// CutAll cuts every connection.
func (p *Proxy) CutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close()
	}
}

// Cuts cuts every connection, and lets none through until Heals.
func (p *Proxy) Cuts() {
	p.Set(func() { p.down = true })
	p.CutAll()
}

// Stalls holds everything back until Heals.
func (p *Proxy) Stalls() {
	p.Set(func() {
		if p.stalled == nil {
			p.stalled = make(chan struct{})
		}
	})
}

// Heals lets everything through.
func (p *Proxy) Heals() {
	p.Set(func() {
		p.down, p.Delay, p.Left = false, 0, -1
		if p.stalled != nil {
			close(p.stalled)
			p.stalled = nil
		}
	})
}
