package main

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// liveProxy stands between clients and a hub, and does to their connections what
// networks do.
type liveProxy struct {
	testing.TB
	listener net.Listener
	hub      string

	mu    sync.Mutex
	conns map[net.Conn]struct{}
	// down: every connection is cut, and new ones at once.
	down bool
	// stalled holds all bytes back until it is closed; nil: none.
	stalled chan struct{}
	delay   time.Duration
	// left is after how many more bytes to the client its connection is cut; negative:
	// never.
	left int
	over bool
	// reads returns what reads along on a connection to a client; nil: nothing does.
	reads func() io.Writer
	// ends ends the proxy; the end of the test does.
	ends func()

	pumping sync.WaitGroup
}

func newLiveProxy(t testing.TB, hub string) *liveProxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &liveProxy{TB: t, listener: l, hub: hub, conns: map[net.Conn]struct{}{}, left: -1}
	p.pumping.Go(p.accept)
	p.ends = sync.OnceFunc(func() {
		p.heals()
		p.mu.Lock()
		p.over = true
		p.mu.Unlock()
		l.Close()
		p.cutAll()
		p.pumping.Wait()
	})
	t.Cleanup(p.ends)
	return p
}

func (p *liveProxy) address() string { return p.listener.Addr().String() }

func (p *liveProxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.pumping.Go(func() { p.carry(c) })
	}
}

// hold notes a connection, unless it is to be cut.
func (p *liveProxy) hold(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down || p.over {
		return false
	}
	p.conns[c] = struct{}{}
	return true
}

func (p *liveProxy) carry(c net.Conn) {
	defer c.Close()
	up, err := net.DialTimeout("tcp", p.hub, patience)
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

// along is what reads along on a new connection.
func (p *liveProxy) along() io.Writer {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reads == nil {
		return io.Discard
	}
	return p.reads()
}

// pass waits as long as bytes have to, and tells how many go on, and whether the
// connection does.
func (p *liveProxy) pass(n int, down bool) (int, bool) {
	p.mu.Lock()
	stalled, delay := p.stalled, p.delay
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
	if !down || p.left < 0 {
		return n, true
	}
	if n >= p.left {
		n, p.left = p.left, -1 // once
		return n, false
	}
	p.left -= n
	return n, true
}

func (p *liveProxy) set(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// cutAll cuts every connection.
func (p *liveProxy) cutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close()
	}
}

// cuts cuts every connection, and lets none through until it heals.
func (p *liveProxy) cuts() {
	p.set(func() { p.down = true })
	p.cutAll()
}

// stalls holds everything back until it heals.
func (p *liveProxy) stalls() {
	p.set(func() {
		if p.stalled == nil {
			p.stalled = make(chan struct{})
		}
	})
}

// heals lets everything through.
func (p *liveProxy) heals() {
	p.set(func() {
		p.down, p.delay, p.left = false, 0, -1
		if p.stalled != nil {
			close(p.stalled)
			p.stalled = nil
		}
	})
}
