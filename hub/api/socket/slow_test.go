package socket_test

import (
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
	"parley/hub/api/apitest"
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
	*apitest.World
	others []*apitest.Listener
	slow   *apitest.Listener
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
	w := apitest.NewWithPage(t, model.Shared, apitest.WithTiming(timing))
	w.RunUntilQuiet()
	s := &slowReader{World: w, hurry: make(chan struct{})}
	gone := make(chan struct{})
	at := w.Position(w.Ann, apitest.Page)
	s.slow = w.Listen(w.Cat, func(c net.Conn) net.Conn { return slowConn{c, bytesPerSecond / 8, s.hurry, gone} })
	w.Cleanup(func() { close(gone) })
	s.slow.Send(model.Hello{Type: model.FrameHello, Resume: apitest.Resume{apitest.Page: w.Position(w.Cat, apitest.Page)}})
	for range 3 {
		l := w.Listen(w.Ann)
		l.Hello(apitest.Resume{apitest.Page: at})
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
		s.CustomerWrites(apitest.MetaPage, apitest.Hanako, fmt.Sprintf("m_slow_%d", s.sent), slowMark(s.sent)+strings.Repeat("x", slowText), time.Now())
		s.answered = append(s.answered, time.Now())
		s.sent++
	}
	var late []time.Duration
	for _, l := range s.others {
		l.AwaitSeq(apitest.Page, s.Head(apitest.Page))
		n := began
		for _, f := range l.Of(model.FrameBatch) {
			for ; n < s.sent && strings.Contains(string(f.Raw), slowMark(n)); n++ {
				late = append(late, f.At.Sub(s.answered[n]))
			}
		}
		if n != s.sent {
			s.Errorf("another got %d of %d messages", n-began, s.sent-began)
		}
		l.Forget()
	}
	slices.Sort(late)
	if len(late) == 0 {
		return
	}
	// On a machine that is busy with other things a few may wait for it.
	most, last := late[len(late)*9/10], late[len(late)-1]
	s.Logf("%d messages of %d bytes; of ten, nine reached others within %s, the last within %s", s.sent-began, slowText, most, last)
	if most > apitest.Timeout {
		s.Errorf("others waited %s", most)
	}
}

func slowMark(n int) string { return fmt.Sprintf("no. %d;", n) }

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
	if !s.slow.IsOpen() {
		s.Fatalf("the slow reader was cut off: %v", s.slow.AwaitClosed(apitest.Timeout))
	}
	_ = s.slow.Dialled().(slowConn).Conn.(*net.TCPConn).SetReadBuffer(1 << 20)
	close(s.hurry)
	began := time.Now()
	bs := s.slow.AwaitSeq(apitest.Page, s.Head(apitest.Page))
	s.Logf("caught up by %d batches in %s", len(bs), time.Since(began))
	apitest.Contiguous(s.TB, bs[0].From, bs)
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
	again := s.Listen(s.Cat)
	at := s.Position(s.Cat, apitest.Page)
	again.Hello(apitest.Resume{apitest.Page: {Epoch: at.Epoch, Seq: at.Seq - 100}})
	apitest.Contiguous(t, at.Seq-100, again.AwaitSeq(apitest.Page, at.Seq))
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
		if !s.slow.IsOpen() {
			t.Fatal("the slow reader was cut off")
		}
	}
	s.catchesUp()
}

// TestAReaderThatStopsIsClosed: slow is waited for, standing still is not.
func TestAReaderThatStopsIsClosed(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared, apitest.WithTiming(func(h *hub.Timing) { h.Progress, h.Heads = 500*time.Millisecond, time.Hour }))
	w.RunUntilQuiet()
	stall, gone := make(chan struct{}), make(chan struct{})
	cat := w.Listen(w.Cat, func(c net.Conn) net.Conn { return stalled{c, stall, gone} })
	w.Cleanup(func() { close(gone) })
	cat.Hello(apitest.Resume{apitest.Page: w.Position(w.Cat, apitest.Page)})
	close(stall)
	customerWritesMuch(w, apitest.MetaPage)
	apitest.Eventually(t, "closed", apitest.Timeout, func() bool { return clientCount(w) == 0 })
}

// TestASilentClientIsClosed: who answers no ping is gone.
func TestASilentClientIsClosed(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared, apitest.WithTiming(func(h *hub.Timing) { h.Dead, h.Heads = 300*time.Millisecond, 50*time.Millisecond }))
	w.RunUntilQuiet()
	lively, silent := w.Listen(w.Ann), w.Listen(w.Cat)
	lively.Hello(nil)
	silent.Conn.SetPingHandler(func(string) error { return nil })
	silent.Hello(nil)
	if err := silent.AwaitClosed(apitest.Timeout); err == nil {
		t.Error("not closed")
	}
	lively.AwaitHeads()
	if !lively.IsOpen() {
		t.Error("one that answers was closed, too")
	}
}

// TestAHelloIsAnsweredWhileTheClientIsBehind: a client that is never done reading one
// Page is still answered.
func TestAHelloIsAnsweredWhileTheClientIsBehind(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Private, apitest.WithTiming(apitest.RareHeads))
	w.AgeLog(apitest.Page, apitest.Hanako, 4000)
	w.RunUntilQuiet()
	epoch := w.Position(w.Ann, apitest.Page).Epoch
	ann := w.Tap(w.Ann, apitest.AlwaysValid)
	w.Greet(ann, nil)
	// Each batch that is written makes the log longer: the client never gets to its end.
	var asked, answered atomic.Bool
	w.Must(ann.Hello(t.Context(), model.Hello{Resume: apitest.Resume{apitest.Page: {Epoch: epoch}}}))
	for i := 0; !answered.Load(); i++ {
		if i > 200 {
			t.Fatal("the hello waits for the client to have read everything")
		}
		w.CustomerWrites(apitest.MetaPage, apitest.Hanako, fmt.Sprintf("m_more_%d", i), "more", time.Now())
		if !asked.Swap(true) {
			go func() { _ = ann.Hello(t.Context(), model.Hello{Resume: apitest.Resume{}}) }()
		}
		answered.Store(len(ann.Of(model.FrameWelcome)) > 2)
	}
}
