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

// Timeouts against slow clients. A request must arrive completely within readTimeout, unless
// its handler grants more.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	writeTimeout      = time.Minute
	idleTimeout       = time.Minute
	maxHeaderBytes    = 16 << 10
)

// Server returns an HTTP server with these timeouts, for a listener of [Bound].
func Server(h http.Handler, log *slog.Logger) *http.Server {
	var only http.Protocols
	only.SetHTTP1(true)
	return &http.Server{
		Handler: h, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes, ConnContext: Context, Protocols: &only,
		ErrorLog: slog.NewLogLogger(quiet{log.Handler()}, slog.LevelWarn),
	}
}

// quiet logs only that an HTTP server can't accept connections. Strangers could fill the log
// with the rest, by failing handshakes.
type quiet struct{ slog.Handler }

// Handle implements [slog.Handler].
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	if !strings.HasPrefix(r.Message, "http: Accept error") {
		return nil
	}
	return q.Handler.Handle(ctx, r)
}

// Secure wraps a listener with TLS; a nil config leaves it as it is.
func Secure(l net.Listener, t *tls.Config) net.Listener {
	if t == nil {
		return l
	}
	return tls.NewListener(l, t)
}
