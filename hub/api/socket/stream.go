// Package socket serves the stream: the websocket by which clients are told what happens.
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
	"parley/hub/serve"
	"parley/hub/stream"
	"parley/model"
)

const (
	// maxClientFrame is the largest frame taken from a client: a hello that names a
	// thousand Pages fits.
	maxClientFrame = 256 << 10
	handshakeTime  = 10 * time.Second
	closeTime      = time.Second
)

// Hub is what a websocket needs of the hub.
type Hub interface {
	// Authenticate tells who somebody is by their token.
	Authenticate(ctx context.Context, token string) (model.User, error)
	// Attach begins a session on a wire; valid is asked again and again whether it may last.
	Attach(user model.User, wire stream.Wire, valid func(context.Context) error) *stream.Session
}

// Options are what the route of the stream is made of.
type Options struct {
	Hub  Hub
	Door *door.Door
	// Stopping ends when the server stops, and ends all websockets.
	Stopping context.Context
	// Progress is how long a client may take to read a piece, Dead how long it may say
	// nothing.
	Progress, Dead time.Duration
}

// Routes is the route by which clients are told what happens.
type Routes struct {
	hub            Hub
	door           *door.Door
	stopping       context.Context //nolint:containedctx // it is the server's life, not a call's
	progress, dead time.Duration
}

// New serves the stream.
func New(o Options) *Routes {
	return &Routes{hub: o.Hub, door: o.Door, stopping: o.Stopping, progress: o.Progress, dead: o.Dead}
}

// Register adds the route.
func (s *Routes) Register(mux *http.ServeMux) { mux.HandleFunc("GET /v1/stream", s.stream) }

// stream is the websocket of a client. The token comes in the header, as everywhere.
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
		return // answered by the upgrader
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	wire := &wire{conn: conn, cancel: cancel, closed: make(chan struct{})}
	defer wire.Close()
	stop := context.AfterFunc(s.stopping, cancel)
	defer stop()
	// A frame that the client does not take keeps nothing waiting for long.
	cut := context.AfterFunc(ctx, func() { wire.closeAfter(2 * closeTime) })
	defer cut()

	session := s.hub.Attach(u, wire, func(ctx context.Context) error { return s.still(ctx, r, u) })
	var reading sync.WaitGroup
	reading.Go(func() {
		defer cancel()
		defer s.door.Survive("read frames")
		s.readFrames(ctx, conn, session, door.VouchedUser(u))
	})
	err = session.Serve(ctx)
	wire.goodbye(err)
	wire.Close()
	reading.Wait()
}

// bearerUser finds who asks by the bearer token.
func (s *Routes) bearerUser(r *http.Request) (model.User, error) {
	token, ok := door.BearerToken(r.Header.Get("Authorization"))
	if !ok {
		return model.User{}, accounts.ErrSignIn
	}
	return s.hub.Authenticate(r.Context(), token)
}

// still tells whether a connection's token and role are what they were. A store that
// can't be read for a moment ends nobody's session.
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

// How much a client says: at once, and then a second. A client that works says a few
// hundred bytes in a few seconds.
const (
	framesPerSecond, framesAtOnce = 20, 200
	bytesPerSecond, bytesAtOnce   = 64 << 10, 2 * maxClientFrame
)

// readFrames reads what the client says until it is gone or silent for too long.
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
		// Who says more than anybody does is read more slowly.
		if often.Wait(ctx) != nil || alive() != nil {
			return
		}
		kind, r, err := conn.NextReader()
		if err != nil {
			return
		}
		frame := s.door.MeasureFrame(r, who)
		b, err := door.ReadPieces(frame)
		ok := err == nil && kind == websocket.TextMessage && s.takeFrame(ctx, session, b.Whole())
		if err == nil {
			b.Free()
		}
		frame.Over()
		if !ok || much.WaitN(ctx, int(frame.Size())) != nil {
			return
		}
	}
}

// takeFrame takes one frame of the client, and answers false for one that makes no
// sense. Types that are not known are passed over: a newer client may send them.
func (s *Routes) takeFrame(ctx context.Context, session *stream.Session, frame []byte) bool {
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

// Close implements [stream.Wire]: the connection is cut, a write under way with it.
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

// goodbye tells the client why, where it still listens.
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

// hijacker hands the websocket a connection that a slow reader does not block for
// ever: see [patientConn].
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
		// What waits in the kernel is not bounded by the session's queue.
		_ = tcp.SetWriteBuffer(kernelBuffer)
	}
	return &patientConn{Conn: conn, progress: h.progress, dead: h.dead}, rw, nil
}

// below is the TCP connection below those that count or encrypt; nil: there is none.
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
	// kernelBuffer is small enough that a reader of 1 kB a second makes progress in
	// time: a full socket takes more only when a third of twice this is free.
	kernelBuffer = 32 << 10
	writePiece   = 2 << 10
	// waited is after how long a piece must have waited for the client to read.
	waited = 10 * time.Millisecond
)

// patientConn writes in small pieces, each of which may take as long as progress: a
// reader that is slow is waited for, one that has stopped is not. That a piece which
// had to wait could be written is a sign of life: while a long frame is on its way, no
// ping gets through.
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
