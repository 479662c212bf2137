package sshd_test

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"parley/hub/sshd"
)

// holds opens connections from an address of this machine, and says nothing on them, or
// only its version.
func (w *world) holds(n int, from, says string) []net.Conn {
	w.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	var all []net.Conn
	for range n {
		c, err := d.DialContext(w.Context(), "tcp", w.address)
		if err != nil {
			w.Fatal(err)
		}
		w.Cleanup(func() { _ = c.Close() })
		_, _ = io.WriteString(c, says)
		all = append(all, c)
	}
	return all
}

// awaitClosed waits until the server has closed that many of these.
func (w *world) awaitClosed(n int, all []net.Conn) {
	w.Helper()
	closed := make(chan struct{}, len(all))
	for _, c := range all {
		go func() {
			_ = c.SetReadDeadline(time.Now().Add(patience))
			if _, err := io.Copy(io.Discard, c); !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, net.ErrClosed) {
				closed <- struct{}{}
			}
		}()
	}
	for i := range n {
		select {
		case <-closed:
		case <-time.After(patience):
			w.Fatalf("%d are closed, not %d", i, n)
		}
	}
}

// TestHeldHandshakes: whoever opens connections and proves no key keeps nobody out, neither
// those of other addresses nor those of the same.
func TestHeldHandshakes(t *testing.T) {
	t.Parallel()
	for name, says := range map[string]string{"silent": "", "a version": "SSH-2.0-x\r\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(o *sshd.Options) { o.Limits.Grace = time.Millisecond })
			key := w.user("aki")
			held := w.holds(200, "127.0.0.2", says)
			held = append(held, w.holds(200, "127.0.0.3", says)...)
			w.comes(key)
			w.awaitClosed(len(held)-2*w.options.Limits.PerAddress, held)
			held = w.holds(200, "127.0.0.1", says)
			w.comes(key)
			w.awaitClosed(len(held)-w.options.Limits.PerAddress, held)
		})
	}
}

// TestManyAddresses: where all places are taken by many addresses, one that has none gets
// one of those that have more.
func TestManyAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *sshd.Options) {
		o.Limits.Handshakes, o.Limits.PerAddress, o.Limits.Line, o.Limits.Grace = 4, 2, 0, time.Hour
	})
	held := append(w.holds(2, "127.0.0.2", ""), w.holds(2, "127.0.0.3", "")...)
	more := w.holds(8, "127.0.0.2", "") // refused at once: the grace is an hour, and there is no line
	w.awaitClosed(len(more), more)
	w.comes(w.user("aki"))
	w.awaitClosed(1, held)
}

// TestAStorm: many that come again and again, from the same address, have others wait for
// their turn; they don't keep them out.
func TestAStorm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *sshd.Options) { o.Limits.Handshakes, o.Limits.PerAddress, o.Limits.Grace = 4, 2, time.Hour })
	key, stranger := w.user("aki"), newKey(t)
	over := make(chan struct{})
	var storm sync.WaitGroup
	defer storm.Wait()
	defer close(over)
	begun := make(chan struct{}, 30)
	for range cap(begun) {
		storm.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				if c, err := w.dial("aki", gossh.PublicKeys(stranger)); err == nil {
					_ = c.Close()
				}
				select {
				case begun <- struct{}{}:
				default:
				}
			}
		})
	}
	<-begun
	w.comes(key)
}

// TestUnasked: whoever proves a key and asks for no session keeps nobody out, and is gone
// after a while; a session stays.
func TestUnasked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *sshd.Options) { o.Limits.Grace, o.Limits.Unasked = time.Millisecond, 2*time.Second })
	aki, bo := w.user("aki"), w.user("bo")
	stays := w.open(w.connect(bo))
	ended := make(chan struct{}, 40)
	for range cap(ended) {
		c := w.connect(aki)
		go func() {
			_ = c.Wait()
			ended <- struct{}{}
		}()
	}
	w.comes(bo)
	w.comes(aki)
	for i := range cap(ended) { // those beyond the share of a key at once, the others in time
		select {
		case <-ended:
		case <-time.After(patience):
			t.Fatalf("%d of %d are gone", i, cap(ended))
		}
	}
	// Who has had a session may be without one for as long.
	c := w.connect(aki)
	s := w.open(c)
	s.types("q")
	_ = s.ends()
	again := w.open(c)
	again.types("q")
	_ = again.ends()
	if err := c.Wait(); err == nil {
		t.Error("ended well")
	}
	stays.types("sq")
	stays.sees("size 100x30")
	if err := stays.ends(); err != nil {
		t.Errorf("the session ended with %v", err)
	}
}
