package serve

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Figures serves the hub's metrics: with a token to whoever sends it, otherwise only to this
// machine.
func Figures(figures http.Handler, token string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", figures)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		switch {
		case token != "" && !hasToken(r, token):
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "The figures need their token: Authorization: Bearer …", http.StatusUnauthorized)
		case token == "" && !fromThisMachine(r):
			http.Error(w, "Without a token the figures are for this machine, by its own address.", http.StatusForbidden)
		default:
			mux.ServeHTTP(w, r)
		}
	})
}

// hasToken reports whether a request carries the token, in constant time.
func hasToken(r *http.Request, token string) bool {
	got, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	one, other := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(one[:], other[:]) == 1 && ok
}

// fromThisMachine reports whether a request comes from this machine and was meant for it: a
// page in a browser reaches this machine, too, under a name that it points here.
func fromThisMachine(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !from.Addr().Unmap().IsLoopback() {
		return false
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	to, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && to.Unmap().IsLoopback()
}

// Loopback reports whether an address to listen on can be reached only from this machine.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.Unmap().IsLoopback()
}
