package sshd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"sync"
	"time"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// ErrGuestsFar: a server with guests listens where others can reach it.
var ErrGuestsFar = errors.New("guests without a key may come from this machine only")

// Server lets users in over SSH.
type Server struct {
	options Options
	limits  Limits
	log     *slog.Logger
	metrics *metrics
	ssh     *ssh.Server

	connections, handshakes, sessions *seats
	// stopping ends when every session is to end.
	stopping context.Context //nolint:containedctx // sessions begin in the library's goroutines
	stop     context.CancelFunc

	mu   sync.Mutex
	open map[*conn]struct{}
	// closed: no session begins any more.
	closed bool
	// running and talking count the connections and the sessions that Serve waits for.
	running, talking sync.WaitGroup
}

// New makes a server. It serves once.
func New(o Options) (*Server, error) {
	s := &Server{
		options: o, limits: o.Limits, log: o.Logger, metrics: newMetrics(o.Registry), open: map[*conn]struct{}{},
		connections: newSeats(o.Limits.Connections, o.Limits.Connections),
		handshakes:  newSeats(o.Limits.Handshakes, o.Limits.PerAddress),
		sessions:    newSeats(o.Limits.Sessions, o.Limits.PerKey),
	}
	s.stopping, s.stop = context.WithCancel(context.Background())
	s.ssh = &ssh.Server{
		Version: "Parley", PublicKeyHandler: s.mayTry,
		// A session that lasted too long still has time to be told so.
		MaxTimeout: o.Limits.Session + 2*drainWithin,
	}
	s.ssh.AddHostKey(o.HostKey)
	s.ssh.ServerConfigCallback = s.config
	s.ssh.ConnCallback = func(ctx ssh.Context, c net.Conn) net.Conn {
		ctx.SetValue(connKey{}, c)
		return c
	}
	// Sessions are ours from the first request on: the library's take every variable, grant
	// agents, and wait for whoever does not read its window changes.
	s.ssh.ChannelHandlers = map[string]ssh.ChannelHandler{"session": s.channel}
	s.ssh.RequestHandlers = map[string]ssh.RequestHandler{}
	s.ssh.SubsystemHandlers = map[string]ssh.SubsystemHandler{}
	return s, nil
}

// connKey is where a connection is found in its context.
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
		case err != nil: // too many files, or a client that is gone already
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
	left, room := s.connections.take("")
	if !room {
		s.metrics.refuse(refusedConnection)
		_ = raw.Close()
		return
	}
	proved, room := s.handshakes.take(hostOf(raw.RemoteAddr()))
	if !room {
		left()
		s.metrics.refuse(refusedConnection)
		_ = raw.Close()
		return
	}
	c := &conn{Conn: raw, proved: proved, until: time.Now().Add(s.limits.Handshake)}
	c.left = func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, c)
		left()
	}
	s.mu.Lock()
	s.open[c] = struct{}{}
	s.mu.Unlock()
	s.running.Go(func() {
		defer s.recovered("connection")
		defer func() { _ = c.Close() }()
		s.ssh.HandleConn(c)
	})
}

// enter counts a session that Serve waits for, unless it waits no more.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.talking.Add(1)
	}
	return !s.closed
}

// end ends every session, so that its user's terminal is as it was, and then the
// connections.
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

// recovered ends what panicked, and nothing else. The stack tells of our code alone.
func (s *Server) recovered(what string) {
	if r := recover(); r != nil {
		s.log.Error("panic in SSH server", "where", what, "stack", string(debug.Stack()))
	}
}

// config is how a client is let in.
func (s *Server) config(ctx ssh.Context) *gossh.ServerConfig {
	c, _ := ctx.Value(connKey{}).(*conn)
	config := &gossh.ServerConfig{
		AuthLogCallback: func(_ gossh.ConnMetadata, _ string, err error) {
			if err == nil && c != nil {
				c.prove()
			}
		},
	}
	if len(s.options.Guests) > 0 && c != nil && isLoopback(c.RemoteAddr()) {
		config.NoClientAuth = true
		config.NoClientAuthCallback = s.welcomeGuest
	}
	return config
}

// hostOf is an address without its port.
func hostOf(a net.Addr) string {
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return host
}

// isLoopback tells whether an address is of this machine alone.
func isLoopback(a net.Addr) bool {
	t, ok := a.(*net.TCPAddr)
	return ok && t.IP.IsLoopback()
}
