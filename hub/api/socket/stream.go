// Package socket serves the stream: the websocket by which clients receive changes.
package socket

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"parley/hub/accounts"
	"parley/hub/api/door"
	"parley/hub/rescue"
	"parley/hub/serve"
	"parley/hub/stream"
	"parley/model"
)

const (
	// maxClientFrame is the largest frame accepted from a client: a hello with a thousand Pages
	// fits.
	maxClientFrame = 256 << 10
	handshakeTime  = 10 * time.Second
	closeTime      = time.Second
)

// Hub is what a websocket needs of the hub.
type Hub interface {
	// Authenticate returns the user of a token.
	Authenticate(ctx context.Context, token string) (model.User, error)
	// Attach begins a session on a wire; valid is called regularly to check whether it may
	// last.
	Attach(user model.User, wire stream.Wire, valid func(context.Context) error) *stream.Session
}

// Options configure the route of the stream.
type Options struct {
	Hub  Hub
	Door *door.Door
	// Stopping ends when the server stops, and ends all websockets.
	Stopping context.Context
	// Progress is how long a client may take to read a piece, Dead how long it may be silent.
	Progress, Dead time.Duration
}

// Routes is the route of the stream.
type Routes struct {
	hub            Hub
	door           *door.Door
	stopping       context.Context //nolint:containedctx // the server's lifetime, not a call's
	progress, dead time.Duration
}

// New returns the route.
func New(o Options) *Routes {
	return &Routes{hub: o.Hub, door: o.Door, stopping: o.Stopping, progress: o.Progress, dead: o.Dead}
}

// Pattern is the route of the stream.
const Pattern = "GET /v1/stream"

// Register adds the route.
func (s *Routes) Register(mux *http.ServeMux) { mux.HandleFunc(Pattern, s.stream) }

// stream serves a client's websocket. The token is in the header, as everywhere.
func (s *Routes) stream(w http.ResponseWriter, r *http.Request) {
	u, err := s.bearerUser(r)
	if err != nil {
		if p := s.door.NotLetIn(r.Context(), err); p != nil {
			if p.Status == http.StatusUnauthorized {
				w.Header().Set("WWW-Authenticate", "Bearer")
			}
			door.WriteProblem(w, p)
		}
		return
	}
	serve.Vouch(r.Context(), door.VouchedUser(u))
	gone, ok := s.door.OpenSocket(u.ID)
	if !ok {
		door.WriteBusy(w)
		return
	}
	defer gone()
	upgrader := websocket.Upgrader{
		HandshakeTimeout: handshakeTime, Subprotocols: []string{model.Subprotocol},
		Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
			door.WriteProblem(w, door.NewProblem(status, door.CodeOfStatus(status), reason.Error()))
		},
	}
	conn, err := upgrader.Upgrade(&hijacker{ResponseWriter: w, progress: s.progress, dead: s.dead}, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	wire := &wire{conn: conn, cancel: cancel, closed: make(chan struct{})}
	defer wire.Close()
	stop := context.AfterFunc(s.stopping, cancel)
	defer stop()
	// A frame that the client does not read must not block the end for long.
	cut := context.AfterFunc(ctx, func() { wire.closeAfter(2 * closeTime) })
	defer cut()

	session := s.hub.Attach(u, wire, func(ctx context.Context) error { return s.still(ctx, r, u) })
	var reading sync.WaitGroup
	reading.Go(func() {
		defer cancel()
		defer rescue.Log(s.door.Log, "read frames")
		s.readFrames(ctx, conn, session, door.VouchedUser(u))
	})
	err = session.Serve(ctx)
	wire.goodbye(err)
	wire.Close()
	reading.Wait()
}

// bearerUser returns the user of the bearer token.
func (s *Routes) bearerUser(r *http.Request) (model.User, error) {
	token, ok := door.BearerToken(r.Header.Get("Authorization"))
	if !ok {
		return model.User{}, accounts.ErrSignIn
	}
	return s.hub.Authenticate(r.Context(), token)
}

// still checks that a connection's token and role are what they were. A store that can't be
// read for a moment ends nobody's session.
func (s *Routes) still(ctx context.Context, r *http.Request, u model.User) error {
	token, _ := door.BearerToken(r.Header.Get("Authorization"))
	now, err := s.hub.Authenticate(ctx, token)
	var refusal *model.Refusal
	switch {
	case errors.Is(err, accounts.ErrSignIn), errors.As(err, &refusal):
		return stream.ErrSessionOver
	case err != nil:
		s.door.Log.Warn("look at a connection's token", "error", err)
		return nil
	case now.ID != u.ID || now.Admin != u.Admin:
		return stream.ErrSessionOver
	}
	return nil
}

// How many bytes a client may send: in a burst, and then per second. A working client sends a
// few hundred bytes every few seconds.
const (
	framesPerSecond, framesAtOnce = 20, 200
	bytesPerSecond, bytesAtOnce   = 64 << 10, 2 * maxClientFrame
)

// readFrames reads the client's frames until it is gone or silent for too long.
func (s *Routes) readFrames(ctx context.Context, conn *websocket.Conn, session *stream.Session, who string) {
	conn.SetReadLimit(maxClientFrame)
	often, much := rate.NewLimiter(framesPerSecond, framesAtOnce), rate.NewLimiter(bytesPerSecond, bytesAtOnce)
	alive := func() error { return conn.SetReadDeadline(time.Now().Add(s.dead)) }
	conn.SetPongHandler(func(string) error { return alive() })
	pong := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		if err := often.Wait(ctx); err != nil {
			return err
		}
		return pong(data)
	})
	for {
		// A client that sends too much is read more slowly.
		if often.Wait(ctx) != nil || alive() != nil {
			return
		}
		kind, r, err := conn.NextReader()
		if err != nil {
			return
		}
		frame := s.door.MeasureFrame(r, who)
		b, err := door.ReadPieces(frame)
		ok := err == nil && kind == websocket.TextMessage && s.handleFrame(ctx, session, b.Whole())
		if err == nil {
			b.Free()
		}
		frame.Over()
		if !ok || much.WaitN(ctx, int(frame.Size())) != nil {
			return
		}
	}
}

// handleFrame handles one frame of the client, and returns false for an invalid one. Unknown
// types are ignored: a newer client may send them.
func (s *Routes) handleFrame(ctx context.Context, session *stream.Session, frame []byte) bool {
	var head struct {
		Type model.FrameType `json:"type"`
	}
	if json.Unmarshal(frame, &head) != nil {
		return false
	}
	switch head.Type {
	case model.FrameHello:
		var hello model.Hello
		return json.Unmarshal(frame, &hello) == nil && session.Hello(ctx, hello) == nil
	case model.FrameTyping, model.FramePresence:
		var f model.Ephemeral
		if json.Unmarshal(frame, &f) != nil {
			return false
		}
		session.Relay(ctx, f)
	default:
	}
	return true
}

// wire writes frames to a websocket.
type wire struct {
	conn   *websocket.Conn
	cancel context.CancelFunc
	once   sync.Once
	closed chan struct{}
}

// Write implements [stream.Wire]. Only the session writes.
func (w *wire) Write(frame []byte) error {
	return w.conn.WriteMessage(websocket.TextMessage, frame)
}

// Ping implements [stream.Wire].
func (w *wire) Ping() error {
	return w.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(closeTime))
}

// Close implements [stream.Wire]: it cuts the connection, including a write in progress.
func (w *wire) Close() {
	w.once.Do(func() {
		close(w.closed)
		w.cancel()
		_ = w.conn.NetConn().Close()
	})
}

// closeAfter closes the wire after a while, unless it is closed before.
func (w *wire) closeAfter(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-w.closed:
	case <-timer.C:
		w.Close()
	}
}

// goodbye tells the client why, if it still listens.
func (w *wire) goodbye(err error) {
	code, reason := websocket.CloseGoingAway, "hub stops"
	switch {
	case errors.Is(err, stream.ErrSessionOver):
		code, reason = websocket.ClosePolicyViolation, "signed out"
	case err != nil && !errors.Is(err, context.Canceled):
		code, reason = websocket.CloseInternalServerErr, "try again"
	}
	_ = w.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(closeTime))
}

// hijacker gives the websocket a connection that a slow reader can't block for ever: see
// [patientConn].
type hijacker struct {
	http.ResponseWriter
	progress, dead time.Duration
}

// Hijack implements [http.Hijacker].
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("hijack connection: %w", err)
	}
	if tcp := below(conn); tcp != nil {
		// The session's queue does not bound what waits in the kernel.
		_ = tcp.SetWriteBuffer(kernelBuffer)
	}
	return &patientConn{Conn: conn, progress: h.progress, dead: h.dead}, rw, nil
}

// below returns the TCP connection below those that count or encrypt, nil if there is none.
func below(c net.Conn) *net.TCPConn {
	for {
		if tcp, ok := c.(*net.TCPConn); ok {
			return tcp
		}
		over, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return nil
		}
		c = over.NetConn()
	}
}

const (
	// kernelBuffer is small enough that a reader of 1 kB a second makes progress in time: a
	// full socket accepts more only when a third of twice this is free.
	kernelBuffer = 32 << 10
	writePiece   = 2 << 10
	// waited is how long a piece must take before we conclude that it waited for the client.
	waited = 10 * time.Millisecond
)

// patientConn writes in small pieces, each of which may take as long as progress: it waits for
// a slow reader, but not for one that has stopped. A piece that had to wait and was then
// written is a sign of life: during a long frame no ping gets through.
type patientConn struct {
	net.Conn
	progress, dead time.Duration
}

// Write implements [net.Conn].
func (c *patientConn) Write(b []byte) (int, error) {
	written := 0
	for written < len(b) {
		began := time.Now()
		if err := c.SetWriteDeadline(began.Add(c.progress)); err != nil {
			return written, err
		}
		n, err := c.Conn.Write(b[written:min(written+writePiece, len(b))])
		written += n
		if now := time.Now(); err == nil && now.Sub(began) > waited {
			err = c.SetReadDeadline(now.Add(c.dead))
		}
		if err != nil {
			return written, err
		}
	}
	return written, nil
}
