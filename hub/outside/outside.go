// Package outside has what the hub's clients of other services share: which addresses they may
// call, and their connections.
package outside

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"
)

// The errors of [Address].
var (
	ErrAddress  = errors.New("must be an absolute URL without user or query")
	ErrInsecure = errors.New("must be https; http is for this machine only")
)

// Address parses the base URL of a service. http is for this machine only, and only if local
// allows it.
func Address(address string, local bool) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, ErrAddress
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !local || !Loopback(u.Hostname())) {
		return nil, ErrInsecure
	}
	return u, nil
}

// Loopback reports whether a host is this machine.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

const (
	dialTimeout    = 10 * time.Second
	keepAlive      = 15 * time.Second
	maxHeaderBytes = 64 << 10
)

// Transport returns a transport that keeps idle connections for that long, and at most most of
// them to one host.
func Transport(idle time.Duration, most int) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: dialTimeout, KeepAlive: keepAlive}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    dialTimeout,
		IdleConnTimeout:        idle,
		MaxIdleConns:           most,
		MaxIdleConnsPerHost:    most,
		MaxResponseHeaderBytes: maxHeaderBytes,
		DisableCompression:     true, // so that a bound on bodies is one on the wire
		ForceAttemptHTTP2:      true,
	}
}
