package serve_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/acme"

	"parley/hub/serve"
)

// authority is one that gives certificates by RFC 8555, for whoever answers on a port by
// TLS as the standard asks (RFC 8737). It takes it that requests are signed.
type authority struct {
	*httptest.Server
	t    *testing.T
	key  *ecdsa.PrivateKey
	root *x509.Certificate
	// hub is where the name points to.
	hub atomic.Value

	mu       sync.Mutex
	proven   bool
	leaf     []byte
	accounts int
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{t: t, key: key, root: root}
	a.Server = httptest.NewServer(http.HandlerFunc(a.serve))
	t.Cleanup(a.Close)
	return a
}

func (a *authority) order(status string) map[string]any {
	return map[string]any{
		"status": status, "identifiers": []any{map[string]any{"type": "dns", "value": "hub.example"}},
		"authorizations": []string{a.URL + "/authz"}, "finalize": a.URL + "/finalize", "certificate": a.URL + "/cert",
	}
}

func (a *authority) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Replay-Nonce", rand.Text())
	var body struct{ Payload string }
	_ = json.NewDecoder(r.Body).Decode(&body)
	payload, _ := base64.RawURLEncoding.DecodeString(body.Payload)
	say := func(status int, what any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(what)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	state := "pending"
	if a.proven {
		state = "valid"
	}
	challenge := map[string]any{"type": "tls-alpn-01", "url": a.URL + "/challenge", "token": "the-token", "status": state}
	switch r.URL.Path {
	case "/dir":
		say(http.StatusOK, map[string]any{
			"newNonce": a.URL + "/nonce", "newAccount": a.URL + "/account", "newOrder": a.URL + "/order",
			"revokeCert": a.URL + "/revoke", "keyChange": a.URL + "/change",
		})
	case "/account":
		a.accounts++
		w.Header().Set("Location", a.URL+"/account/1")
		say(http.StatusCreated, map[string]any{"status": "valid"})
	case "/order":
		w.Header().Set("Location", a.URL+"/order/1")
		say(http.StatusCreated, a.order(map[bool]string{false: "pending", true: "ready"}[a.proven]))
	case "/order/1":
		say(http.StatusOK, a.order(map[bool]string{false: "ready", true: "valid"}[a.leaf != nil]))
	case "/authz":
		say(http.StatusOK, map[string]any{
			"status": state, "identifier": map[string]any{"type": "dns", "value": "hub.example"}, "challenges": []any{challenge},
		})
	case "/challenge":
		a.proven = a.asks()
		challenge["status"] = "valid"
		say(http.StatusOK, challenge)
	case "/finalize":
		a.issue(payload)
		w.Header().Set("Location", a.URL+"/order/1")
		say(http.StatusOK, a.order("valid"))
	case "/cert":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		_, _ = w.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.leaf}))
	}
}

// asks whether the hub answers for its name.
func (a *authority) asks() bool {
	addr, _ := a.hub.Load().(string)
	d := tls.Dialer{Config: &tls.Config{ServerName: "hub.example", NextProtos: []string{acme.ALPNProto}, InsecureSkipVerify: true}}
	conn, err := d.DialContext(a.t.Context(), "tcp", addr)
	if err != nil {
		a.t.Errorf("ask the hub: %v", err)
		return false
	}
	defer conn.Close()
	state := conn.(*tls.Conn).ConnectionState() //nolint:forcetypeassert // it is documented
	for _, e := range state.PeerCertificates[0].Extensions {
		if e.Id.String() == "1.3.6.1.5.5.7.1.31" && state.NegotiatedProtocol == acme.ALPNProto {
			return true
		}
	}
	a.t.Error("the hub did not answer for its name")
	return false
}

func (a *authority) issue(payload []byte) {
	var in struct{ CSR string }
	_ = json.Unmarshal(payload, &in)
	der, _ := base64.RawURLEncoding.DecodeString(in.CSR)
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		a.t.Errorf("certificate request: %v", err)
		return
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(42), DNSNames: csr.DNSNames, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if a.leaf, err = x509.CreateCertificate(rand.Reader, tmpl, a.root, csr.PublicKey, a.key); err != nil {
		a.t.Errorf("issue: %v", err)
	}
}

// By its name alone the hub gets a certificate, on the port that it serves, and keeps it;
// for other names it asks for none.
func TestADomainGetsItsCertificate(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	c := serve.Certificate{Domain: "hub.example", Directory: a.URL + "/dir", Folder: filepath.Join(t.TempDir(), "certificates"), Email: "ops@hub.example"}
	roots := x509.NewCertPool()
	roots.AddCert(a.root)
	start := func() net.Addr {
		config, err := c.TLS(slog.New(slog.DiscardHandler), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		addr := listens(t, config)
		a.hub.Store(addr.String())
		return addr
	}
	addr := start()
	d := tls.Dialer{Config: &tls.Config{RootCAs: roots, ServerName: "other.example"}}
	if conn, err := d.DialContext(t.Context(), "tcp", addr.String()); err == nil {
		_ = conn.Close()
		t.Error("another name has a certificate")
	}
	if a.accounts != 0 {
		t.Error("the authority was asked for another name")
	}
	for n := range 2 {
		got, cert := get(t, addr, &tls.Config{RootCAs: roots, ServerName: "hub.example"})
		if got != "HTTP/1.1" || cert.SerialNumber.Int64() != 42 {
			t.Fatalf("request %d: %q, certificate %v", n, got, cert.SerialNumber)
		}
	}
	asked := a.accounts
	if got, _ := get(t, start(), &tls.Config{RootCAs: roots, ServerName: "hub.example"}); got != "HTTP/1.1" || a.accounts != asked {
		t.Errorf("after a restart: %q, asked %d times", got, a.accounts-asked)
	}
	if asked != 1 {
		t.Errorf("the authority made %d accounts", asked)
	}
}
