package socket_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/hub"
	"parley/hub/api/apitest"
	"parley/hub/store"
	"parley/hub/stream"
	"parley/model"
)

// TestFlipsWhileEventsFlow: once the Page's hiding is answered, nothing of it is
// written to another's socket until it is shown again.
func TestFlipsWhileEventsFlow(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithFlipped(t)
	epoch := w.Position(w.Ann, apitest.Flipped).Epoch
	ann, cat := w.Tap(w.Ann, apitest.AlwaysValid), w.Tap(w.Cat, apitest.AlwaysValid)
	began := w.Position(w.Ann, apitest.Flipped)
	w.Greet(ann, apitest.Resume{apitest.Flipped: began})
	w.Greet(cat, apitest.Resume{apitest.Flipped: w.Position(w.Cat, apitest.Flipped)})
	stop := w.KeepWriting(apitest.FlippedMeta, apitest.Hanako, 0)
	epochs := map[string]bool{}
	for round := range 8 {
		n := len(cat.Frames())
		apitest.Eventually(t, "changes flow", apitest.Timeout, func() bool {
			return slices.ContainsFunc(cat.Frames()[n:], func(f apitest.Frame) bool { return f.Kind == model.FrameBatch })
		})
		w.SetVisibility(w.Ann, apitest.Flipped, model.Private)
		answered := len(cat.Frames())
		told := len(apitest.Accesses(t, cat.Frames()))
		apitest.Eventually(t, "told that it is hidden", apitest.Timeout, func() bool {
			a := apitest.Accesses(t, cat.Frames())
			return len(a) > 0 && !a[len(a)-1].Sees
		})
		// Asking for it changes nothing.
		if _, named := w.Greet(cat, apitest.Resume{apitest.Flipped: {Epoch: epoch}}).Pages[apitest.Flipped]; named {
			t.Error("welcomed to a hidden Page")
		}
		apitest.Eventually(t, "heads", apitest.Timeout, func() bool {
			return slices.ContainsFunc(cat.Frames()[answered:], func(f apitest.Frame) bool { return f.Kind == model.FrameHeads })
		})
		hidden := cat.Frames()[answered:]
		for _, f := range hidden {
			if f.Kind != model.FrameAccess && strings.Contains(string(f.Raw), string(apitest.Flipped)) {
				t.Fatalf("round %d: written after its hiding was answered: %.300s", round, f.Raw)
			}
		}
		for _, a := range apitest.Accesses(t, cat.Frames())[told:] {
			if a.Sees || a.Visibility != model.Private || a.Page != apitest.Flipped {
				t.Errorf("told %+v", a)
			}
		}
		w.SetVisibility(w.Ann, apitest.Flipped, model.Shared)
		apitest.Eventually(t, "told that it is seen again", apitest.Timeout, func() bool {
			a := apitest.Accesses(t, cat.Frames())
			return a[len(a)-1] == model.Access{Type: model.FrameAccess, Page: apitest.Flipped, Sees: true, Visibility: model.Shared}
		})
		at := w.Position(w.Cat, apitest.Flipped)
		if epochs[at.Epoch] {
			t.Errorf("epoch %s came again", at.Epoch)
		}
		epochs[at.Epoch] = true
		if got := w.Greet(cat, apitest.Resume{apitest.Flipped: {Epoch: epoch, Seq: 1}}).Pages[apitest.Flipped].Resume; got != model.ResumeReload {
			t.Errorf("from an old epoch: %s", got)
		}
		if got := w.Greet(cat, apitest.Resume{apitest.Flipped: at}).Pages[apitest.Flipped]; got.Resume != model.ResumeOK || got.Epoch != at.Epoch {
			t.Errorf("from the new one: %+v", got)
		}
	}
	stop()
	// The installer saw all of it, in one epoch, undisturbed.
	head := w.Head(apitest.Flipped)
	var bs []model.Batch
	apitest.Eventually(t, "the installer is told all", apitest.Timeout, func() bool {
		bs = bs[:0]
		for _, f := range ann.Of(model.FrameBatch) {
			bs = append(bs, apitest.Decode[model.Batch](t, f))
		}
		return len(bs) > 0 && bs[len(bs)-1].To >= head
	})
	apitest.Contiguous(t, began.Seq, bs)
	if a := apitest.Accesses(t, ann.Frames()); len(a) != 0 {
		t.Errorf("the installer was told of access: %+v", a)
	}
	if now := w.Position(w.Ann, apitest.Flipped).Epoch; now != epoch {
		t.Error("the installer's epoch changed")
	}
}

// soon is a second on a machine that is not busy, and on one that is still less than a
// socket that is not read is waited for.
const soon = 25 * time.Second

// TestHidingDoesNotWaitForSlowReaders: those in the middle of a frame are cut off, all
// of them, and the change is answered within a second.
func TestHidingDoesNotWaitForSlowReaders(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithFlipped(t, apitest.WithTiming(apitest.RareHeads))
	slow := []*apitest.Tapped{w.Tap(w.Ben, apitest.AlwaysValid), w.Tap(w.Cat, apitest.AlwaysValid), w.Tap(w.Cat, apitest.AlwaysValid)}
	var free []func()
	for _, s := range slow {
		w.Greet(s, apitest.Resume{apitest.Flipped: w.Position(w.Cat, apitest.Flipped)})
		free = append(free, s.Stick())
	}
	w.CustomerWrites(apitest.FlippedMeta, apitest.Hanako, "m_stuck", "quince", time.Now())
	for _, s := range slow {
		apitest.Eventually(t, "a batch is on its way", apitest.Timeout, func() bool { return len(s.Of(model.FrameBatch)) > 0 })
	}
	began := time.Now()
	w.SetVisibility(w.Ann, apitest.Flipped, model.Private)
	if took := time.Since(began); took > soon {
		t.Errorf("answered after %s", took)
	}
	for i, s := range slow {
		if !s.IsClosed() {
			t.Error("a slow reader of a hidden Page was not cut off")
		}
		free[i]()
		select {
		case err := <-s.Ended:
			if err == nil {
				t.Error("ended well")
			}
		case <-time.After(apitest.Timeout):
			t.Fatal("the session goes on")
		}
	}
}

// stalled is a connection that is read no further once stall is closed.
type stalled struct {
	net.Conn
	stall <-chan struct{}
	gone  <-chan struct{}
}

func (c stalled) Read(b []byte) (int, error) {
	select {
	case <-c.stall:
		<-c.gone
		return 0, io.EOF
	default:
		return c.Conn.Read(b)
	}
}

// customerWritesMuch has a customer write more than what waits in the kernel for a
// client.
func customerWritesMuch(w *apitest.World, id model.MetaPageID) {
	w.Helper()
	long := strings.Repeat("quince ", 2000)
	var events []map[string]any
	for i := range 40 {
		events = append(events, apitest.Message(id, apitest.Hanako, fmt.Sprintf("m_long_%d", i), long, time.Now()))
	}
	w.Deliver(id, "messaging", events...)
}

// TestHidingCutsASocketThatIsNotRead is the same over TCP.
func TestHidingCutsASocketThatIsNotRead(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithFlipped(t, apitest.WithTiming(apitest.RareHeads))
	stall, gone := make(chan struct{}), make(chan struct{})
	cat := w.Listen(w.Cat, func(c net.Conn) net.Conn { return stalled{c, stall, gone} })
	w.Cleanup(func() { close(gone) })
	cat.Hello(apitest.Resume{apitest.Flipped: w.Position(w.Cat, apitest.Flipped)})
	close(stall)
	ann := w.Listen(w.Ann)
	ann.Hello(apitest.Resume{apitest.Flipped: w.Position(w.Ann, apitest.Flipped)})
	customerWritesMuch(w, apitest.FlippedMeta)
	ann.AwaitSeq(apitest.Flipped, w.Head(apitest.Flipped)) // so cat's is on its way
	began := time.Now()
	w.SetVisibility(w.Ann, apitest.Flipped, model.Private)
	if took := time.Since(began); took > soon {
		t.Errorf("answered after %s", took)
	}
	apitest.Eventually(t, "the session is over", apitest.Timeout, func() bool { return clientCount(w) == 1 })
}

// clientCount is how many clients the hub counts.
func clientCount(w *apitest.World) int {
	w.Helper()
	rec := httptest.NewRecorder()
	w.Hub.Metrics().ServeHTTP(rec, httptest.NewRequestWithContext(w.Context(), http.MethodGet, "/metrics", nil))
	for line := range strings.Lines(rec.Body.String()) {
		var n int
		if _, err := fmt.Sscanf(line, "parley_clients %d", &n); err == nil {
			return n
		}
	}
	w.Fatal("the hub does not count its clients")
	return 0
}

// TestAnotherInstallationLeaksNothing: what comes to a Page after another has connected
// it is nobody's who followed the old one.
func TestAnotherInstallationLeaksNothing(t *testing.T) {
	t.Parallel()
	const second = apitest.Flipped + "~2"
	w := apitest.NewWithFlipped(t)
	old := w.Position(w.Cat, apitest.Flipped)
	ann, ben, cat := w.Listen(w.Ann), w.Listen(w.Ben), w.Listen(w.Cat)
	for _, l := range []*apitest.Listener{ann, ben, cat} {
		l.Hello(apitest.Resume{apitest.Flipped: {Epoch: w.Position(w.Cat, apitest.Flipped).Epoch, Seq: 0}})
	}
	stop := w.KeepWriting(apitest.FlippedMeta, apitest.Hanako, 0)
	w.Do(w.Ann, http.MethodDelete, "/v1/pages/"+string(apitest.Flipped), nil).Want(http.StatusOK)
	if p := w.Connect(w.Ben, apitest.FlippedMeta, model.Private); p.ID != second {
		t.Fatalf("connected as %s", p.ID)
	}
	ben.Until("told of the new Page", func() bool { return len(ben.Of(model.FrameAccess)) > 0 })
	at := w.Position(w.Ben, second)
	if got := ben.Hello(apitest.Resume{second: {Epoch: at.Epoch}}).Pages[second]; got.Resume != model.ResumeOK {
		t.Errorf("welcomed to %+v", got)
	}
	ben.AwaitSeq(second, at.Seq+20)
	stop()
	ben.AwaitSeq(second, w.Head(second))
	for _, l := range []*apitest.Listener{ann, cat} {
		l.AwaitHeads()
		got := l.Hello(apitest.Resume{second: {Epoch: old.Epoch, Seq: old.Seq}, apitest.Flipped: {Epoch: old.Epoch}})
		if _, named := got.Pages[second]; named {
			t.Error("welcomed to another's Page")
		}
		if _, named := got.Pages[apitest.Flipped]; !named {
			t.Error("the old entry is gone")
		}
		if strings.Contains(l.Received(), string(second)) || strings.Contains(l.Received(), at.Epoch) {
			t.Error("sent something of another's Page")
		}
	}
	if w.Position(w.Cat, apitest.Flipped).Epoch != old.Epoch {
		t.Error("the old entry's epoch changed")
	}
}

// TestFlipsThatCross: whatever order changes of a Page are answered in, clients are
// sent what the store says.
func TestFlipsThatCross(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithFlipped(t)
	for round := range 8 {
		var flips sync.WaitGroup
		for i := range 8 {
			flips.Go(func() {
				v := []model.Visibility{model.Private, model.Shared}[(round+i)%2]
				if _, err := w.Hub.SetVisibility(t.Context(), w.Ann.User, apitest.Flipped, v); err != nil {
					t.Errorf("flip: %v", err)
				}
			})
		}
		flips.Wait()
		var p store.Page
		w.Must(w.Store.Read(t.Context(), func(r store.Reader) (err error) {
			p, err = r.Page(apitest.Flipped)
			return err
		}))
		cat := w.Tap(w.Cat, apitest.AlwaysValid)
		_, named := w.Greet(cat, nil).Pages[apitest.Flipped]
		// A colleague's typing is told by what is known of the Page at this moment.
		n := len(cat.Frames())
		ann := w.Tap(w.Ann, apitest.AlwaysValid)
		ann.Relay(t.Context(), model.Ephemeral{Type: model.FrameTyping, Page: apitest.Flipped, Conversation: model.NewConversationID(apitest.Flipped, apitest.Hanako)})
		// Heads may have been on their way already; those after them come after the typing.
		apitest.Eventually(t, "heads", apitest.Timeout, func() bool {
			heads := 0
			for _, f := range cat.Frames()[n:] {
				if f.Kind == model.FrameHeads {
					heads++
				}
			}
			return heads > 2
		})
		told := len(cat.Of(model.FrameTyping)) > 0
		if shared := p.Visibility == model.Shared; named != shared || told != shared {
			t.Fatalf("round %d: the Page is %s; named in the welcome: %t, typing told: %t", round, p.Visibility, named, told)
		}
	}
}

// hangsUp marks what somebody asks for who goes away: others write at the same time.
type hangsUp struct{}

func goingAway(ctx context.Context) context.Context { return context.WithValue(ctx, hangsUp{}, true) }

// goesAway reports whether somebody who asks goes away; what the hub does after them does not end.
func goesAway(ctx context.Context) bool { return ctx.Value(hangsUp{}) != nil && ctx.Done() != nil }

// cutShort is a store whose answer to a write of who goes away is that ctx ended, although
// the write is kept.
type cutShort struct{ store.Store }

func (s *cutShort) Write(ctx context.Context, id model.PageID, f func(store.PageTx) error) error {
	err := s.Store.Write(ctx, id, f)
	if err == nil && goesAway(ctx) {
		<-ctx.Done()
		return ctx.Err()
	}
	return err
}

// late is a store whose write for who goes away is kept only after they did, and those after it
// later still.
type late struct {
	store.Store
	waits          atomic.Bool
	release, wrote chan struct{}
}

func (s *late) Write(ctx context.Context, id model.PageID, f func(store.PageTx) error) error {
	if !goesAway(ctx) {
		if ctx.Value(hangsUp{}) != nil && s.waits.Load() {
			<-s.wrote
		}
		return s.Store.Write(ctx, id, f)
	}
	s.waits.Store(true)
	go func() {
		defer close(s.wrote)
		<-s.release
		_ = s.Store.Write(context.WithoutCancel(ctx), id, f)
	}()
	<-ctx.Done()
	return ctx.Err()
}

// TestHidingIsKnownThoughItIsStoredLate: who hides a Page and hangs up before it is stored
// has hidden it, for connected clients too, once it is.
func TestHidingIsKnownThoughItIsStoredLate(t *testing.T) {
	t.Parallel()
	slow := &late{release: make(chan struct{}), wrote: make(chan struct{})}
	w := apitest.NewWithFlipped(t, apitest.WithStore(func(s store.Store) store.Store {
		slow.Store = s
		return slow
	}))
	cat := w.Tap(w.Cat, apitest.AlwaysValid)
	w.Greet(cat, apitest.Resume{apitest.Flipped: w.Position(w.Cat, apitest.Flipped)})
	ctx, hangUp := context.WithCancel(goingAway(t.Context()))
	hangUp()
	if _, err := w.Hub.SetVisibility(ctx, w.Ann.User, apitest.Flipped, model.Private); !errors.Is(err, context.Canceled) {
		t.Fatalf("answered %v", err)
	}
	n := len(cat.Frames())
	apitest.Eventually(t, "heads", apitest.Timeout, func() bool { return len(cat.Frames()) > n+1 })
	close(slow.release)
	apitest.Eventually(t, "told that it is hidden", apitest.Timeout, func() bool {
		a := apitest.Accesses(t, cat.Frames())
		return len(a) == 1 && !a[0].Sees
	})
}

// TestHidingIsKnownThoughWhoAskedWentAway: who hides a Page and hangs up while it is
// stored has hidden it, for connected clients too.
func TestHidingIsKnownThoughWhoAskedWentAway(t *testing.T) {
	t.Parallel()
	cut := &cutShort{}
	w := apitest.NewWithFlipped(t, apitest.WithStore(func(s store.Store) store.Store {
		cut.Store = s
		return cut
	}))
	cat := w.Tap(w.Cat, apitest.AlwaysValid)
	w.Greet(cat, apitest.Resume{apitest.Flipped: w.Position(w.Cat, apitest.Flipped)})
	ctx, hangUp := context.WithTimeout(goingAway(t.Context()), 200*time.Millisecond)
	defer hangUp()
	if _, err := w.Hub.SetVisibility(ctx, w.Ann.User, apitest.Flipped, model.Private); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("answered %v", err)
	}
	if w.Do(w.Cat, http.MethodGet, apitest.ConversationPath(apitest.Flipped, apitest.Hanako), nil).Status != http.StatusNotFound {
		t.Fatal("it is not hidden")
	}
	apitest.Eventually(t, "told that it is hidden", apitest.Timeout, func() bool {
		a := apitest.Accesses(t, cat.Frames())
		return len(a) == 1 && !a[0].Sees
	})
	w.CustomerWrites(apitest.FlippedMeta, apitest.Hanako, "m_after", "quince", time.Now())
	n := len(cat.Frames())
	apitest.Eventually(t, "heads", apitest.Timeout, func() bool { return len(cat.Frames()) > n+1 })
	for _, f := range cat.Frames() {
		if f.Kind == model.FrameBatch && strings.Contains(string(f.Raw), "quince") {
			t.Errorf("sent %s", f.Raw)
		}
	}
}

// TestPagesAreKnownBeforeTheHubRuns: clients come back at once when a hub starts, and
// may be quicker than it.
func TestPagesAreKnownBeforeTheHubRuns(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithFlipped(t)
	again := &apitest.World{TB: t, Store: w.Store, Graph: w.Graph, Ann: w.Ann, Cat: w.Cat}
	again.Hub = hub.New(hub.Options{Store: w.Store, Vault: apitest.Vault(), Graph: w.Graph, AppID: apitest.App, Timing: w.Hub.Timing()})
	cat := again.Tap(w.Cat, apitest.AlwaysValid)
	at := w.Position(w.Cat, apitest.Flipped)
	if got := again.Greet(cat, apitest.Resume{apitest.Flipped: at}).Pages[apitest.Flipped]; got.Resume != model.ResumeOK {
		t.Errorf("welcomed to %+v", got)
	}
	again.Run()
	again.Must(again.Hub.Receive(t.Context(), []model.PageEntry{{Page: apitest.FlippedMeta, Events: []model.Inbound{{
		Key: "mid:m", Raw: []byte("{}"), Name: "message", Customer: apitest.Hanako, At: time.Now(), Event: model.CustomerMessage{MID: "m", Text: "hi"},
	}}}}))
	apitest.Eventually(t, "the change comes", apitest.Timeout, func() bool { return len(cat.Of(model.FrameBatch)) > 0 })
}

// revoker is a store in which a user's token can be revoked, and their role changed.
type revoker struct {
	store.Store
	mu      sync.Mutex
	revoked map[model.UserID]bool
	admin   map[model.UserID]bool
	down    bool
}

type revokedReader struct {
	store.Reader
	s *revoker
}

var errStoreDown = fmt.Errorf("%w: for a moment", store.ErrUnavailable)

func (s *revoker) Read(ctx context.Context, f func(store.Reader) error) error {
	return s.Store.Read(ctx, func(r store.Reader) error { return f(revokedReader{r, s}) })
}

func (r revokedReader) UserByToken(hash []byte) (model.User, error) {
	u, err := r.Reader.UserByToken(hash)
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	switch {
	case r.s.down:
		return model.User{}, errStoreDown
	case r.s.revoked[u.ID]:
		return model.User{}, store.ErrNotFound
	}
	if admin, changed := r.s.admin[u.ID]; changed {
		u.Admin = admin
	}
	return u, err
}

func (s *revoker) set(f func(*revoker)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

func TestARevokedTokenOrAnotherRoleClosesTheSocket(t *testing.T) {
	t.Parallel()
	rev := &revoker{revoked: map[model.UserID]bool{}, admin: map[model.UserID]bool{}}
	w := apitest.NewWithFlipped(t, apitest.WithStore(func(s store.Store) store.Store {
		rev.Store = s
		return rev
	}))
	ann, ben, cat := w.Listen(w.Ann), w.Listen(w.Ben), w.Listen(w.Cat)
	for _, l := range []*apitest.Listener{ann, ben, cat} {
		l.Hello(nil)
	}
	rev.set(func(r *revoker) { r.down = true })
	ann.AwaitHeads()
	ann.AwaitHeads()
	rev.set(func(r *revoker) { r.down = false })
	if !ann.IsOpen() || !cat.IsOpen() {
		t.Fatal("a store that can't be read for a moment ended sessions")
	}
	rev.set(func(r *revoker) { r.revoked[w.Cat.ID], r.admin[w.Ben.ID] = true, false })
	for name, l := range map[string]*apitest.Listener{"a revoked token": cat, "another role": ben} {
		if err := l.AwaitClosed(apitest.Timeout); !websocket.IsCloseError(err, websocket.ClosePolicyViolation) {
			t.Errorf("%s: ended with %v", name, err)
		}
	}
	ann.AwaitHeads()
	if !ann.IsOpen() {
		t.Error("somebody else was cut off, too")
	}
}

// TestARevokedTokenEndsASlowReader: also who takes for ever to read a frame is gone in
// time, and is sent nothing more.
func TestARevokedTokenEndsASlowReader(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithFlipped(t, apitest.WithTiming(apitest.RareHeads))
	var over atomic.Bool
	cat := w.Tap(w.Cat, func(context.Context) error {
		if over.Load() {
			return stream.ErrSessionOver
		}
		return nil
	})
	w.Greet(cat, apitest.Resume{apitest.Flipped: w.Position(w.Cat, apitest.Flipped)})
	free := cat.Stick()
	defer free()
	w.CustomerWrites(apitest.FlippedMeta, apitest.Hanako, "m_stuck", "stuck", time.Now())
	apitest.Eventually(t, "a batch is on its way", apitest.Timeout, func() bool { return len(cat.Of(model.FrameBatch)) > 0 })
	w.CustomerWrites(apitest.FlippedMeta, apitest.Hanako, "m_waits", "waits", time.Now())
	over.Store(true)
	select {
	case err := <-cat.Ended:
		if !errors.Is(err, stream.ErrSessionOver) {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(apitest.Timeout):
		t.Fatal("the session goes on")
	}
	if n := len(cat.Of(model.FrameBatch)); n != 1 {
		t.Errorf("%d batches written", n)
	}
}

// TestASocketThatIsClosedHalfEndsItsSession: a client that says goodbye and reads no
// more keeps nothing waiting.
func TestASocketThatIsClosedHalfEndsItsSession(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithFlipped(t)
	stall, gone := make(chan struct{}), make(chan struct{})
	cat := w.Listen(w.Cat, func(c net.Conn) net.Conn { return stalled{c, stall, gone} })
	w.Cleanup(func() { close(gone) })
	cat.Hello(apitest.Resume{apitest.Flipped: w.Position(w.Cat, apitest.Flipped)})
	close(stall)
	customerWritesMuch(w, apitest.FlippedMeta)
	if n := clientCount(w); n != 1 {
		t.Fatalf("%d clients", n)
	}
	tcp := cat.Dialled().(stalled).Conn.(*net.TCPConn)
	w.Must(tcp.CloseWrite())
	apitest.Eventually(t, "the session is over", apitest.Timeout, func() bool { return clientCount(w) == 0 })
}
