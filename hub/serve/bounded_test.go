package serve_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"parley/hub/serve"
)

// fakeListener is connected to by hand.
type fakeListener struct {
	net.Listener
	next chan net.Conn
}

func (f *fakeListener) Accept() (net.Conn, error) { return <-f.next, nil }

// fakeConn is a connection from an address.
type fakeConn struct {
	net.Conn
	from   netip.Addr
	closed bool
}

func (c *fakeConn) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(c.from, 1))
}

func (c *fakeConn) Close() error {
	c.closed = true
	return nil
}

// door is a listener, and who came in by it.
type door struct {
	*serve.Listener
	fake *fakeListener
	t    interface{ Fatalf(string, ...any) }
}

func newDoor(t interface{ Fatalf(string, ...any) }, b serve.Bounds) *door {
	f := &fakeListener{next: make(chan net.Conn, 1)}
	return &door{Listener: serve.Bound(f, b), fake: f, t: t}
}

// guest is a connection, from both sides.
type guest struct {
	raw  *fakeConn
	conn net.Conn
}

func (d *door) comes(from string) *guest {
	c := &fakeConn{from: netip.MustParseAddr(from)}
	d.fake.next <- c
	conn, err := d.Accept()
	if err != nil {
		d.t.Fatalf("accept: %v", err)
	}
	return &guest{c, conn}
}

func (g *guest) signsIn(who string) { serve.Vouch(serve.Context(context.Background(), g.conn), who) }

// Who has the most gives way, the oldest first, and who has few never for them.
func TestManyOfOneShutOutNobody(t *testing.T) {
	t.Parallel()
	for name, flood := range map[string]func(n int) string{
		"one address":        func(int) string { return "203.0.113.9" },
		"an IPv6 network":    func(n int) string { return netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 15: byte(n)}).String() },
		"many addresses":     func(n int) string { return netip.AddrFrom4([4]byte{198, 51, byte(n), 1}).String() },
		"many IPv6 networks": func(n int) string { return netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 7: byte(n)}).String() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDoor(t, serve.Bounds{All: 60, Strangers: 40})
			member := d.comes("203.0.113.9")
			member.signsIn("ann")
			for n := range 200 {
				d.comes(flood(n))
				if all, strangers := d.Open(); strangers > 40 || all > 60 {
					t.Fatalf("%d connections, %d of strangers", all, strangers)
				}
			}
			mine := []*guest{d.comes("192.0.2.1"), d.comes("192.0.2.1"), d.comes("192.0.2.1")}
			for n := range 30 {
				d.comes(flood(200 + n))
			}
			for i, g := range mine {
				if g.raw.closed {
					t.Errorf("connection %d of another was closed", i)
				}
			}
			if member.raw.closed {
				t.Error("who had signed in was shut out")
			}
		})
	}
}

// Who signed in and takes everything gives way to others who sign in.
func TestOneUserDoesNotTakeAll(t *testing.T) {
	t.Parallel()
	d := newDoor(t, serve.Bounds{All: 60, Strangers: 40})
	ben := d.comes("192.0.2.1")
	ben.signsIn("ben")
	for range 100 {
		d.comes("203.0.113.9").signsIn("ann")
	}
	if all, _ := d.Open(); all > 60 {
		t.Errorf("%d connections", all)
	}
	for range 5 {
		g := d.comes("192.0.2.7")
		g.signsIn("cat")
		if g.raw.closed {
			t.Fatal("another user was not let in")
		}
	}
	if ben.raw.closed {
		t.Error("another user was shut out")
	}
}

// However connections come, sign in and go: the bounds hold, and what is open is counted.
func TestBoundsHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := serve.Bounds{All: rapid.IntRange(2, 12).Draw(t, "all")}
		b.Strangers = rapid.IntRange(1, b.All).Draw(t, "strangers")
		d := newDoor(t, b)
		var guests []*guest
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			switch pick := rapid.IntRange(0, 5).Draw(t, "step"); {
			case pick < 3 || len(guests) == 0:
				from := rapid.SampledFrom([]string{"192.0.2.1", "192.0.2.2", "203.0.113.9", "2001:db8::1"}).Draw(t, "from")
				guests = append(guests, d.comes(from))
			case pick == 3:
				g := rapid.SampledFrom(guests).Draw(t, "who")
				g.signsIn(rapid.SampledFrom([]string{"ann", "ben"}).Draw(t, "as"))
			default:
				g := rapid.SampledFrom(guests).Draw(t, "who")
				_ = g.conn.Close()
				_ = g.conn.Close() // also twice
			}
			open := 0
			for _, g := range guests {
				if !g.raw.closed {
					open++
				}
			}
			all, strangers := d.Open()
			if all != open || all > b.All || strangers > b.Strangers || strangers > all {
				t.Fatalf("counted %d, of strangers %d; open %d; bounds %+v", all, strangers, open, b)
			}
		}
	})
}

// A listener that fails says so.
func TestAcceptFails(t *testing.T) {
	t.Parallel()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	bound := serve.Bound(l, serve.DefaultBounds())
	_ = bound.Close()
	if _, err := bound.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("accept: %v", err)
	}
}
