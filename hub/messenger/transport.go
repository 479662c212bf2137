package messenger

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// Bounds of the client's own transport. A connection is given up before Meta's
// end would close it under a call.
const (
	dialTimeout      = 10 * time.Second
	tlsTimeout       = 10 * time.Second
	idleTimeout      = 15 * time.Second
	keepAlive        = 15 * time.Second
	idleConnections  = 32
	maxHeaderBytes   = 64 << 10
	maxResponseBytes = 1 << 20
)

func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: dialTimeout, KeepAlive: keepAlive}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    tlsTimeout,
		IdleConnTimeout:        idleTimeout,
		MaxIdleConns:           idleConnections,
		MaxIdleConnsPerHost:    idleConnections,
		MaxResponseHeaderBytes: maxHeaderBytes,
		DisableCompression:     true, // so that the bound on bodies is one on the wire
		ForceAttemptHTTP2:      true,
	}
}
