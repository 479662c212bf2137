package socket

import (
	"crypto/tls"
	"net"
	"testing"

	"parley/hub/serve"
)

// What waits in the kernel is bounded however a client is reached.
func TestBelowWhatIsCountedAndEncrypted(t *testing.T) {
	t.Parallel()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	bound := serve.Bound(l, serve.DefaultBounds())
	defer bound.Close()
	var d net.Dialer
	dialled, err := d.DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer dialled.Close()
	conn, err := bound.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if below(conn) == nil || below(tls.Server(conn, &tls.Config{MinVersion: tls.VersionTLS12})) == nil || below(dialled) == nil {
		t.Error("the connection below is not found")
	}
	one, other := net.Pipe()
	defer one.Close()
	defer other.Close()
	if below(one) != nil {
		t.Error("there is none below a pipe")
	}
}
