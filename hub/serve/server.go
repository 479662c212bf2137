package serve

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// Limits of a server against clients that dawdle. A request comes whole within
// readTimeout, unless its handler grants more.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	writeTimeout      = time.Minute
	idleTimeout       = time.Minute
	maxHeaderBytes    = 16 << 10
)

// Server returns an HTTP server that bounds how long a client may take, for a listener of
// [Bound].
func Server(h http.Handler, log *slog.Logger) *http.Server {
	var only http.Protocols
	only.SetHTTP1(true)
	return &http.Server{
		Handler: h, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes, ConnContext: Context, Protocols: &only,
		ErrorLog: slog.NewLogLogger(quiet{log.Handler()}, slog.LevelWarn),
	}
}

// quiet passes on of what an HTTP server logs only that it can't accept connections.
// Strangers fill the rest as they like, by handshakes that fail.
type quiet struct{ slog.Handler }

// Handle implements [slog.Handler].
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	if !strings.HasPrefix(r.Message, "http: Accept error") {
		return nil
	}
	return q.Handler.Handle(ctx, r)
}

// Secure has a listener speak TLS; nil: it does not.
func Secure(l net.Listener, t *tls.Config) net.Listener {
	if t == nil {
		return l
	}
	return tls.NewListener(l, t)
}
