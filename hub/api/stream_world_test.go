package api_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/hub"
	"parley/hub/store"
	"parley/hub/stream"
	"parley/model"
)

// frame is one frame as it came.
type frame struct {
	at   time.Time
	kind model.FrameType
	raw  []byte
}

// into reads a frame.
func into[T any](t testing.TB, f frame) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(f.raw, &v); err != nil {
		t.Fatalf("frame %s: %v", f.raw, err)
	}
	return v
}

// listener is a client of the stream that does nothing by itself: it notes every byte
// that it is sent, and sends what its test says.
type listener struct {
	testing.TB
	conn *websocket.Conn
	// read is closed when the connection is over.
	read chan struct{}

	mu     sync.Mutex
	frames []frame
	bytes  bytes.Buffer
	pings  int
	err    error
}

// noting is a connection of which all that comes is noted.
type noting struct {
	net.Conn
	l *listener
}

func (c noting) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.l.mu.Lock()
	c.l.bytes.Write(b[:n])
	c.l.mu.Unlock()
	return n, err
}

// listenWith opens the stream with those headers, or tells how it was refused.
func (w *world) listenWith(query string, header http.Header, wrap ...func(net.Conn) net.Conn) (*listener, *http.Response, error) {
	w.Helper()
	l := &listener{TB: w.TB, read: make(chan struct{})}
	d := websocket.Dialer{
		HandshakeTimeout: patience, Subprotocols: []string{model.Subprotocol},
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
	conn, resp, err := d.DialContext(w.Context(), "ws"+strings.TrimPrefix(w.server.URL, "http")+"/v1/stream"+query, header)
	if err != nil {
		return nil, resp, err
	}
	l.conn = conn
	ping := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		l.mu.Lock()
		l.pings++
		l.mu.Unlock()
		return ping(data)
	})
	go l.reads()
	w.Cleanup(l.hangUp)
	return l, resp, nil
}

// listen opens the stream as somebody.
func (w *world) listen(who account, wrap ...func(net.Conn) net.Conn) *listener {
	w.Helper()
	l, resp, err := w.listenWith("", http.Header{"Authorization": {"Bearer " + who.token}}, wrap...)
	w.must(err)
	resp.Body.Close()
	return l
}

func (l *listener) reads() {
	defer close(l.read)
	for {
		_, raw, err := l.conn.ReadMessage()
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
		l.frames = append(l.frames, frame{time.Now(), head.Type, raw})
		l.mu.Unlock()
	}
}

// hangUp ends the connection.
func (l *listener) hangUp() {
	l.conn.Close()
	<-l.read
}

// closed waits until the hub has ended the connection, and returns how.
func (l *listener) closed(within time.Duration) error {
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

// open tells whether the connection stands.
func (l *listener) open() bool {
	select {
	case <-l.read:
		return false
	default:
		return true
	}
}

func (l *listener) says(frame string) {
	l.Helper()
	if err := l.conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		l.Fatalf("send %.200s: %v", frame, err)
	}
}

func (l *listener) sends(v any) {
	l.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		l.Fatal(err)
	}
	l.says(string(raw))
}

type resume = map[model.PageID]model.Position

// hello sends a hello and returns what answers it.
func (l *listener) hello(r resume) model.Welcome {
	l.Helper()
	n := len(l.of(model.FrameWelcome))
	l.sends(model.Hello{Type: model.FrameHello, Resume: r})
	l.until("the welcome", func() bool { return len(l.of(model.FrameWelcome)) > n })
	return into[model.Welcome](l.TB, l.of(model.FrameWelcome)[n])
}

// all returns the frames so far.
func (l *listener) all() []frame {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.frames)
}

// of returns the frames of a kind so far.
func (l *listener) of(kind model.FrameType) []frame {
	var out []frame
	for _, f := range l.all() {
		if f.kind == kind {
			out = append(out, f)
		}
	}
	return out
}

// batches returns the batches of a Page so far.
func (l *listener) batches(id model.PageID) []model.Batch {
	l.Helper()
	var out []model.Batch
	for _, f := range l.of(model.FrameBatch) {
		if b := into[model.Batch](l.TB, f); b.Page == id {
			out = append(out, b)
		}
	}
	return out
}

// received returns every byte that came.
func (l *listener) received() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bytes.String()
}

// until waits until something holds.
func (l *listener) until(what string, holds func() bool) {
	l.Helper()
	eventually(l.TB, what, patience, holds)
}

// eventually looks again and again until something holds.
func eventually(t testing.TB, what string, within time.Duration, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(within); !holds(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("%s: not within %s", what, within)
		}
	}
}

// upTo waits until the batches of a Page reach a seq, and returns them.
func (l *listener) upTo(id model.PageID, seq int64) []model.Batch {
	l.Helper()
	var bs []model.Batch
	l.until("the changes come", func() bool {
		bs = l.batches(id)
		return len(bs) > 0 && bs[len(bs)-1].To >= seq
	})
	return bs
}

// beat waits for a heads frame that was made after this call, as the second next one
// was: what was on its way before has come by then.
func (l *listener) beat() {
	l.Helper()
	n := len(l.of(model.FrameHeads))
	l.until("heads", func() bool { return len(l.of(model.FrameHeads)) > n+1 })
}

// contiguous expects batches without a gap from a seq.
func contiguous(t testing.TB, from int64, bs []model.Batch) {
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

// position is where a Page stands for somebody.
func (w *world) position(who account, id model.PageID) model.Position {
	w.Helper()
	var l pageList
	w.get(who, "/v1/pages", &l)
	return model.Position{Epoch: l.AsOf[id].Epoch, Seq: l.AsOf[id].Seq}
}

// proven is the same with the proof that the hub gives.
func (w *world) proven(who account, id model.PageID) model.Position {
	w.Helper()
	var l struct {
		AsOf model.AsOf `json:"as_of"`
	}
	w.get(who, "/v1/pages", &l)
	return l.AsOf[id]
}

// head is a Page's newest seq.
func (w *world) head(id model.PageID) (head int64) {
	w.Helper()
	w.must(w.store.Read(w.Context(), func(r store.Reader) (err error) {
		head, err = r.Head(id)
		return err
	}))
	return head
}

// sql runs statements on the file of the store, beside the hub.
func (w *world) sql(statements string, arguments ...any) {
	w.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(w.TempDir()), "*", "hub.db"))
	if err != nil || len(files) != 1 {
		w.Fatalf("the files of the store: %v %v", files, err)
	}
	db, err := sql.Open("sqlite", "file:"+files[0]+"?_pragma=busy_timeout(10000)&_txlock=immediate")
	w.must(err)
	defer func() { w.must(db.Close()) }()
	tx, err := db.BeginTx(w.Context(), nil)
	w.must(err)
	_, err = tx.ExecContext(w.Context(), statements, arguments...)
	w.must(errors.Join(err, tx.Commit()))
}

// ages adds changes to a Page's log behind the hub's back: one conversation changes so
// many times.
func (w *world) ages(id model.PageID, customer model.PSID, changes int) {
	w.Helper()
	w.sql(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
		INSERT INTO events (page_id, seq, kind, object_id, at)
		SELECT ?2, (SELECT seq FROM pages WHERE page_id = ?2) + i, 'conversation', ?3, ?4 FROM n;
		UPDATE pages SET seq = seq + ?1 WHERE page_id = ?2;
		UPDATE conversations SET doc = json_set(doc, '$.seq', (SELECT seq FROM pages WHERE page_id = ?2)) WHERE page_id = ?2 AND id = ?3`,
		changes, string(id), string(model.NewConversationID(id, customer)), time.Now().UnixMicro())
}

// quiet waits until the hub has asked for the names of all customers, each of which is
// a change of its own.
func (w *world) quiet() {
	w.Helper()
	eventually(w.TB, "customers' names are asked for", patience, func() bool {
		var nameless []store.Conversation
		w.must(w.store.Read(w.Context(), func(r store.Reader) (err error) {
			nameless, err = r.Nameless(time.Now().Add(-time.Hour), 1)
			return err
		}))
		return len(nameless) == 0
	})
}

// runs lets the hub run, until the test ends, and waits until all is quiet.
func (w *world) runs() {
	w.Helper()
	w.run()
	w.quiet()
}

// rarely is quick, but heads come once an hour.
func rarely(t *hub.Timing) {
	quick(t)
	t.Heads = time.Hour
}

// quick shortens what the hub does regularly.
func quick(t *hub.Timing) {
	t.Heads = 30 * time.Millisecond
	t.Revalidate = 20 * time.Millisecond
	t.SyncPause, t.SyncMost, t.SyncGap = 300*time.Millisecond, 5*time.Second, time.Millisecond
}

// wireTap is a client inside the process: each frame that is written to it is noted
// when it is written.
type wireTap struct {
	mu     sync.Mutex
	frames []frame
	shut   bool
	// stuck, while it is open, keeps whoever writes.
	stuck  chan struct{}
	closed chan struct{}
}

var _ stream.Wire = (*wireTap)(nil)

var errCut = errors.New("cut")

func newWireTap() *wireTap { return &wireTap{closed: make(chan struct{})} }

// stick has the reader read no more until free is called.
func (t *wireTap) stick() (free func()) {
	c := make(chan struct{})
	t.mu.Lock()
	t.stuck = c
	t.mu.Unlock()
	return sync.OnceFunc(func() { close(c) })
}

func (t *wireTap) Write(raw []byte) error {
	t.mu.Lock()
	stuck := t.stuck
	var head struct {
		Type model.FrameType `json:"type"`
	}
	if t.shut {
		t.mu.Unlock()
		return errCut
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		t.mu.Unlock()
		return err
	}
	t.frames = append(t.frames, frame{time.Now(), head.Type, bytes.Clone(raw)})
	t.mu.Unlock()
	if stuck == nil {
		return nil
	}
	select {
	case <-stuck:
		return nil
	case <-t.closed:
		return errCut
	}
}

func (t *wireTap) Ping() error { return nil }

func (t *wireTap) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.shut {
		t.shut = true
		close(t.closed)
	}
}

func (t *wireTap) all() []frame {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.frames)
}

func (t *wireTap) of(kind model.FrameType) []frame {
	return slices.DeleteFunc(t.all(), func(f frame) bool { return f.kind != kind })
}

func (t *wireTap) isClosed() bool {
	select {
	case <-t.closed:
		return true
	default:
		return false
	}
}

// tapped is a session whose client is in the process.
type tapped struct {
	*wireTap
	*stream.Session
	ended chan error
}

// tap begins a session that ends with the test.
func (w *world) tap(who account, valid func(context.Context) error) *tapped {
	w.Helper()
	t := &tapped{wireTap: newWireTap(), ended: make(chan error, 1)}
	t.Session = w.hub.Attach(who.User, t.wireTap, valid)
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.Context()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.ended <- t.Serve(ctx)
	}()
	w.Cleanup(func() {
		cancel()
		t.Close()
		<-done
	})
	return t
}

// stays is a session's right to go on for ever.
func stays(context.Context) error { return nil }

// greet says hello and waits for the welcome.
func (w *world) greet(t *tapped, r resume) model.Welcome {
	w.Helper()
	n := len(t.of(model.FrameWelcome))
	w.must(t.Hello(w.Context(), model.Hello{Type: model.FrameHello, Resume: r}))
	eventually(w.TB, "the welcome", patience, func() bool { return len(t.of(model.FrameWelcome)) > n })
	return into[model.Welcome](w.TB, t.of(model.FrameWelcome)[n])
}
