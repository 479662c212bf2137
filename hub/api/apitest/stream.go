package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/hub"
	"parley/hub/store"
	"parley/model"
)

// Frame is one frame as it came.
type Frame struct {
	At   time.Time
	Kind model.FrameType
	Raw  []byte
}

// Decode reads a frame.
func Decode[T any](t testing.TB, f Frame) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(f.Raw, &v); err != nil {
		t.Fatalf("frame %s: %v", f.Raw, err)
	}
	return v
}

// Listener is a client of the stream that does nothing by itself: it notes every byte
// that it is sent, and sends what its test says.
type Listener struct {
	testing.TB
	Conn *websocket.Conn
	// read is closed when the connection is over.
	read chan struct{}

	mu     sync.Mutex
	frames []Frame
	bytes  bytes.Buffer
	pings  int
	err    error
}

// noting is a connection of which all that comes is noted.
type noting struct {
	net.Conn
	l *Listener
}

func (c noting) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.l.mu.Lock()
	c.l.bytes.Write(b[:n])
	c.l.mu.Unlock()
	return n, err
}

// ListenWith opens the stream with those headers, or tells how it was refused.
func (w *World) ListenWith(query string, header http.Header, wrap ...func(net.Conn) net.Conn) (*Listener, *http.Response, error) {
	w.Helper()
	l := &Listener{TB: w.TB, read: make(chan struct{})}
	d := websocket.Dialer{
		HandshakeTimeout: Timeout, Subprotocols: []string{model.Subprotocol},
		NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			nd := net.Dialer{}
			if len(wrap) > 0 {
				nd.Control = smallSegments
			}
			c, err := nd.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			for _, f := range wrap {
				c = f(c)
			}
			return noting{c, l}, nil
		},
	}
	conn, resp, err := d.DialContext(w.Context(), "ws"+strings.TrimPrefix(w.Server.URL, "http")+"/v1/stream"+query, header)
	if err != nil {
		return nil, resp, err
	}
	l.Conn = conn
	ping := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		l.mu.Lock()
		l.pings++
		l.mu.Unlock()
		return ping(data)
	})
	// The hub may have hung up before it is answered: what it said counts, not that.
	closed := conn.CloseHandler()
	conn.SetCloseHandler(func(code int, text string) error {
		_ = closed(code, text)
		return nil
	})
	go l.reads()
	w.Cleanup(l.HangUp)
	return l, resp, nil
}

// Listen opens the stream as somebody.
func (w *World) Listen(who Account, wrap ...func(net.Conn) net.Conn) *Listener {
	w.Helper()
	l, resp, err := w.ListenWith("", http.Header{"Authorization": {"Bearer " + who.Token}}, wrap...)
	w.Must(err)
	resp.Body.Close()
	return l
}

func (l *Listener) reads() {
	defer close(l.read)
	for {
		_, raw, err := l.Conn.ReadMessage()
		var head struct {
			Type model.FrameType `json:"type"`
		}
		if err == nil {
			err = json.Unmarshal(raw, &head)
		}
		l.mu.Lock()
		if err != nil {
			l.err = err
			l.mu.Unlock()
			return
		}
		l.frames = append(l.frames, Frame{time.Now(), head.Type, raw})
		l.mu.Unlock()
	}
}

// HangUp ends the connection.
func (l *Listener) HangUp() {
	l.Conn.Close()
	<-l.read
}

// AwaitClosed waits until the hub has ended the connection, and returns how.
func (l *Listener) AwaitClosed(within time.Duration) error {
	l.Helper()
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-l.read:
	case <-timer.C:
		l.Fatalf("the connection is still open after %s", within)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// IsOpen tells whether the connection stands.
func (l *Listener) IsOpen() bool {
	select {
	case <-l.read:
		return false
	default:
		return true
	}
}

// SendRaw sends a frame as it stands.
func (l *Listener) SendRaw(frame string) {
	l.Helper()
	if err := l.Conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		l.Fatalf("send %.200s: %v", frame, err)
	}
}

// Send sends a frame.
func (l *Listener) Send(v any) {
	l.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		l.Fatal(err)
	}
	l.SendRaw(string(raw))
}

// Resume is where a client stands in each Page when it comes back.
type Resume = map[model.PageID]model.Position

// Hello sends a hello and returns what answers it.
func (l *Listener) Hello(r Resume) model.Welcome {
	l.Helper()
	n := len(l.Of(model.FrameWelcome))
	l.Send(model.Hello{Type: model.FrameHello, Resume: r})
	l.Until("the welcome", func() bool { return len(l.Of(model.FrameWelcome)) > n })
	return Decode[model.Welcome](l.TB, l.Of(model.FrameWelcome)[n])
}

// Frames returns the frames so far.
func (l *Listener) Frames() []Frame {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.frames)
}

// Of returns the frames of a kind so far.
func (l *Listener) Of(kind model.FrameType) []Frame {
	var out []Frame
	for _, f := range l.Frames() {
		if f.Kind == kind {
			out = append(out, f)
		}
	}
	return out
}

// Batches returns the batches of a Page so far.
func (l *Listener) Batches(id model.PageID) []model.Batch {
	l.Helper()
	var out []model.Batch
	for _, f := range l.Of(model.FrameBatch) {
		if b := Decode[model.Batch](l.TB, f); b.Page == id {
			out = append(out, b)
		}
	}
	return out
}

// Received returns every byte that came.
func (l *Listener) Received() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bytes.String()
}

// Pinged is how often the hub has pinged.
func (l *Listener) Pinged() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pings
}

// Dialled is the connection as it was dialled, in what the test has wrapped around it.
func (l *Listener) Dialled() net.Conn {
	c, ok := l.Conn.NetConn().(noting)
	if !ok {
		l.Fatalf("a connection that is none of ours: %T", l.Conn.NetConn())
	}
	return c.Conn
}

// Until waits until something holds.
func (l *Listener) Until(what string, holds func() bool) {
	l.Helper()
	Eventually(l.TB, what, Timeout, holds)
}

// Eventually looks again and again until something holds.
func Eventually(t testing.TB, what string, within time.Duration, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(within); !holds(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("%s: not within %s", what, within)
		}
	}
}

// AwaitSeq waits until the batches of a Page reach a seq, and returns them.
func (l *Listener) AwaitSeq(id model.PageID, seq int64) []model.Batch {
	l.Helper()
	var bs []model.Batch
	l.Until("the changes come", func() bool {
		bs = l.Batches(id)
		return len(bs) > 0 && bs[len(bs)-1].To >= seq
	})
	return bs
}

// AwaitHeads waits for a heads frame that was made after this call, as the second next one
// was: what was on its way before has come by then.
func (l *Listener) AwaitHeads() {
	l.Helper()
	n := len(l.Of(model.FrameHeads))
	l.Until("heads", func() bool { return len(l.Of(model.FrameHeads)) > n+1 })
}

// Contiguous expects batches without a gap from a seq.
func Contiguous(t testing.TB, from int64, bs []model.Batch) {
	t.Helper()
	for _, b := range bs {
		if b.From != from || b.To <= b.From {
			t.Fatalf("a batch of (%d, %d] after %d", b.From, b.To, from)
		}
		from = b.To
		for _, e := range b.Events {
			if e.Seq <= b.From || e.Seq > b.To {
				t.Fatalf("a change of %d in a batch of (%d, %d]", e.Seq, b.From, b.To)
			}
		}
	}
}

// Position is where a Page stands for somebody.
func (w *World) Position(who Account, id model.PageID) model.Position {
	w.Helper()
	var l PageList
	w.Get(who, "/v1/pages", &l)
	return model.Position{Epoch: l.AsOf[id].Epoch, Seq: l.AsOf[id].Seq}
}

// Proven is the same with the proof that the hub gives.
func (w *World) Proven(who Account, id model.PageID) model.Position {
	w.Helper()
	var l struct {
		AsOf model.AsOf `json:"as_of"`
	}
	w.Get(who, "/v1/pages", &l)
	return l.AsOf[id]
}

// AwaitQuiet waits until the hub has asked for the names of all customers, each of which is
// a change of its own.
func (w *World) AwaitQuiet() {
	w.Helper()
	Eventually(w.TB, "customers' names are asked for", Timeout, func() bool {
		var nameless []store.Conversation
		w.Must(w.Store.Read(w.Context(), func(r store.Reader) (err error) {
			nameless, err = r.Nameless(time.Now().Add(-time.Hour), 1)
			return err
		}))
		return len(nameless) == 0
	})
}

// RunUntilQuiet lets the hub run, until the test ends, and waits until all is quiet.
func (w *World) RunUntilQuiet() {
	w.Helper()
	w.Run()
	w.AwaitQuiet()
}

// RareHeads is quick, but heads come once an hour.
func RareHeads(t *hub.Timing) {
	Quick(t)
	t.Heads = time.Hour
}

// Quick shortens what the hub does regularly.
func Quick(t *hub.Timing) {
	t.Heads = 30 * time.Millisecond
	t.Revalidate = 20 * time.Millisecond
	t.SyncPause, t.SyncMost, t.SyncGap = 300*time.Millisecond, 5*time.Second, time.Millisecond
}

// Accesses returns what a client was told of its sight of Pages.
func Accesses(t testing.TB, frames []Frame) (out []model.Access) {
	for _, f := range frames {
		if f.Kind == model.FrameAccess {
			out = append(out, Decode[model.Access](t, f))
		}
	}
	return out
}

// Forget drops what a listener has noted, but for its last batch.
func (l *Listener) Forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bytes = bytes.Buffer{}
	l.frames = append([]Frame(nil), l.frames[max(0, len(l.frames)-3):]...)
}
