package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/cli"
)

// TestFiguresAreNotForClients: the figures are told on an address of their own, on this
// machine or to whoever has their token.
func TestFiguresAreNotForClients(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "PARLEY_METRICS_LISTEN=127.0.0.1:0")
	w.call(http.MethodGet, w.hubURL+"/metrics", nil, nil).problem(http.StatusNotFound, "not_found")
	figures := w.call(http.MethodGet, "http://"+w.metrics+"/metrics", nil, nil).is(http.StatusOK)
	if !strings.Contains(string(figures.body), `parley_replies{state="queued"} 0`) {
		t.Errorf("figures: %s", figures.body)
	}
	w.call(http.MethodGet, "http://"+w.metrics+"/v1/pages", nil, nil).is(http.StatusNotFound)

	// Another hub, whose figures have no place, takes messages in all the same.
	taken := newQuietWorld(t, "PARLEY_METRICS_LISTEN="+w.metrics)
	taken.facebook = w.facebook
	p := newProcess(t, taken.hubEnv(), "hub", "--listen", "127.0.0.1:0", "--json")
	p.begin()
	var listens struct{ URL, Metrics string }
	fromJSON(t, []byte(p.ready()), &listens)
	w.call(http.MethodGet, listens.URL+"/healthz", nil, nil).is(http.StatusOK)
	if log := p.err.String(); listens.Metrics != "" || !strings.Contains(log, "PARLEY_METRICS_LISTEN") || !strings.Contains(log, w.metrics) {
		t.Errorf("figures at %q; it said: %s", listens.Metrics, log)
	}
	p.stop()
}

// TestFiguresForOthersNeedAToken: an address that others reach is refused without one.
func TestFiguresForOthersNeedAToken(t *testing.T) {
	t.Parallel()
	w := newQuietWorld(t)
	w.facebook = w.startFacebook()
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:9095"} {
		runProgram(t, append(w.hubEnv(), "PARLEY_METRICS_LISTEN="+address), "", "hub", "--listen", "127.0.0.1:0").
			exits(cli.ExitUsage).says("PARLEY_METRICS_TOKEN", address)
	}
	const token = "the token of the figures"
	w.secret(token)
	p := newProcess(t, append(w.hubEnv(), "PARLEY_METRICS_LISTEN=127.0.0.1:0", "PARLEY_METRICS_TOKEN="+token), "hub", "--listen", "127.0.0.1:0", "--json")
	p.begin()
	var listens struct{ Metrics string }
	fromJSON(t, []byte(p.ready()), &listens)
	at := "http://" + listens.Metrics + "/metrics"
	w.call(http.MethodGet, at, nil, nil).is(http.StatusUnauthorized)
	w.call(http.MethodGet, at, nil, http.Header{"Authorization": {"Bearer x"}}).is(http.StatusUnauthorized)
	w.call(http.MethodGet, at, nil, http.Header{"Authorization": {"Bearer " + token}}).is(http.StatusOK)
	p.stop()
	if out := runProgram(t, append(w.hubEnv(), "PARLEY_METRICS_TOKEN="+token), "", "config", "--json").ok().out; strings.Contains(out, token) {
		t.Error("config shows the token of the figures")
	}
}

// certify writes a certificate of localhost into files, and returns it for who trusts it.
func certify(t *testing.T, cert, key string, serial int64) []byte {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(serial), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
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
	out := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for file, b := range map[string][]byte{key: pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: kder}), cert: out} {
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestTheHubSpeaksTLS: by files that are read again when they change; every client
// reaches it, on the websocket too.
func TestTheHubSpeaksTLS(t *testing.T) {
	t.Parallel()
	w := newQuietWorld(t)
	w.facebook = w.startFacebook()
	cert, key := filepath.Join(w.dir, "cert.pem"), filepath.Join(w.dir, "key.pem")
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certify(t, cert, key, 1))
	for name, args := range map[string][]string{
		"PARLEY_TLS_KEY":  {"--tls-cert", cert},
		"PARLEY_TLS_CERT": {"--tls-key", key},
		"--domain":        {"--tls-cert", cert, "--tls-key", key, "--domain", "hub.example"},
		"--tls-key":       {"--tls-cert", key, "--tls-key", cert},
		"trusted_proxy":   {"--trusted-proxy", "everybody"},
	} {
		runProgram(t, w.hubEnv(), "", append([]string{"hub", "--listen", "127.0.0.1:0"}, args...)...).exits(cli.ExitUsage).says(name)
	}

	w.http.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	p := newProcess(t, w.hubEnv(), "hub", "--listen", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key, "--json")
	p.begin()
	w.hub = p
	var listens struct{ Listen, URL string }
	fromJSON(t, []byte(p.ready()), &listens)
	if listens.URL != "https://"+listens.Listen {
		t.Fatalf("the hub is at %s", listens.URL)
	}
	w.hubURL = listens.URL
	w.call(http.MethodGet, w.hubURL+"/healthz", nil, nil).is(http.StatusOK)
	aki := w.addAdmin("Aki Mori")
	trusts := []string{"SSL_CERT_FILE=" + cert}
	aki.withEnv("", trusts, "whoami").ok()
	token := filepath.Join(w.dir, "page-token")
	if err := os.WriteFile(token, []byte(w.facebook.PageToken), 0o600); err != nil {
		t.Fatal(err)
	}
	aki.withEnv("", trusts, "page", "connect", "--page", w.facebook.PageID, "--token-file", token, "--visibility", "shared").ok()
	tail := newProcess(t, append(w.env(aki.homeDir, "PARLEY_HUB="+w.hubURL, "PARLEY_TOKEN="+aki.token), trusts...), "tail", "--json", "--from", "0")
	tail.begin()
	waitFor(t, "the stream comes by TLS", patience, func() bool { return strings.Contains(tail.out.String(), `"page"`) })
	tail.kill()

	certify(t, cert, key, 2)
	waitFor(t, "the new certificate is shown", patience, func() bool {
		d := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}
		conn, err := d.DialContext(t.Context(), "tcp", listens.Listen)
		if err != nil {
			return false
		}
		defer conn.Close()
		c, ok := conn.(*tls.Conn)
		return ok && c.ConnectionState().PeerCertificates[0].SerialNumber.Int64() == 2
	})
	p.stop()
}

// TestBehindAProxy: each client of a proxy that is trusted counts by itself.
func TestBehindAProxy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "PARLEY_TRUSTED_PROXY=192.0.2.0/24,127.0.0.1")
	aki := w.addUser("Aki Mori")
	login := func(from, code string) answer {
		return w.call(http.MethodPost, w.hubURL+"/v1/login", fmt.Appendf(nil, `{"code":%q}`, code),
			http.Header{"Content-Type": {"application/json"}, "X-Forwarded-For": {from}})
	}
	refused := func(from string) int {
		for n := range 100 {
			if login(from, "ABCD-EFGH-JKLM-NPQR").status == http.StatusTooManyRequests {
				return n
			}
		}
		return -1
	}
	if one, other := refused("198.51.100.1"), refused("198.51.100.2"); one < 1 || one != other {
		t.Errorf("after %d wrong codes of one, %d of another", one, other)
	}
	login("198.51.100.1", aki.loginCode).is(http.StatusOK)
}
