package hub

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
	"parley/e2e/driver"
)

// TestFiguresAreNotForClients: the figures are told on an address of their own, on this
// machine or to whoever has their token.
func TestFiguresAreNotForClients(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t, "PARLEY_METRICS_LISTEN=127.0.0.1:0")
	w.Call(http.MethodGet, w.HubURL+"/metrics", nil, nil).Problem(http.StatusNotFound, "not_found")
	figures := w.Call(http.MethodGet, "http://"+w.Metrics+"/metrics", nil, nil).Is(http.StatusOK)
	for _, figure := range []string{
		`parley_replies{state="queued"} 0`, "go_goroutines ", "process_cpu_seconds_total ", "parley_store_commits_total ",
		`parley_http_requests_total{route="none",status="404"} 1`, `parley_http_request_seconds_count{route="GET /readyz"} `,
	} {
		if !strings.Contains(string(figures.Body), figure) {
			t.Errorf("no %s in the figures: %s", figure, figures.Body)
		}
	}
	w.Call(http.MethodGet, "http://"+w.Metrics+"/v1/pages", nil, nil).Is(http.StatusNotFound)

	// Another hub, whose figures have no place, takes messages in all the same.
	taken := driver.NewQuietWorld(t, "PARLEY_METRICS_LISTEN="+w.Metrics)
	taken.Facebook = w.Facebook
	p := driver.NewProcess(t, taken.HubEnv(), "hub", "--listen", "127.0.0.1:0", "--json")
	p.Begin()
	var listens struct{ URL, Metrics string }
	driver.FromJSON(t, []byte(p.Ready()), &listens)
	w.Call(http.MethodGet, listens.URL+"/healthz", nil, nil).Is(http.StatusOK)
	if log := p.Err.String(); listens.Metrics != "" || !strings.Contains(log, "PARLEY_METRICS_LISTEN") || !strings.Contains(log, w.Metrics) {
		t.Errorf("figures at %q; it said: %s", listens.Metrics, log)
	}
	p.Stop()
}

// TestFiguresForOthersNeedAToken: an address that others reach is refused without one.
func TestFiguresForOthersNeedAToken(t *testing.T) {
	t.Parallel()
	w := driver.NewQuietWorld(t)
	w.Facebook = w.StartFacebook()
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:9095"} {
		driver.RunProgram(t, append(w.HubEnv(), "PARLEY_METRICS_LISTEN="+address), "", "hub", "--listen", "127.0.0.1:0").
			Exits(cli.ExitUsage).Says("PARLEY_METRICS_TOKEN", address)
	}
	driver.RunProgram(t, w.HubEnv(), "", "hub", "--listen", "127.0.0.1:0", "--pprof", "0.0.0.0:0").Exits(cli.ExitUsage).Says("--pprof", "0.0.0.0:0")
	const token = "the token of the figures"
	w.Secret(token)
	p := driver.NewProcess(t, append(w.HubEnv(), "PARLEY_METRICS_LISTEN=127.0.0.1:0", "PARLEY_METRICS_TOKEN="+token), "hub", "--listen", "127.0.0.1:0", "--pprof", "127.0.0.1:0", "--json")
	p.Begin()
	var listens struct{ Metrics, Pprof string }
	driver.FromJSON(t, []byte(p.Ready()), &listens)
	at := "http://" + listens.Metrics + "/metrics"
	w.Call(http.MethodGet, at, nil, nil).Is(http.StatusUnauthorized)
	w.Call(http.MethodGet, at, nil, http.Header{"Authorization": {"Bearer x"}}).Is(http.StatusUnauthorized)
	w.Call(http.MethodGet, at, nil, http.Header{"Authorization": {"Bearer " + token}}).Is(http.StatusOK)
	w.Call(http.MethodGet, "http://"+listens.Pprof+"/debug/pprof/goroutine", nil, nil).Is(http.StatusOK)
	p.Stop()
	if out := driver.RunProgram(t, append(w.HubEnv(), "PARLEY_METRICS_TOKEN="+token), "", "config", "--json").Ok().Out; strings.Contains(out, token) {
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
	w := driver.NewQuietWorld(t)
	w.Facebook = w.StartFacebook()
	cert, key := filepath.Join(w.Dir, "cert.pem"), filepath.Join(w.Dir, "key.pem")
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certify(t, cert, key, 1))
	for name, args := range map[string][]string{
		"PARLEY_TLS_KEY":  {"--tls-cert", cert},
		"PARLEY_TLS_CERT": {"--tls-key", key},
		"--domain":        {"--tls-cert", cert, "--tls-key", key, "--domain", "hub.example"},
		"--tls-key":       {"--tls-cert", key, "--tls-key", cert},
		"trusted_proxy":   {"--trusted-proxy", "everybody"},
	} {
		driver.RunProgram(t, w.HubEnv(), "", append([]string{"hub", "--listen", "127.0.0.1:0"}, args...)...).Exits(cli.ExitUsage).Says(name)
	}

	w.Client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	p := driver.NewProcess(t, w.HubEnv(), "hub", "--listen", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key, "--json")
	p.Begin()
	w.Hub = p
	var listens struct{ Listen, URL string }
	driver.FromJSON(t, []byte(p.Ready()), &listens)
	if listens.URL != "https://"+listens.Listen {
		t.Fatalf("the hub is at %s", listens.URL)
	}
	w.HubURL = listens.URL
	w.Call(http.MethodGet, w.HubURL+"/healthz", nil, nil).Is(http.StatusOK)
	aki := w.AddAdmin("Aki Mori")
	trusts := []string{"SSL_CERT_FILE=" + cert}
	aki.WithEnv("", trusts, "whoami").Ok()
	token := filepath.Join(w.Dir, "page-token")
	if err := os.WriteFile(token, []byte(w.Facebook.PageToken), 0o600); err != nil {
		t.Fatal(err)
	}
	aki.WithEnv("", trusts, "page", "connect", "--page", w.Facebook.PageID, "--token-file", token, "--visibility", "shared").Ok()
	tail := driver.NewProcess(t, append(w.Env(aki.HomeDir, "PARLEY_HUB="+w.HubURL, "PARLEY_TOKEN="+aki.Token), trusts...), "tail", "--json", "--from", "0")
	tail.Begin()
	driver.WaitFor(t, "the stream comes by TLS", driver.Patience, func() bool { return strings.Contains(tail.Out.String(), `"page"`) })
	tail.Kill()

	certify(t, cert, key, 2)
	driver.WaitFor(t, "the new certificate is shown", driver.Patience, func() bool {
		d := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}
		conn, err := d.DialContext(t.Context(), "tcp", listens.Listen)
		if err != nil {
			return false
		}
		defer conn.Close()
		c, ok := conn.(*tls.Conn)
		return ok && c.ConnectionState().PeerCertificates[0].SerialNumber.Int64() == 2
	})
	p.Stop()
}

// TestBehindAProxy: each client of a proxy that is trusted counts by itself.
func TestBehindAProxy(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t, "PARLEY_TRUSTED_PROXY=192.0.2.0/24,127.0.0.1")
	aki := w.AddUser("Aki Mori")
	login := func(from, code string) driver.Answer {
		return w.Call(http.MethodPost, w.HubURL+"/v1/login", fmt.Appendf(nil, `{"code":%q}`, code),
			http.Header{"Content-Type": {"application/json"}, "X-Forwarded-For": {from}})
	}
	refused := func(from string) int {
		for n := range 100 {
			if login(from, "ABCD-EFGH-JKLM-NPQR").Status == http.StatusTooManyRequests {
				return n
			}
		}
		return -1
	}
	if one, other := refused("198.51.100.1"), refused("198.51.100.2"); one < 1 || one != other {
		t.Errorf("after %d wrong codes of one, %d of another", one, other)
	}
	login("198.51.100.1", aki.LoginCode).Is(http.StatusOK)
}
