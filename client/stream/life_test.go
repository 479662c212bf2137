package stream_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/client"
	"parley/client/stream"
	"parley/model"
	"parley/model/inbox"
)

// TestTheFirstConnectionIsTriedAtOnce: only what comes after a failure waits.
func TestTheFirstConnectionIsTriedAtOnce(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	timing := quick()
	timing.RetryFirst, timing.RetryMax = time.Hour, time.Hour
	began := time.Now()
	f := h.follow(timing)
	s := h.socket()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("after %s", took)
	}
	s.hello()
	s.welcomes()
	f.until("live", func(us []inbox.Update) bool { return slices.Contains(states(us), inbox.Live) })
}

// TestPausesAreARandomPartOfADoublingBound: full jitter, from half a second to half a
// minute.
func TestPausesAreARandomPartOfADoublingBound(t *testing.T) {
	t.Parallel()
	const rounds, failures = 2000, 40
	h := newScripted(t)
	c := h.client()
	sums, least, longest := [failures]time.Duration{}, [failures]time.Duration{}, [failures]time.Duration{}
	for range rounds {
		s := stream.NewFollower(c, stream.DefaultTiming())
		for i := range failures {
			p := s.RetryPause()
			sums[i] += p
			if least[i] == 0 || p < least[i] {
				least[i] = p
			}
			longest[i] = max(longest[i], p)
		}
	}
	for i := range failures {
		bound := min(500*time.Millisecond<<min(i, 20), 30*time.Second)
		if least[i] <= 0 || longest[i] > bound+time.Millisecond {
			t.Errorf("failure %d: from %s to %s, want at most %s", i, least[i], longest[i], bound)
		}
		if mean := sums[i] / rounds; least[i] > bound/50 || longest[i] < bound*49/50 || mean < bound*2/5 || mean > bound*3/5 {
			t.Errorf("failure %d: from %s to %s, %s on average, of %s", i, least[i], longest[i], mean, bound)
		}
	}
}

// TestAWelcomeMakesPausesShortAgain: what failed before counts no more.
func TestAWelcomeMakesPausesShortAgain(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.set(func(h *scripted) { h.refuse = refuses(http.StatusServiceUnavailable, "unavailable") })
	timing := quick()
	timing.RetryFirst, timing.RetryMax = time.Millisecond, time.Hour
	f := h.follow(timing)
	f.until("failures", func(us []inbox.Update) bool {
		n := 0
		for _, s := range states(us) {
			if s == inbox.Offline {
				n++
			}
		}
		return n == 7
	})
	h.set(func(h *scripted) { h.refuse = nil })
	s := h.socket()
	s.hello()
	s.welcomes()
	f.until("live", func(us []inbox.Update) bool { return slices.Contains(states(us), inbox.Live) })
	n := len(f.all())
	s.conn.Close()
	f.until("offline", func(us []inbox.Update) bool {
		return slices.ContainsFunc(us[n:], func(u inbox.Update) bool {
			c, ok := u.(inbox.Connection)
			if ok && c.State == inbox.Offline && time.Until(c.RetryAt) > 3*time.Millisecond {
				t.Errorf("tried again at %s, it is %s", c.RetryAt, time.Now())
			}
			return ok && c.State == inbox.Offline
		})
	})
}

func TestSilenceMeansANewConnection(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	timing := quick()
	timing.Dead = 400 * time.Millisecond
	f := h.follow(timing)
	s := h.socket()
	s.hello()
	s.welcomes()
	// Pings are a sign of life.
	for end := time.Now().Add(3 * timing.Dead); time.Now().Before(end); {
		if err := s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		f.waits(timing.Dead / 8)
	}
	// So is a frame that comes slowly.
	raw, err := json.Marshal(model.Heads{Type: model.FrameHeads, Now: time.Unix(1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.conn.NetConn().SetWriteDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.conn.NetConn().Write([]byte{0x81, byte(len(raw))}); err != nil {
		t.Fatal(err)
	}
	for _, b := range raw {
		if _, err := s.conn.NetConn().Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
		f.waits(timing.Dead / 16)
	}
	us := f.until("the frame", func(us []inbox.Update) bool { return count[inbox.HubTime](us) == 1 })
	if slices.Contains(states(us), inbox.Offline) {
		t.Error("gave up a connection that lives")
	}
	began := time.Now()
	h.socket()
	if took := time.Since(began); took < timing.Dead/2 || took > 10*time.Second {
		t.Errorf("noticed after %s", took)
	}
}

// waits lets some time pass.
func (f *followed) waits(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-f.Context().Done():
	}
}

func TestSignedOutEndsRun(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.set(func(h *scripted) { h.refuse = refuses(http.StatusUnauthorized, "not_signed_in") })
	f := h.follow(quick())
	if err := f.ended(); !errors.Is(err, stream.ErrSignedOut) {
		t.Errorf("Run ended with %v", err)
	}

	// In the middle: the connection is ended first, then the new one is refused.
	h = newScripted(t)
	h.holds(page, at, 1)
	f = h.follow(quick())
	s := h.places(f, page)
	h.set(func(h *scripted) { h.refuse = refuses(http.StatusUnauthorized, "not_signed_in") })
	s.closes()
	if err := f.ended(); !errors.Is(err, stream.ErrSignedOut) {
		t.Errorf("Run ended with %v", err)
	}
	eventuallyClosed(f)
}

// closes ends the connection as a hub does where the token or the role is another.
func (s *hubSocket) closes() {
	s.Helper()
	bye := websocket.FormatCloseMessage(websocket.ClosePolicyViolation, "signed out")
	if err := s.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second)); err != nil {
		s.Fatal(err)
	}
}

func eventuallyClosed(f *followed) {
	f.Helper()
	f.until("the updates end", func([]inbox.Update) bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.closed
	})
}

// TestAnotherRoleIsNoSignOut: the hub closes the socket as for a revoked token, and
// lets the user in again.
func TestAnotherRoleIsNoSignOut(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.holds(page, at, 1)
	f := h.follow(quick())
	s := h.places(f, page)
	s.closes()
	s = h.socket()
	if s.hello().Resume[page] != at {
		t.Error("does not go on where it was")
	}
	s.welcomes(page)
}

func TestOtherRefusalsAreTriedAgain(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	f := h.follow(quick())
	h.socket().conn.Close()
	for _, refuse := range []func(http.ResponseWriter){
		refuses(http.StatusServiceUnavailable, "unavailable"), refuses(http.StatusForbidden, "forbidden"),
		refuses(http.StatusInternalServerError, "internal"), func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) },
		func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>")) },
	} {
		n := h.called("/v1/stream")
		h.set(func(h *scripted) { h.refuse = refuse })
		f.until("tried again", func([]inbox.Update) bool { return h.called("/v1/stream") > n+2 })
	}
	h.set(func(h *scripted) { h.refuse = nil })
	for len(h.sockets) > 0 {
		<-h.sockets
	}
	h.socket().hello()
}

func TestUpdatesAreGathered(t *testing.T) {
	t.Parallel()
	const changes = 2000
	h := newScripted(t)
	h.holds(page, at, 1)
	timing := quick()
	timing.Gather = 20 * time.Millisecond
	f := h.follow(timing)
	s := h.places(f, page)
	f.mu.Lock()
	before := f.batches
	f.mu.Unlock()
	began := time.Now()
	for seq := int64(10); seq < 10+changes; seq++ {
		s.changes(page, seq, seq+1)
	}
	us := f.until("all changes", func(us []inbox.Update) bool { return reached(us, page) == 10+changes })
	took := time.Since(began)
	f.mu.Lock()
	handed := f.batches - before
	f.mu.Unlock()
	// Also where the machine is slow, no two hand-overs are closer than the window.
	if most := int(took/timing.Gather) + 2; handed > most {
		t.Errorf("%d hand-overs in %s, want at most %d", handed, took, most)
	}
	to := int64(10)
	for _, u := range us {
		if c, ok := u.(inbox.Changed); ok {
			if c.Batch.From != to {
				t.Fatalf("a batch from %d after %d", c.Batch.From, to)
			}
			to = c.Batch.To
		}
	}
	t.Logf("%d changes in %d hand-overs, %s", changes, handed, took)
}

// TestAReaderThatStopsHoldsTheHubBack: what comes meanwhile stays with the hub.
func TestAReaderThatStopsHoldsTheHubBack(t *testing.T) {
	t.Parallel()
	const perBatch, most = 500, 32 << 20
	h := newScripted(t)
	h.holds(page, at, 1)
	f := h.follow(quick())
	s := h.places(f, page)
	again := f.stops()
	object := json.RawMessage(`{"id":"` + strings.Repeat("x", 1000) + `"}`)
	var sent, seq atomic.Int64
	var enough atomic.Bool
	seq.Store(10)
	blocked := make(chan struct{})
	go func() {
		defer close(blocked)
		for sent.Load() < most && !enough.Load() {
			from := seq.Load()
			b := model.Batch{Type: model.FrameBatch, Page: page, From: from, To: from + perBatch}
			for i := range perBatch {
				b.Events = append(b.Events, model.Change{Seq: from + int64(i) + 1, Kind: model.ChangeNotice, Object: object})
			}
			raw, err := json.Marshal(b)
			if err != nil || s.conn.WriteMessage(websocket.TextMessage, raw) != nil {
				return
			}
			sent.Add(int64(len(raw)))
			seq.Store(b.To)
		}
	}()
	// It stands still once nothing was sent for a while.
	for last := int64(-1); last != sent.Load(); {
		last = sent.Load()
		f.waits(500 * time.Millisecond)
	}
	t.Logf("held back after %d kB", sent.Load()>>10)
	if sent.Load() >= most {
		t.Errorf("%d bytes were taken from the hub while nobody read", sent.Load())
	}
	enough.Store(true)
	again()
	<-blocked
	f.until("all of it", func(us []inbox.Update) bool { return reached(us, page) == seq.Load() })
	if slices.Contains(states(f.all()), inbox.Offline) {
		t.Error("the connection was lost over it")
	}
}

// syncs is how many goroutines of this package's syncs there are.
func syncs() int {
	all := make([]byte, 8<<20)
	all = all[:runtime.Stack(all, true)]
	n := 0
	for one := range bytes.SplitSeq(all, []byte("\n\n")) {
		if bytes.Contains(one, []byte("client.(*Sync)")) || bytes.Contains(one, []byte("client.(*gatherer)")) || bytes.Contains(one, []byte("client.(*socket)")) {
			n++
		}
	}
	return n
}

// TestRunEndsInEveryState: with nothing of it left when it returns. It looks at all
// goroutines, so it runs alone.
func TestRunEndsInEveryState(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	refusing := httptest.NewServer(http.NotFoundHandler())
	refusing.Close()
	timing := quick()
	timing.RetryFirst, timing.RetryMax = time.Hour, time.Hour
	for name, reach := range map[string]func(t *testing.T, h *scripted) *followed{
		"connecting": func(t *testing.T, _ *scripted) *followed {
			c, err := client.New("http://"+silent.Addr().String(), "token")
			if err != nil {
				t.Fatal(err)
			}
			f := follow(t, stream.NewFollower(c, timing))
			f.until("connecting", func(us []inbox.Update) bool { return len(us) == 1 })
			conn, err := silent.Accept()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { conn.Close() })
			return f
		},
		"waiting to try again": func(t *testing.T, _ *scripted) *followed {
			c, err := client.New(refusing.URL, "token")
			if err != nil {
				t.Fatal(err)
			}
			f := follow(t, stream.NewFollower(c, timing))
			f.until("offline", func(us []inbox.Update) bool { return slices.Contains(states(us), inbox.Offline) })
			return f
		},
		"not yet welcomed": func(_ *testing.T, h *scripted) *followed {
			f := h.follow(timing)
			h.socket().hello()
			return f
		},
		"live": func(_ *testing.T, h *scripted) *followed {
			f := h.follow(timing)
			h.places(f, page)
			return f
		},
		"reloading": func(_ *testing.T, h *scripted) *followed {
			reading := make(chan struct{})
			h.set(func(h *scripted) {
				h.lists = func(_ http.ResponseWriter, r *http.Request) bool {
					close(reading)
					<-r.Context().Done()
					return true
				}
			})
			f := h.follow(timing)
			s := h.socket()
			s.hello()
			s.welcomes()
			<-reading
			return f
		},
		"dropped while reloading": func(_ *testing.T, h *scripted) *followed {
			reading := make(chan struct{}, 8)
			h.set(func(h *scripted) {
				h.lists = func(_ http.ResponseWriter, r *http.Request) bool {
					reading <- struct{}{}
					<-r.Context().Done()
					return true
				}
			})
			f := h.follow(timing)
			s := h.socket()
			s.hello()
			s.welcomes()
			<-reading
			s.says(model.Access{Type: model.FrameAccess, Page: page})
			return f
		},
		"listing Pages": func(_ *testing.T, h *scripted) *followed {
			reading := make(chan struct{})
			h.set(func(h *scripted) {
				h.pages = func(http.ResponseWriter) bool {
					close(reading)
					<-h.gone.Done()
					return true
				}
			})
			f := h.follow(timing)
			s := h.socket()
			s.hello()
			s.welcomes()
			<-reading
			return f
		},
		"held back": func(_ *testing.T, h *scripted) *followed {
			f := h.follow(timing)
			s := h.places(f, page)
			again := f.stops()
			h.Cleanup(again)
			for seq := int64(10); seq < 9000; seq += 500 {
				s.changes(page, seq, seq+500)
			}
			return f
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newScripted(t)
			h.holds(page, at, 5)
			f := reach(t, h)
			began := time.Now()
			f.cancel()
			err := f.ended()
			// The goroutine that called Run may still be on its way out of it.
			if n := syncs(); n > 1 {
				t.Errorf("%d goroutines are left", n)
			}
			if !errors.Is(err, context.Canceled) {
				t.Errorf("Run ended with %v", err)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestTailBeginsNowOrAtASeq(t *testing.T) {
	t.Parallel()
	const head = 20000
	for name, c := range map[string]struct {
		from map[model.PageID]int64
		want int64
	}{
		"now":                 {nil, head},
		"at a seq":            {map[model.PageID]int64{page: head - 7}, head - 7},
		"at the head":         {map[model.PageID]int64{page: head}, head},
		"beyond the head":     {map[model.PageID]int64{page: head + 9}, head},
		"of another Page":     {map[model.PageID]int64{"200": 3}, head},
		"at the beginning":    {map[model.PageID]int64{page: 0}, -1},
		"before all that was": {map[model.PageID]int64{page: -5}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newScripted(t)
			h.holds(page, model.Position{Epoch: "e1", Seq: head}, 7)
			f := follow(t, stream.NewTail(h.client(), quick(), c.from))
			s := h.socket()
			s.hello()
			s.welcomes()
			from := s.hello().Resume[page].Seq
			switch {
			case c.want >= 0 && from != c.want:
				t.Errorf("begins at %d, want %d", from, c.want)
			case c.want < 0 && (from < head-model.ReloadBeyond+50 || from > head-model.ReloadBeyond/2):
				// As far back as the hub goes, less what may come meanwhile.
				t.Errorf("begins at %d of %d", from, head)
			}
			s.welcomes(page)
			s.changes(page, from, from+1)
			us := f.until("a change", func(us []inbox.Update) bool { return reached(us, page) == from+1 && count[inbox.Complete](us) == 1 })
			for _, u := range us {
				if l, ok := u.(inbox.Listed); ok && len(l.Conversations) != 0 {
					t.Errorf("handed on %d conversations", len(l.Conversations))
				}
			}
			if n := h.called("/v1/conversations"); n != 1 || h.called("/v1/notices") != 0 {
				t.Errorf("%d lists were read", n)
			}
			// What can't be resumed goes on from now.
			h.holds(page, model.Position{Epoch: "e1", Seq: 3 * head}, 7)
			s.conn.Close()
			s = h.socket()
			s.hello()
			s.welcomes()
			s.resumes(page, 3*head)
		})
	}
}

// BenchmarkGather is what it takes to hand a change on.
func BenchmarkGather(b *testing.B) {
	h := newScripted(b)
	h.holds(page, at, 1)
	f := h.follow(quick())
	s := h.places(f, page)
	seq := int64(10)
	for b.Loop() {
		s.changes(page, seq, seq+1)
		seq++
	}
	f.until("all changes", func(us []inbox.Update) bool { return reached(us, page) == seq })
}
