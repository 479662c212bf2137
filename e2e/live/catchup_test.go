package live

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"parley/client/stream"
	"parley/e2e/driver"
	"parley/e2e/livehub"
	"parley/hub"
	"parley/hub/store"
	"parley/model"
	"parley/model/inbox"
)

// sql runs statements on the store's file, beside the hub.
func runSQL(h *livehub.Hub, statements string, arguments ...any) {
	h.Helper()
	if livehub.InDatabase() {
		h.Skip("it changes the store's file behind the hub's back")
	}
	db, err := sql.Open("sqlite", "file:"+h.File()+"?_pragma=busy_timeout(10000)&_txlock=immediate")
	h.Must(err)
	defer func() { h.Must(db.Close()) }()
	tx, err := db.BeginTx(h.Context(), nil)
	h.Must(err)
	_, err = tx.ExecContext(h.Context(), statements, arguments...)
	h.Must(errors.Join(err, tx.Commit()))
}

// ages adds changes of one conversation to its Page's log, behind the hub's back.
func ages(h *livehub.Hub, id model.ConversationID, changes int) {
	h.Helper()
	runSQL(h, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
		INSERT INTO events (key, kind, object, at, stamp)
		SELECT (SELECT key << 35 FROM search_pages WHERE page_id = ?2) + (SELECT seq FROM pages WHERE page_id = ?2) + i, 'conversation', '=' || ?3, ?4, '' FROM n;
		UPDATE pages SET seq = seq + ?1 WHERE page_id = ?2;
		UPDATE conversations SET seq = (SELECT seq FROM pages WHERE page_id = ?2) WHERE page_id = ?2 AND id = ?3`,
		changes, string(id.Page()), string(id), time.Now().UnixMicro())
}

// multiplies makes many conversations of one, each older than the one before, behind
// the hub's back.
func multiplies(h *livehub.Hub, id model.ConversationID, conversations int) {
	h.Helper()
	runSQL(h, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1),
		made AS (SELECT i, c.*, ?2 || '_' || (100000 + i) AS new_id, c.updated_at / 1000 * 1000 - i * 1000 AS new_at,
			(SELECT seq FROM pages WHERE page_id = ?2) + i AS new_seq
			FROM n, conversations c WHERE c.page_id = ?2 AND c.id = ?3)
		INSERT INTO conversations (page_id, id, seq, status, updated_at, assignee, awake_at, free_from, free_until, unread, nameless, profile_at, doc)
		SELECT page_id, new_id, new_seq, status, new_at, assignee, awake_at, free_from, free_until, unread, 0, profile_at, doc FROM made;
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
		INSERT INTO events (key, kind, object, at, stamp)
		SELECT (SELECT key << 35 FROM search_pages WHERE page_id = ?2) + (SELECT seq FROM pages WHERE page_id = ?2) + i, 'conversation', 100000 + i, ?4, '' FROM n;
		UPDATE pages SET seq = seq + ?1 WHERE page_id = ?2`,
		conversations, string(id.Page()), string(id), time.Now().UnixMicro())
}

// liveFollower is a client of a liveHub behind a proxy.
type liveFollower struct {
	*livehub.Hub
	proxy *livehub.Proxy
	state *livehub.State
	ended chan error
	stop  func()
}

// follower starts a client that has read everything.
func follower(h *livehub.Hub, who livehub.User) *liveFollower {
	h.Helper()
	f := &liveFollower{Hub: h, proxy: livehub.NewProxy(h.TB, h.Address), state: livehub.NewState(), ended: make(chan error, 1)}
	s := stream.NewFollower(h.Client(f.proxy.Address(), who), livehub.Timing())
	ctx, cancel := context.WithCancel(context.WithoutCancel(h.Context()))
	var running sync.WaitGroup
	running.Go(func() { f.ended <- s.Run(ctx) })
	running.Go(func() {
		for us := range s.Updates() {
			f.state.Apply(us)
		}
	})
	f.stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
	})
	h.Cleanup(f.stop)
	return f
}

func (f *liveFollower) reads() {
	f.Helper()
	livehub.EventuallyLive(f.TB, "the client has read all", 4*driver.Patience, func() bool {
		f.state.Mu.Lock()
		defer f.state.Mu.Unlock()
		all := len(f.state.Streams) == 2
		for _, p := range f.state.Streams {
			all = all && p.Complete
		}
		return all
	})
}

// same expects the client to hold what a new one does.
func (f *liveFollower) same() {
	f.Helper()
	fresh := follower(f.Hub, f.Cat)
	fresh.reads()
	livehub.EventuallyLive(f.TB, "both are where the hub is", 4*driver.Patience, func() bool {
		p, err := logHead(f.Hub)
		f.Must(err)
		return f.state.Positions()["100"].Seq == p && maps.Equal(f.state.Positions(), fresh.state.Positions())
	})
	want, got := fresh.state.View(), f.state.View()
	if !reflect.DeepEqual(got, want) {
		d := got.Diff(want)
		f.Errorf("the client holds something else than a new one:\n%s", d[:min(len(d), 4000)])
	}
	f.state.Clean(f.TB)
	fresh.state.Clean(f.TB)
	f.state.SameInbox(f.TB, fresh.state, livehub.LiveWatched...)
	fresh.stop()
}

func logHead(h *livehub.Hub) (head int64, err error) {
	err = h.Store.Read(h.Context(), func(r store.Reader) error {
		head, err = r.Head("100")
		return err
	})
	return head, err
}

const liveCustomers = 40

// flows has customers write so many messages.
func flows(h *livehub.Hub, prefix string, messages int) {
	h.Helper()
	for n := 0; n < messages; n += 100 {
		var events []model.Inbound
		for i := n; i < min(n+100, messages); i++ {
			mid := fmt.Sprintf("m_%s_%d", prefix, i)
			events = append(events, livehub.Message(model.PSID(fmt.Sprint(7000+i%liveCustomers)), mid, "says "+mid))
		}
		h.Writes(livehub.Page, events...)
	}
}

// TestCutOffForAThousandEventsIsResumed: without reading a list.
func TestCutOffForAThousandEventsIsResumed(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	flows(h, "before", liveCustomers)
	h.Settled()
	f := follower(h, h.Cat)
	f.reads()
	_, reloads, _, _ := f.state.Counters()
	f.proxy.Cuts()
	flows(h, "meanwhile", 1000)
	lists := h.Lists.Load()
	f.proxy.Heals()
	livehub.EventuallyLive(t, "caught up", 4*driver.Patience, func() bool {
		head, err := logHead(h)
		h.Must(err)
		return f.state.Positions()["100"].Seq == head
	})
	if n := h.Lists.Load() - lists; n != 0 {
		t.Errorf("%d lists were read", n)
	}
	if _, now, _, _ := f.state.Counters(); now != reloads {
		t.Error("read anew")
	}
	f.same()
}

// TestCutOffForTenThousandEventsIsReadAnew: the lists, and what comes after them.
func TestCutOffForTenThousandEventsIsReadAnew(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	flows(h, "before", liveCustomers)
	h.Settled()
	f := follower(h, h.Cat)
	f.reads()
	_, reloads, _, _ := f.state.Counters()
	f.proxy.Cuts()
	ages(h, "100_7003", 10000)
	flows(h, "meanwhile", 100)
	lists := h.Lists.Load()
	f.proxy.Heals()
	flows(h, "then", 100)
	f.same()
	if n := h.Lists.Load() - lists; n < 1 {
		t.Error("no list was read")
	}
	if _, now, _, _ := f.state.Counters(); now != reloads+1 {
		t.Errorf("read anew %d times", now-reloads)
	}
}

// TestManyConversationsAreReadWhileTheyMove: the end is that of a client that came
// later.
func TestManyConversationsAreReadWhileTheyMove(t *testing.T) {
	t.Parallel()
	many := 40000
	if livehub.RaceEnabled || testing.Short() {
		many = 2500 // three lists
	}
	h := livehub.New(t)
	flows(h, "before", 1)
	h.Settled()
	multiplies(h, "100_7000", many)
	f := follower(h, h.Cat)
	ctx, cancel := context.WithCancel(t.Context())
	var moving sync.WaitGroup
	moving.Go(func() {
		random := rand.New(rand.NewPCG(1, 1))
		tick := time.NewTicker(5 * time.Millisecond) // or a busy machine does nothing else
		defer tick.Stop()
		for i := 0; ctx.Err() == nil; i++ {
			<-tick.C
			var events []model.Inbound
			for n := range 5 {
				mid := fmt.Sprintf("m_moves_%d_%d", i, n)
				events = append(events, livehub.Message(model.PSID(fmt.Sprint(100001+random.IntN(many))), mid, "says "+mid))
			}
			h.Writes(livehub.Page, events...)
		}
	})
	defer moving.Wait()
	defer cancel()
	began := time.Now()
	f.reads()
	t.Logf("%d conversations were read within %s", many, time.Since(began).Round(time.Millisecond))
	livehub.EventuallyLive(t, "something moved", driver.Patience, func() bool {
		changes, _, _, _ := f.state.Counters()
		return changes > 0
	})
	cancel()
	moving.Wait()
	changes, _, hands, _ := f.state.Counters()
	t.Logf("%d batches meanwhile, in %d hand-overs", changes, hands)
	if n := len(f.state.View().Conversations); n != many+1 {
		t.Errorf("%d conversations are held", n)
	}
	f.same()
}

// BenchmarkReadHundredThousandConversations is a first start, in the background of which
// customers write.
func BenchmarkReadHundredThousandConversations(b *testing.B) {
	h := livehub.New(b)
	flows(h, "before", 1)
	h.Settled()
	multiplies(h, "100_7000", 100000)
	i := 0
	for b.Loop() {
		f := follower(h, h.Cat)
		ctx, cancel := context.WithCancel(b.Context())
		var moving sync.WaitGroup
		moving.Go(func() {
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for ; ctx.Err() == nil; <-tick.C {
				i++
				h.Writes(livehub.Page, livehub.Message(model.PSID(fmt.Sprint(100001+i*37%100000)), fmt.Sprintf("m_moves_%d", i), "moves"))
			}
		})
		f.reads()
		cancel()
		moving.Wait()
		f.stop()
		f.state.Clean(b)
	}
}

// TestARevokedTokenEndsTheSync: within five seconds, unless the machine is busy with
// other things.
func TestARevokedTokenEndsTheSync(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	f := follower(h, h.Cat)
	f.reads()
	runSQL(h, `DELETE FROM tokens WHERE user_id = ?`, string(h.Cat.ID))
	revoked := time.Now()
	select {
	case err := <-f.ended:
		if !errors.Is(err, stream.ErrSignedOut) {
			t.Errorf("ended with %v", err)
		}
		t.Logf("ended within %s", time.Since(revoked).Round(time.Millisecond))
	case <-time.After(driver.Patience):
		t.Error("goes on")
	}
}

// TestAnotherRoleBeginsANewSession: the socket is closed, and the user is back with the
// new role.
func TestAnotherRoleBeginsANewSession(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	f := follower(h, h.Cat)
	f.reads()
	before := f.state.Welcomes()
	runSQL(h, `UPDATE users SET doc = json_set(doc, '$.admin', json('true')) WHERE id = ?`, string(h.Cat.ID))
	livehub.EventuallyLive(t, "welcomed again", driver.Patience, func() bool { return f.state.Welcomes() > before && f.state.Admin() })
	flows(h, "then", 1)
	h.Settled()
	f.same()
}

// TestTailTellsChangesAlone: from a seq on, or from now.
func TestTailTellsChangesAlone(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	flows(h, "before", 10)
	h.Settled()
	head, err := logHead(h)
	h.Must(err)
	for name, c := range map[string]struct {
		from map[model.PageID]int64
		want int64
	}{
		"now":      {nil, head},
		"at a seq": {map[model.PageID]int64{"100": 4}, 4},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		s := stream.NewTail(h.Client(h.Address, h.Cat), livehub.Timing(), c.from)
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		var batches []model.Batch
		wrote := false
		timeout := time.After(driver.Patience)
		for end := int64(-1); end < 0 || len(batches) == 0 || batches[len(batches)-1].To < end; {
			select {
			case us := <-s.Updates():
				for _, u := range us {
					switch u := u.(type) {
					case inbox.Changed:
						if u.Batch.Page == "100" {
							batches = append(batches, u.Batch)
						}
					case inbox.Listed:
						if !wrote && u.Page == "100" {
							wrote = true
							flows(h, name, 1)
							end, err = logHead(h)
							h.Must(err)
						}
						if len(u.Conversations) > 0 {
							t.Errorf("%s: told of conversations", name)
						}
					}
				}
			case <-timeout:
				t.Fatalf("%s: only %v", name, batches)
			}
		}
		cancel()
		for range s.Updates() { // to its end
		}
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: ended with %v", name, err)
		}
		if from := batches[0].From; c.from != nil && from != c.want || from < c.want {
			t.Errorf("%s: the first batch is from %d, want %d", name, from, c.want)
		}
		for i := 1; i < len(batches); i++ {
			if batches[i].From != batches[i-1].To {
				t.Errorf("%s: a batch from %d after %d", name, batches[i].From, batches[i-1].To)
			}
		}
	}
}

// TestManyClientsComeBackAfterARestart: at once, and none of them reads a list.
func TestManyClientsComeBackAfterARestart(t *testing.T) {
	t.Parallel()
	h := livehub.New(t, func(h *hub.Timing) { h.Heads = time.Second })
	flows(h, "before", liveCustomers)
	h.Settled()
	var all []*liveFollower
	clients := 40
	if livehub.RaceEnabled {
		clients = 15
	}
	for range clients {
		all = append(all, follower(h, h.Cat))
	}
	for _, f := range all {
		f.reads()
	}
	lists := h.Lists.Load()
	h.Stop()
	h.Start()
	flows(h, "after", 20)
	h.Settled()
	head, err := logHead(h)
	h.Must(err)
	for _, f := range all {
		livehub.EventuallyLive(t, "caught up", 4*driver.Patience, func() bool { return f.state.Positions()["100"].Seq == head })
		f.state.Clean(t)
	}
	if n := h.Lists.Load() - lists; n != 0 {
		t.Errorf("%d lists were read", n)
	}
}
