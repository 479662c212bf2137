package serve_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub/serve"
)

// signed makes a certificate of a name, and its key, as PEM files hold them.
func signed(t *testing.T, serial int64, name string) (cert, key []byte) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	kder, err := x509.MarshalECPrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: kder})
}

func write(t *testing.T, file string, b []byte) {
	t.Helper()
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// clock is a time that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// The certificate is the one on disk, and the last whole one while its files are written.
func TestACertificateIsReadAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := serve.Certificate{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
	now := &clock{now: time.Now()}
	var logged bytes.Buffer
	log := slog.New(slog.NewTextHandler(&logged, nil))
	if _, err := c.TLS(log, now.time); err == nil {
		t.Error("files that are not there are taken")
	}
	cert1, key1 := signed(t, 1, "hub.example")
	cert2, key2 := signed(t, 2, "hub.example")
	write(t, c.Cert, cert1)
	write(t, c.Key, key2)
	if _, err := c.TLS(log, now.time); err == nil {
		t.Error("a key of another certificate is taken")
	}
	write(t, c.Key, key1)
	config, err := c.TLS(log, now.time)
	if err != nil {
		t.Fatal(err)
	}
	serial := func() int64 {
		got, err := config.GetCertificate(&tls.ClientHelloInfo{ServerName: "anything"})
		if err != nil {
			t.Fatal(err)
		}
		return got.Leaf.SerialNumber.Int64()
	}
	is := func(want int64, when string) {
		t.Helper()
		now.pass(2 * time.Second)
		for range 3 {
			if got := serial(); got != want {
				t.Errorf("%s: certificate %d, want %d", when, got, want)
			}
			now.pass(2 * time.Second)
		}
	}
	is(1, "at first")
	write(t, c.Cert, cert2)
	is(1, "while the key is the old one")
	if n := strings.Count(logged.String(), "level=WARN"); n != 1 {
		t.Errorf("said %d times: %s", n, &logged)
	}
	write(t, c.Key, key2)
	is(2, "when both were written")
	if err := os.Remove(c.Cert); err != nil {
		t.Fatal(err)
	}
	is(2, "without a file")
	write(t, c.Cert, []byte("no certificate"))
	is(2, "with a broken file")
	// A link that points elsewhere, as certbot's do.
	write(t, filepath.Join(dir, "new.pem"), append(cert1, '\n'))
	write(t, c.Key, append(key1, '\n', '\n'))
	if err := os.Remove(c.Cert); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("new.pem", c.Cert); err != nil {
		t.Fatal(err)
	}
	is(1, "by a link")
	if strings.Contains(logged.String(), "PRIVATE") {
		t.Error("the log tells the key")
	}
}

// listens serves TLS by these settings and answers ok.
func listens(t *testing.T, config *tls.Config) net.Addr {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	bound := serve.Bound(l, serve.DefaultBounds())
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serve.Vouch(r.Context(), "ann")
		if all, strangers := bound.Open(); all < 1 || strangers != 0 {
			http.Error(w, "not known", http.StatusTeapot)
			return
		}
		_, _ = w.Write([]byte(r.Proto))
	})
	s := serve.Server(h, slog.New(slog.DiscardHandler))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = s.Serve(serve.Secure(bound, config))
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-ended
	})
	return l.Addr()
}

// get asks once by TLS.
func get(t *testing.T, addr net.Addr, config *tls.Config) (string, *x509.Certificate) {
	t.Helper()
	tr := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	defer tr.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+addr.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := tr.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	_, _ = b.ReadFrom(resp.Body)
	return b.String(), resp.TLS.PeerCertificates[0]
}

// Who asks by TLS gets HTTP/1.1, on which a websocket is spoken, and is known by the
// connection below; who asks for the handshakes of long ago gets none.
func TestTLSIsSpoken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := serve.Certificate{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
	cert, key := signed(t, 7, "hub.example")
	write(t, c.Cert, cert)
	write(t, c.Key, key)
	config, err := c.TLS(slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	addr := listens(t, config)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cert)
	if got, _ := get(t, addr, &tls.Config{RootCAs: roots, ServerName: "hub.example"}); got != "HTTP/1.1" {
		t.Errorf("answered %q", got)
	}
	d := tls.Dialer{Config: &tls.Config{RootCAs: roots, ServerName: "hub.example", MaxVersion: tls.VersionTLS11}}
	if conn, err := d.DialContext(context.WithoutCancel(t.Context()), "tcp", addr.String()); err == nil {
		_ = conn.Close()
		t.Error("TLS 1.1 was spoken")
	}
}
