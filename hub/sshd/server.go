package sshd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"parley/hub/rescue"
	"parley/hub/sshd/admission"
)

// ErrGuestsFar means that a server with guests would listen where others can reach it.
var ErrGuestsFar = errors.New("guests without a key may come from this machine only")

// Server lets users in over SSH.
type Server struct {
	options Options
	limits  Limits
	log     *slog.Logger
	metrics *metrics
	ssh     *ssh.Server

	// proving and waiting are the clients without a session.
	proving, waiting *admission.Places
	sessions         *admission.Semaphore
	// stopping ends when every session must end.
	stopping context.Context //nolint:containedctx // sessions begin in the library's goroutines
	stop     context.CancelFunc

	mu   sync.Mutex
	open map[*conn]struct{}
	// closed: no session may begin any more.
	closed bool
	// running and talking count the connections and the sessions that Serve waits for.
	running, talking sync.WaitGroup
}

// New returns a server, which can serve once.
func New(o Options) (*Server, error) {
	s := &Server{
		options: o, limits: o.Limits, log: o.Logger, metrics: newMetrics(o.Registry), open: map[*conn]struct{}{},
		proving:  admission.NewPlaces(o.Limits.Handshakes, o.Limits.PerAddress, o.Limits.Grace).WithLine(o.Limits.Line, o.Limits.Line/2),
		waiting:  admission.NewPlaces(o.Limits.Waiting, o.Limits.PerKey, o.Limits.Grace),
		sessions: admission.NewSemaphore(o.Limits.Sessions, o.Limits.PerKey),
	}
	s.stopping, s.stop = context.WithCancel(context.Background())
	s.ssh = &ssh.Server{
		Version: "Parley", PublicKeyHandler: s.knownKey,
		// A session that lasted too long still has time to be told so.
		MaxTimeout: o.Limits.Session + 2*drainWithin,
	}
	s.ssh.AddHostKey(o.HostKey)
	s.ssh.ServerConfigCallback = s.config
	s.ssh.ConnCallback = func(ctx ssh.Context, c net.Conn) net.Conn {
		ctx.SetValue(connKey{}, c)
		return c
	}
	// We handle sessions ourselves from the first request on: the library accepts every
	// variable, grants agent forwarding, and blocks on window changes that nobody reads.
	s.ssh.ChannelHandlers = map[string]ssh.ChannelHandler{"session": s.channel}
	s.ssh.RequestHandlers = map[string]ssh.RequestHandler{}
	s.ssh.SubsystemHandlers = map[string]ssh.SubsystemHandler{}
	return s, nil
}

// connKey is the key of a connection in its context.
type connKey struct{}

// Serve lets clients in until ctx ends, and returns when the last session is over.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	defer s.end()
	if len(s.options.Guests) > 0 && !isLoopback(l.Addr()) {
		_ = l.Close()
		return ErrGuestsFar
	}
	stopped := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stopped()
	s.running.Go(func() { s.turns(s.stopping) })
	for {
		c, err := l.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				_ = c.Close()
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("accept: %w", err)
		case err != nil: // too many open files, or a client that is gone already
			s.log.Warn("client not accepted", "error", err)
			pause(ctx, time.Second)
		default:
			s.admit(c)
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// admit serves a connection, unless there are too many.
func (s *Server) admit(raw net.Conn) {
	c := &conn{Conn: raw, server: s}
	s.mu.Lock()
	s.open[c] = struct{}{}
	s.mu.Unlock()
	if !c.begin(func() { s.serve(c) }) {
		s.metrics.refuse(refusedConnection)
		_ = c.Close()
	}
}

func (s *Server) serve(c *conn) {
	s.running.Go(func() {
		defer rescue.Log(s.log, "serve an SSH connection")
		defer func() { _ = c.Close() }()
		s.ssh.HandleConn(c)
	})
}

// turns serves the line while those that have occupied places for long give way.
func (s *Server) turns(ctx context.Context) {
	const often = 4
	tick := time.NewTicker(max(s.limits.Grace/often, time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.proving.Serve()
		}
	}
}

func (s *Server) forget(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
}

// enter counts a session that Serve waits for; false if Serve is ending.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.talking.Add(1)
	}
	return !s.closed
}

// end ends every session, so that its user's terminal is reset, and then the connections.
func (s *Server) end() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.talking.Wait()
	s.closeAll()
	s.running.Wait()
}

func (s *Server) closeAll() {
	s.mu.Lock()
	all := make([]*conn, 0, len(s.open))
	for c := range s.open {
		all = append(all, c)
	}
	s.mu.Unlock()
	for _, c := range all {
		_ = c.Close()
	}
}

// config returns how a client may authenticate.
func (s *Server) config(ctx ssh.Context) *gossh.ServerConfig {
	c, _ := ctx.Value(connKey{}).(*conn)
	var by string
	config := &gossh.ServerConfig{
		VerifiedPublicKeyCallback: func(_ gossh.ConnMetadata, key gossh.PublicKey, p *gossh.Permissions, _ string) (*gossh.Permissions, error) {
			by = Fingerprint(key)
			return p, nil
		},
		AuthLogCallback: func(meta gossh.ConnMetadata, method string, err error) {
			if err != nil || c == nil {
				return
			}
			if method == noAuth {
				by = guestOf(meta.User())
			}
			c.proved(by)
		},
	}
	if len(s.options.Guests) > 0 && c != nil && isLoopback(c.RemoteAddr()) {
		config.NoClientAuth = true
		config.NoClientAuthCallback = s.admitGuest
	}
	return config
}

// noAuth is the method by which guests sign in (RFC 4252).
const noAuth = "none"

// isLoopback reports whether an address can be reached only from this machine.
func isLoopback(a net.Addr) bool {
	t, ok := a.(*net.TCPAddr)
	return ok && t.IP.IsLoopback()
}
