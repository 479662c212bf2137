package api_test

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
	"parley/hub/store"
	"parley/hub/stream"
	"parley/model"
)

// A Page whose name can't be found by chance in what is sent.
const (
	flipped     = model.PageID("424242424242")
	flippedMeta = model.MetaPageID("424242424242")
)

// withFlipped starts a hub with a shared Page of ann and a customer of it.
func withFlipped(t testing.TB, options ...option) *world {
	t.Helper()
	w := newWorld(t, append([]option{withTiming(quick)}, options...)...)
	w.connect(w.ann, flippedMeta, model.Shared)
	w.customerWrites(flippedMeta, hanako, "m_first", "hello", time.Now())
	w.runs()
	return w
}

// busy has a customer of the Page write without a pause until stop is called.
func (w *world) busy(id model.MetaPageID, customer model.PSID) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.Context()))
	var writing sync.WaitGroup
	for n := range 2 {
		writing.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				mid := fmt.Sprintf("m_busy_%d_%d", n, i)
				err := w.hub.Receive(ctx, []model.PageEntry{{Page: id, Events: []model.Inbound{{
					Key: "mid:" + mid, Raw: []byte("{}"), Name: "message", Customer: customer, At: time.Now(),
					Event: model.CustomerMessage{MID: model.MID(mid), Text: model.Untrusted("quince " + mid)},
				}}}})
				if err != nil && ctx.Err() == nil {
					w.Errorf("receive: %v", err)
				}
			}
		})
	}
	stop = sync.OnceFunc(func() {
		cancel()
		writing.Wait()
	})
	w.Cleanup(stop)
	return stop
}

// accesses returns what a client was told of its sight of Pages.
func accesses(t testing.TB, frames []frame) (out []model.Access) {
	for _, f := range frames {
		if f.kind == model.FrameAccess {
			out = append(out, into[model.Access](t, f))
		}
	}
	return out
}

// TestFlipsWhileEventsFlow: once the Page's hiding is answered, nothing of it is
// written to another's socket until it is shown again.
func TestFlipsWhileEventsFlow(t *testing.T) {
	t.Parallel()
	w := withFlipped(t)
	epoch := w.position(w.ann, flipped).Epoch
	ann, cat := w.tap(w.ann, stays), w.tap(w.cat, stays)
	began := w.position(w.ann, flipped)
	w.greet(ann, resume{flipped: began})
	w.greet(cat, resume{flipped: w.position(w.cat, flipped)})
	stop := w.busy(flippedMeta, hanako)
	epochs := map[string]bool{}
	for round := range 8 {
		n := len(cat.all())
		eventually(t, "changes flow", patience, func() bool {
			return slices.ContainsFunc(cat.all()[n:], func(f frame) bool { return f.kind == model.FrameBatch })
		})
		w.setVisibility(w.ann, flipped, model.Private)
		answered := len(cat.all())
		told := len(accesses(t, cat.all()))
		eventually(t, "told that it is hidden", patience, func() bool {
			a := accesses(t, cat.all())
			return len(a) > 0 && !a[len(a)-1].Sees
		})
		// Asking for it changes nothing.
		if _, named := w.greet(cat, resume{flipped: {Epoch: epoch}}).Pages[flipped]; named {
			t.Error("welcomed to a hidden Page")
		}
		eventually(t, "heads", patience, func() bool {
			return slices.ContainsFunc(cat.all()[answered:], func(f frame) bool { return f.kind == model.FrameHeads })
		})
		hidden := cat.all()[answered:]
		for _, f := range hidden {
			if f.kind != model.FrameAccess && strings.Contains(string(f.raw), string(flipped)) {
				t.Fatalf("round %d: written after its hiding was answered: %.300s", round, f.raw)
			}
		}
		for _, a := range accesses(t, cat.all())[told:] {
			if a.Sees || a.Visibility != model.Private || a.Page != flipped {
				t.Errorf("told %+v", a)
			}
		}
		w.setVisibility(w.ann, flipped, model.Shared)
		eventually(t, "told that it is seen again", patience, func() bool {
			a := accesses(t, cat.all())
			return a[len(a)-1] == model.Access{Type: model.FrameAccess, Page: flipped, Sees: true, Visibility: model.Shared}
		})
		at := w.position(w.cat, flipped)
		if epochs[at.Epoch] {
			t.Errorf("epoch %s came again", at.Epoch)
		}
		epochs[at.Epoch] = true
		if got := w.greet(cat, resume{flipped: {Epoch: epoch, Seq: 1}}).Pages[flipped].Resume; got != model.ResumeReload {
			t.Errorf("from an old epoch: %s", got)
		}
		if got := w.greet(cat, resume{flipped: at}).Pages[flipped]; got.Resume != model.ResumeOK || got.Epoch != at.Epoch {
			t.Errorf("from the new one: %+v", got)
		}
	}
	stop()
	// The installer saw all of it, in one epoch, undisturbed.
	head := w.head(flipped)
	var bs []model.Batch
	eventually(t, "the installer is told all", patience, func() bool {
		bs = bs[:0]
		for _, f := range ann.of(model.FrameBatch) {
			bs = append(bs, into[model.Batch](t, f))
		}
		return len(bs) > 0 && bs[len(bs)-1].To >= head
	})
	contiguous(t, began.Seq, bs)
	if a := accesses(t, ann.all()); len(a) != 0 {
		t.Errorf("the installer was told of access: %+v", a)
	}
	if now := w.position(w.ann, flipped).Epoch; now != epoch {
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
	w := withFlipped(t, withTiming(rarely))
	slow := []*tapped{w.tap(w.ben, stays), w.tap(w.cat, stays), w.tap(w.cat, stays)}
	var free []func()
	for _, s := range slow {
		w.greet(s, resume{flipped: w.position(w.cat, flipped)})
		free = append(free, s.stick())
	}
	w.customerWrites(flippedMeta, hanako, "m_stuck", "quince", time.Now())
	for _, s := range slow {
		eventually(t, "a batch is on its way", patience, func() bool { return len(s.of(model.FrameBatch)) > 0 })
	}
	began := time.Now()
	w.setVisibility(w.ann, flipped, model.Private)
	if took := time.Since(began); took > soon {
		t.Errorf("answered after %s", took)
	}
	for i, s := range slow {
		if !s.isClosed() {
			t.Error("a slow reader of a hidden Page was not cut off")
		}
		free[i]()
		select {
		case err := <-s.ended:
			if err == nil {
				t.Error("ended well")
			}
		case <-time.After(patience):
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
func (w *world) customerWritesMuch(id model.MetaPageID) {
	w.Helper()
	long := strings.Repeat("quince ", 2000)
	var events []map[string]any
	for i := range 40 {
		events = append(events, message(id, hanako, fmt.Sprintf("m_long_%d", i), long, time.Now()))
	}
	w.deliver(id, "messaging", events...)
}

// TestHidingCutsASocketThatIsNotRead is the same over TCP.
func TestHidingCutsASocketThatIsNotRead(t *testing.T) {
	t.Parallel()
	w := withFlipped(t, withTiming(rarely))
	stall, gone := make(chan struct{}), make(chan struct{})
	cat := w.listen(w.cat, func(c net.Conn) net.Conn { return stalled{c, stall, gone} })
	w.Cleanup(func() { close(gone) })
	cat.hello(resume{flipped: w.position(w.cat, flipped)})
	close(stall)
	ann := w.listen(w.ann)
	ann.hello(resume{flipped: w.position(w.ann, flipped)})
	w.customerWritesMuch(flippedMeta)
	ann.upTo(flipped, w.head(flipped)) // so cat's is on its way
	began := time.Now()
	w.setVisibility(w.ann, flipped, model.Private)
	if took := time.Since(began); took > soon {
		t.Errorf("answered after %s", took)
	}
	eventually(t, "the session is over", patience, func() bool { return w.clients() == 1 })
}

// clients is how many clients the hub counts.
func (w *world) clients() int {
	w.Helper()
	rec := httptest.NewRecorder()
	w.hub.Metrics().ServeHTTP(rec, httptest.NewRequestWithContext(w.Context(), http.MethodGet, "/metrics", nil))
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
	const second = flipped + "~2"
	w := withFlipped(t)
	old := w.position(w.cat, flipped)
	ann, ben, cat := w.listen(w.ann), w.listen(w.ben), w.listen(w.cat)
	for _, l := range []*listener{ann, ben, cat} {
		l.hello(resume{flipped: {Epoch: w.position(w.cat, flipped).Epoch, Seq: 0}})
	}
	stop := w.busy(flippedMeta, hanako)
	w.do(w.ann, http.MethodDelete, "/v1/pages/"+string(flipped), nil).want(http.StatusOK)
	if p := w.connect(w.ben, flippedMeta, model.Private); p.ID != second {
		t.Fatalf("connected as %s", p.ID)
	}
	ben.until("told of the new Page", func() bool { return len(ben.of(model.FrameAccess)) > 0 })
	at := w.position(w.ben, second)
	if got := ben.hello(resume{second: {Epoch: at.Epoch}}).Pages[second]; got.Resume != model.ResumeOK {
		t.Errorf("welcomed to %+v", got)
	}
	ben.upTo(second, at.Seq+20)
	stop()
	ben.upTo(second, w.head(second))
	for _, l := range []*listener{ann, cat} {
		l.beat()
		got := l.hello(resume{second: {Epoch: old.Epoch, Seq: old.Seq}, flipped: {Epoch: old.Epoch}})
		if _, named := got.Pages[second]; named {
			t.Error("welcomed to another's Page")
		}
		if _, named := got.Pages[flipped]; !named {
			t.Error("the old entry is gone")
		}
		if strings.Contains(l.received(), string(second)) || strings.Contains(l.received(), at.Epoch) {
			t.Error("sent something of another's Page")
		}
	}
	if w.position(w.cat, flipped).Epoch != old.Epoch {
		t.Error("the old entry's epoch changed")
	}
}

// TestFlipsThatCross: whatever order changes of a Page are answered in, clients are
// sent what the store says.
func TestFlipsThatCross(t *testing.T) {
	t.Parallel()
	w := withFlipped(t)
	for round := range 8 {
		var flips sync.WaitGroup
		for i := range 8 {
			flips.Go(func() {
				v := []model.Visibility{model.Private, model.Shared}[(round+i)%2]
				if _, err := w.hub.SetVisibility(t.Context(), w.ann.User, flipped, v); err != nil {
					t.Errorf("flip: %v", err)
				}
			})
		}
		flips.Wait()
		var p store.Page
		w.must(w.store.Read(t.Context(), func(r store.Reader) (err error) {
			p, err = r.Page(flipped)
			return err
		}))
		cat := w.tap(w.cat, stays)
		_, named := w.greet(cat, nil).Pages[flipped]
		// A colleague's typing is told by what is known of the Page at this moment.
		n := len(cat.all())
		ann := w.tap(w.ann, stays)
		ann.Relay(t.Context(), model.Ephemeral{Type: model.FrameTyping, Page: flipped, Conversation: model.NewConversationID(flipped, hanako)})
		// Heads may have been on their way already; those after them come after the typing.
		eventually(t, "heads", patience, func() bool {
			heads := 0
			for _, f := range cat.all()[n:] {
				if f.kind == model.FrameHeads {
					heads++
				}
			}
			return heads > 2
		})
		told := len(cat.of(model.FrameTyping)) > 0
		if shared := p.Visibility == model.Shared; named != shared || told != shared {
			t.Fatalf("round %d: the Page is %s; named in the welcome: %t, typing told: %t", round, p.Visibility, named, told)
		}
	}
}

// hangsUp marks what somebody asks for who goes away: others write at the same time.
type hangsUp struct{}

func goingAway(ctx context.Context) context.Context { return context.WithValue(ctx, hangsUp{}, true) }

// cutShort is a store whose answer to a write of who goes away is that ctx ended, although
// the write is kept.
type cutShort struct{ store.Store }

func (s *cutShort) Write(ctx context.Context, id model.PageID, f func(store.PageTx) error) error {
	err := s.Store.Write(ctx, id, f)
	if err == nil && ctx.Value(hangsUp{}) != nil {
		<-ctx.Done()
		return ctx.Err()
	}
	return err
}

// late is a store whose write for who goes away is kept only after they did.
type late struct {
	store.Store
	waits          atomic.Bool
	release, wrote chan struct{}
}

func (s *late) Write(ctx context.Context, id model.PageID, f func(store.PageTx) error) error {
	if ctx.Value(hangsUp{}) == nil {
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

// Accounts comes after what was handed in before it.
func (s *late) Accounts(ctx context.Context, f func(store.AccountTx) error) error {
	if s.waits.Load() {
		<-s.wrote
	}
	return s.Store.Accounts(ctx, f)
}

// TestHidingIsKnownThoughItIsStoredLate: who hides a Page and hangs up before it is stored
// has hidden it, for connected clients too, once it is.
func TestHidingIsKnownThoughItIsStoredLate(t *testing.T) {
	t.Parallel()
	slow := &late{release: make(chan struct{}), wrote: make(chan struct{})}
	w := withFlipped(t, withStore(func(s store.Store) store.Store {
		slow.Store = s
		return slow
	}))
	cat := w.tap(w.cat, stays)
	w.greet(cat, resume{flipped: w.position(w.cat, flipped)})
	ctx, hangUp := context.WithCancel(goingAway(t.Context()))
	hangUp()
	if _, err := w.hub.SetVisibility(ctx, w.ann.User, flipped, model.Private); !errors.Is(err, context.Canceled) {
		t.Fatalf("answered %v", err)
	}
	n := len(cat.all())
	eventually(t, "heads", patience, func() bool { return len(cat.all()) > n+1 })
	close(slow.release)
	eventually(t, "told that it is hidden", patience, func() bool {
		a := accesses(t, cat.all())
		return len(a) == 1 && !a[0].Sees
	})
}

// TestHidingIsKnownThoughWhoAskedWentAway: who hides a Page and hangs up while it is
// stored has hidden it, for connected clients too.
func TestHidingIsKnownThoughWhoAskedWentAway(t *testing.T) {
	t.Parallel()
	cut := &cutShort{}
	w := withFlipped(t, withStore(func(s store.Store) store.Store {
		cut.Store = s
		return cut
	}))
	cat := w.tap(w.cat, stays)
	w.greet(cat, resume{flipped: w.position(w.cat, flipped)})
	ctx, hangUp := context.WithTimeout(goingAway(t.Context()), 200*time.Millisecond)
	defer hangUp()
	if _, err := w.hub.SetVisibility(ctx, w.ann.User, flipped, model.Private); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("answered %v", err)
	}
	if w.do(w.cat, http.MethodGet, conversation(flipped, hanako), nil).status != http.StatusNotFound {
		t.Fatal("it is not hidden")
	}
	eventually(t, "told that it is hidden", patience, func() bool {
		a := accesses(t, cat.all())
		return len(a) == 1 && !a[0].Sees
	})
	w.customerWrites(flippedMeta, hanako, "m_after", "quince", time.Now())
	n := len(cat.all())
	eventually(t, "heads", patience, func() bool { return len(cat.all()) > n+1 })
	for _, f := range cat.all() {
		if f.kind == model.FrameBatch && strings.Contains(string(f.raw), "quince") {
			t.Errorf("sent %s", f.raw)
		}
	}
}

// TestPagesAreKnownBeforeTheHubRuns: clients come back at once when a hub starts, and
// may be quicker than it.
func TestPagesAreKnownBeforeTheHubRuns(t *testing.T) {
	t.Parallel()
	w := withFlipped(t)
	again := &world{TB: t, store: w.store, graph: w.graph, ann: w.ann, cat: w.cat}
	again.hub = hub.New(hub.Options{Store: w.store, Vault: testVault(), Graph: w.graph, AppID: ourApp, Timing: w.hub.Timing()})
	cat := again.tap(w.cat, stays)
	at := w.position(w.cat, flipped)
	if got := again.greet(cat, resume{flipped: at}).Pages[flipped]; got.Resume != model.ResumeOK {
		t.Errorf("welcomed to %+v", got)
	}
	again.run()
	again.must(again.hub.Receive(t.Context(), []model.PageEntry{{Page: flippedMeta, Events: []model.Inbound{{
		Key: "mid:m", Raw: []byte("{}"), Name: "message", Customer: hanako, At: time.Now(), Event: model.CustomerMessage{MID: "m", Text: "hi"},
	}}}}))
	eventually(t, "the change comes", patience, func() bool { return len(cat.of(model.FrameBatch)) > 0 })
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
	w := withFlipped(t, withStore(func(s store.Store) store.Store {
		rev.Store = s
		return rev
	}))
	ann, ben, cat := w.listen(w.ann), w.listen(w.ben), w.listen(w.cat)
	for _, l := range []*listener{ann, ben, cat} {
		l.hello(nil)
	}
	rev.set(func(r *revoker) { r.down = true })
	ann.beat()
	ann.beat()
	rev.set(func(r *revoker) { r.down = false })
	if !ann.open() || !cat.open() {
		t.Fatal("a store that can't be read for a moment ended sessions")
	}
	rev.set(func(r *revoker) { r.revoked[w.cat.ID], r.admin[w.ben.ID] = true, false })
	for name, l := range map[string]*listener{"a revoked token": cat, "another role": ben} {
		if err := l.closed(patience); !websocket.IsCloseError(err, websocket.ClosePolicyViolation) {
			t.Errorf("%s: ended with %v", name, err)
		}
	}
	ann.beat()
	if !ann.open() {
		t.Error("somebody else was cut off, too")
	}
}

// TestARevokedTokenEndsASlowReader: also who takes for ever to read a frame is gone in
// time, and is sent nothing more.
func TestARevokedTokenEndsASlowReader(t *testing.T) {
	t.Parallel()
	w := withFlipped(t, withTiming(rarely))
	var over atomic.Bool
	cat := w.tap(w.cat, func(context.Context) error {
		if over.Load() {
			return stream.ErrSessionOver
		}
		return nil
	})
	w.greet(cat, resume{flipped: w.position(w.cat, flipped)})
	free := cat.stick()
	defer free()
	w.customerWrites(flippedMeta, hanako, "m_stuck", "stuck", time.Now())
	eventually(t, "a batch is on its way", patience, func() bool { return len(cat.of(model.FrameBatch)) > 0 })
	w.customerWrites(flippedMeta, hanako, "m_waits", "waits", time.Now())
	over.Store(true)
	select {
	case err := <-cat.ended:
		if !errors.Is(err, stream.ErrSessionOver) {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(patience):
		t.Fatal("the session goes on")
	}
	if n := len(cat.of(model.FrameBatch)); n != 1 {
		t.Errorf("%d batches written", n)
	}
}

// TestASocketThatIsClosedHalfEndsItsSession: a client that says goodbye and reads no
// more keeps nothing waiting.
func TestASocketThatIsClosedHalfEndsItsSession(t *testing.T) {
	t.Parallel()
	w := withFlipped(t)
	stall, gone := make(chan struct{}), make(chan struct{})
	cat := w.listen(w.cat, func(c net.Conn) net.Conn { return stalled{c, stall, gone} })
	w.Cleanup(func() { close(gone) })
	cat.hello(resume{flipped: w.position(w.cat, flipped)})
	close(stall)
	w.customerWritesMuch(flippedMeta)
	if n := w.clients(); n != 1 {
		t.Fatalf("%d clients", n)
	}
	tcp := cat.conn.NetConn().(noting).Conn.(stalled).Conn.(*net.TCPConn)
	w.must(tcp.CloseWrite())
	eventually(t, "the session is over", patience, func() bool { return w.clients() == 0 })
}
