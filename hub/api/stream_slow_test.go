package api_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub"
	"parley/model"
)

// slowConn is read a little at a time, until it is told to hurry.
type slowConn struct {
	net.Conn
	piece int
	hurry <-chan struct{}
	gone  <-chan struct{}
}

// slowPause is the time between two pieces: eight of them are read a second.
const slowPause = 125 * time.Millisecond

func (c slowConn) Read(b []byte) (int, error) {
	select {
	case <-c.hurry:
		return c.Conn.Read(b)
	default:
	}
	timer := time.NewTimer(slowPause)
	defer timer.Stop()
	select {
	case <-c.hurry:
	case <-c.gone:
	case <-timer.C:
	}
	return c.Conn.Read(b[:min(c.piece, len(b))])
}

// slowReader is a stream read slowly while others read theirs.
type slowReader struct {
	*world
	others []*listener
	slow   *listener
	hurry  chan struct{}
	sent   int
	// answered is when each message was taken from Meta, by its number.
	answered []time.Time
	before   uint64
}

// Sizes of what flows.
const (
	slowEvery = 50 * time.Millisecond // 20 a second
	slowText  = 6000
	// heapSlack is what the hub's heap may grow by besides one queue: frames on their
	// way, what the other clients hold is counted apart.
	heapSlack = 24 << 20
)

func newSlowReader(t testing.TB, bytesPerSecond int, timing func(*hub.Timing)) *slowReader {
	t.Helper()
	w := withPage(t, model.Shared, withTiming(timing))
	w.runs()
	s := &slowReader{world: w, hurry: make(chan struct{})}
	gone := make(chan struct{})
	at := w.position(w.ann, page)
	s.slow = w.listen(w.cat, func(c net.Conn) net.Conn { return slowConn{c, bytesPerSecond / 8, s.hurry, gone} })
	w.Cleanup(func() { close(gone) })
	s.slow.sends(model.Hello{Type: model.FrameHello, Resume: resume{page: w.position(w.cat, page)}})
	for range 3 {
		l := w.listen(w.ann)
		l.hello(resume{page: at})
		s.others = append(s.others, l)
	}
	s.before = heap()
	return s
}

// heap is what is in use after a collection.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// flow has customers write for a while, and others read each message within a second.
func (s *slowReader) flow(d time.Duration) {
	s.Helper()
	tick := time.NewTicker(slowEvery)
	defer tick.Stop()
	began := s.sent
	for end := time.Now().Add(d); time.Now().Before(end); <-tick.C {
		s.customerWrites(meta, hanako, fmt.Sprintf("m_slow_%d", s.sent), slowMark(s.sent)+strings.Repeat("x", slowText), time.Now())
		s.answered = append(s.answered, time.Now())
		s.sent++
	}
	var late []time.Duration
	for _, l := range s.others {
		l.upTo(page, s.head(page))
		n := began
		for _, f := range l.of(model.FrameBatch) {
			for ; n < s.sent && strings.Contains(string(f.raw), slowMark(n)); n++ {
				late = append(late, f.at.Sub(s.answered[n]))
			}
		}
		if n != s.sent {
			s.Errorf("another got %d of %d messages", n-began, s.sent-began)
		}
		l.forget()
	}
	slices.Sort(late)
	if len(late) == 0 {
		return
	}
	// On a machine that is busy with other things a few may wait for it.
	most, last := late[len(late)*9/10], late[len(late)-1]
	s.Logf("%d messages of %d bytes; of ten, nine reached others within %s, the last within %s", s.sent-began, slowText, most, last)
	if most > patience {
		s.Errorf("others waited %s", most)
	}
}

func slowMark(n int) string { return fmt.Sprintf("no. %d;", n) }

// forget drops what a listener has noted, but for its last batch.
func (l *listener) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bytes = bytes.Buffer{}
	l.frames = append([]frame(nil), l.frames[max(0, len(l.frames)-3):]...)
}

// bounded expects no more on the heap than a queue and some slack.
func (s *slowReader) bounded() {
	s.Helper()
	now := heap()
	grown := int64(now) - int64(s.before)
	s.Logf("heap: %d kB before, %d kB now", s.before>>10, now>>10)
	if grown > 1<<20+heapSlack {
		s.Errorf("the heap grew by %d kB", grown>>10)
	}
}

// catchesUp lets the slow reader hurry: it has lost nothing.
func (s *slowReader) catchesUp() {
	s.Helper()
	if !s.slow.open() {
		s.Fatalf("the slow reader was cut off: %v", s.slow.closed(patience))
	}
	_ = s.slow.conn.NetConn().(noting).Conn.(slowConn).Conn.(*net.TCPConn).SetReadBuffer(1 << 20)
	close(s.hurry)
	began := time.Now()
	bs := s.slow.upTo(page, s.head(page))
	s.Logf("caught up by %d batches in %s", len(bs), time.Since(began))
	contiguous(s.TB, bs[0].From, bs)
	var all strings.Builder
	for _, b := range bs {
		for _, e := range b.Events {
			all.Write(e.Object)
		}
	}
	rest := all.String()
	for n := range s.sent {
		var found bool
		if _, rest, found = strings.Cut(rest, slowMark(n)); !found {
			s.Fatalf("message %d of %d was lost", n, s.sent)
		}
	}
}

// TestASlowReaderCostsNobodyAnything: the hub holds a bounded queue for it, the others
// get everything at once, and it loses nothing.
func TestASlowReaderCostsNobodyAnything(t *testing.T) {
	s := newSlowReader(t, 8<<10, func(h *hub.Timing) {
		h.Heads, h.Dead, h.Progress = 200*time.Millisecond, 30*time.Second, 30*time.Second
	})
	s.flow(10 * time.Second)
	s.bounded()
	s.catchesUp()
	// One that comes back by a new connection resumes, too.
	again := s.listen(s.cat)
	at := s.position(s.cat, page)
	again.hello(resume{page: {Epoch: at.Epoch, Seq: at.Seq - 100}})
	contiguous(t, at.Seq-100, again.upTo(page, at.Seq))
}

// TestASlowReaderForLong is the same at 1 kB a second, for as long as PARLEY_SLOW_READER says (10m).
func TestASlowReaderForLong(t *testing.T) {
	d, err := time.ParseDuration(os.Getenv("PARLEY_SLOW_READER"))
	if err != nil {
		t.Skip("PARLEY_SLOW_READER names no duration")
	}
	s := newSlowReader(t, 1<<10, func(*hub.Timing) {})
	for end := time.Now().Add(d); time.Now().Before(end); {
		s.flow(min(30*time.Second, time.Until(end)+time.Second))
		s.bounded()
		if !s.slow.open() {
			t.Fatal("the slow reader was cut off")
		}
	}
	s.catchesUp()
}

// TestAReaderThatStopsIsClosed: slow is waited for, standing still is not.
func TestAReaderThatStopsIsClosed(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared, withTiming(func(h *hub.Timing) { h.Progress, h.Heads = 500*time.Millisecond, time.Hour }))
	w.runs()
	stall, gone := make(chan struct{}), make(chan struct{})
	cat := w.listen(w.cat, func(c net.Conn) net.Conn { return stalled{c, stall, gone} })
	w.Cleanup(func() { close(gone) })
	cat.hello(resume{page: w.position(w.cat, page)})
	close(stall)
	w.customerWritesMuch(meta)
	eventually(t, "closed", patience, func() bool { return w.clients() == 0 })
}

// TestASilentClientIsClosed: who answers no ping is gone.
func TestASilentClientIsClosed(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared, withTiming(func(h *hub.Timing) { h.Dead, h.Heads = 300*time.Millisecond, 50*time.Millisecond }))
	w.runs()
	lively, silent := w.listen(w.ann), w.listen(w.cat)
	lively.hello(nil)
	silent.conn.SetPingHandler(func(string) error { return nil })
	silent.hello(nil)
	if err := silent.closed(patience); err == nil {
		t.Error("not closed")
	}
	lively.beat()
	if !lively.open() {
		t.Error("one that answers was closed, too")
	}
}

// TestAHelloIsAnsweredWhileTheClientIsBehind: a client that is never done reading one
// Page is still answered.
func TestAHelloIsAnsweredWhileTheClientIsBehind(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Private, withTiming(rarely))
	w.ages(page, hanako, 4000)
	w.runs()
	epoch := w.position(w.ann, page).Epoch
	ann := w.tap(w.ann, stays)
	w.greet(ann, nil)
	// Each batch that is written makes the log longer: the client never gets to its end.
	var asked, answered atomic.Bool
	w.must(ann.Hello(t.Context(), model.Hello{Resume: resume{page: {Epoch: epoch}}}))
	for i := 0; !answered.Load(); i++ {
		if i > 200 {
			t.Fatal("the hello waits for the client to have read everything")
		}
		w.customerWrites(meta, hanako, fmt.Sprintf("m_more_%d", i), "more", time.Now())
		if !asked.Swap(true) {
			go func() { _ = ann.Hello(t.Context(), model.Hello{Resume: resume{}}) }()
		}
		answered.Store(len(ann.of(model.FrameWelcome)) > 2)
	}
}
