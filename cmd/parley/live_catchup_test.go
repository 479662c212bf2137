package main

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
	"parley/hub"
	"parley/hub/store"
	"parley/model"
	"parley/model/inbox"
)

// sql runs statements on the store's file, beside the hub.
func (h *liveHub) sql(statements string, arguments ...any) {
	h.Helper()
	db, err := sql.Open("sqlite", "file:"+h.file()+"?_pragma=busy_timeout(10000)&_txlock=immediate")
	h.must(err)
	defer func() { h.must(db.Close()) }()
	tx, err := db.BeginTx(h.Context(), nil)
	h.must(err)
	_, err = tx.ExecContext(h.Context(), statements, arguments...)
	h.must(errors.Join(err, tx.Commit()))
}

// ages adds changes of one conversation to its Page's log, behind the hub's back.
func (h *liveHub) ages(id model.ConversationID, changes int) {
	h.Helper()
	h.sql(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
		INSERT INTO events (page_id, seq, kind, object_id, at)
		SELECT ?2, (SELECT seq FROM pages WHERE page_id = ?2) + i, 'conversation', ?3, ?4 FROM n;
		UPDATE pages SET seq = seq + ?1 WHERE page_id = ?2;
		UPDATE conversations SET doc = json_set(doc, '$.seq', (SELECT seq FROM pages WHERE page_id = ?2)) WHERE page_id = ?2 AND id = ?3`,
		changes, string(id.Page()), string(id), time.Now().UnixMicro())
}

// multiplies makes many conversations of one, each older than the one before, behind
// the hub's back.
func (h *liveHub) multiplies(id model.ConversationID, conversations int) {
	h.Helper()
	h.sql(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1),
		made AS (SELECT i, c.*, ?2 || '_' || (100000 + i) AS new_id, c.updated_at / 1000 * 1000 - i * 1000 AS new_at,
			(SELECT seq FROM pages WHERE page_id = ?2) + i AS new_seq
			FROM n, conversations c WHERE c.page_id = ?2 AND c.id = ?3)
		INSERT INTO conversations (page_id, id, status, updated_at, assignee, awake_at, free_from, free_until, unread, nameless, profile_at, doc)
		SELECT page_id, new_id, status, new_at, assignee, awake_at, free_from, free_until, unread, 0, profile_at,
			json_set(doc, '$.id', new_id, '$.seq', new_seq, '$.customer.psid', '' || (100000 + i), '$.customer.name', 'Customer ' || i,
				'$.updated_at', strftime('%Y-%m-%dT%H:%M:%fZ', new_at / 1000000.0, 'unixepoch'))
		FROM made;
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
		INSERT INTO events (page_id, seq, kind, object_id, at)
		SELECT ?2, (SELECT seq FROM pages WHERE page_id = ?2) + i, 'conversation', ?2 || '_' || (100000 + i), ?4 FROM n;
		UPDATE pages SET seq = seq + ?1 WHERE page_id = ?2`,
		conversations, string(id.Page()), string(id), time.Now().UnixMicro())
}

// liveFollower is a client of a liveHub behind a proxy.
type liveFollower struct {
	*liveHub
	proxy *liveProxy
	state *liveState
	ended chan error
	stop  func()
}

// follower starts a client that has read everything.
func (h *liveHub) follower(who liveUser) *liveFollower {
	h.Helper()
	f := &liveFollower{liveHub: h, proxy: newLiveProxy(h.TB, h.address), state: newLiveState(), ended: make(chan error, 1)}
	s := stream.NewFollower(h.client(f.proxy.address(), who), liveTiming())
	ctx, cancel := context.WithCancel(context.WithoutCancel(h.Context()))
	var running sync.WaitGroup
	running.Go(func() { f.ended <- s.Run(ctx) })
	running.Go(func() {
		for us := range s.Updates() {
			f.state.take(us)
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
	eventuallyLive(f.TB, "the client has read all", 4*patience, func() bool {
		f.state.mu.Lock()
		defer f.state.mu.Unlock()
		all := len(f.state.streams) == 2
		for _, p := range f.state.streams {
			all = all && p.complete
		}
		return all
	})
}

// same expects the client to hold what a new one does.
func (f *liveFollower) same() {
	f.Helper()
	fresh := f.follower(f.cat)
	fresh.reads()
	eventuallyLive(f.TB, "both are where the hub is", 4*patience, func() bool {
		p, err := f.head()
		f.must(err)
		return f.state.positions()["100"].Seq == p && maps.Equal(f.state.positions(), fresh.state.positions())
	})
	want, got := fresh.state.view(), f.state.view()
	if !reflect.DeepEqual(got, want) {
		d := got.diff(want)
		f.Errorf("the client holds something else than a new one:\n%s", d[:min(len(d), 4000)])
	}
	f.state.clean(f.TB)
	fresh.state.clean(f.TB)
	f.state.sameInbox(f.TB, fresh.state, liveWatched...)
	fresh.stop()
}

func (h *liveHub) head() (head int64, err error) {
	err = h.store.Read(h.Context(), func(r store.Reader) error {
		head, err = r.Head("100")
		return err
	})
	return head, err
}

// settled waits until all customers have names.
func (h *liveHub) settled() {
	h.Helper()
	eventuallyLive(h.TB, "customers have names", patience, func() bool {
		var nameless []store.Conversation
		h.must(h.store.Read(h.Context(), func(r store.Reader) (err error) {
			nameless, err = r.Nameless(time.Now().Add(-time.Hour), 1)
			return err
		}))
		return len(nameless) == 0
	})
}

const liveCustomers = 40

// flows has customers write so many messages.
func (h *liveHub) flows(prefix string, messages int) {
	h.Helper()
	for n := 0; n < messages; n += 100 {
		var events []model.Inbound
		for i := n; i < min(n+100, messages); i++ {
			mid := fmt.Sprintf("m_%s_%d", prefix, i)
			events = append(events, liveMessage(model.PSID(fmt.Sprint(7000+i%liveCustomers)), mid, "says "+mid))
		}
		h.writes(livePage, events...)
	}
}

// TestCutOffForAThousandEventsIsResumed: without reading a list.
func TestCutOffForAThousandEventsIsResumed(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	h.flows("before", liveCustomers)
	h.settled()
	f := h.follower(h.cat)
	f.reads()
	_, reloads, _, _ := f.state.counters()
	f.proxy.cuts()
	h.flows("meanwhile", 1000)
	lists := h.lists.Load()
	f.proxy.heals()
	eventuallyLive(t, "caught up", 4*patience, func() bool {
		head, err := h.head()
		h.must(err)
		return f.state.positions()["100"].Seq == head
	})
	if n := h.lists.Load() - lists; n != 0 {
		t.Errorf("%d lists were read", n)
	}
	if _, now, _, _ := f.state.counters(); now != reloads {
		t.Error("read anew")
	}
	f.same()
}

// TestCutOffForTenThousandEventsIsReadAnew: the lists, and what comes after them.
func TestCutOffForTenThousandEventsIsReadAnew(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	h.flows("before", liveCustomers)
	h.settled()
	f := h.follower(h.cat)
	f.reads()
	_, reloads, _, _ := f.state.counters()
	f.proxy.cuts()
	h.ages("100_7003", 10000)
	h.flows("meanwhile", 100)
	lists := h.lists.Load()
	f.proxy.heals()
	h.flows("then", 100)
	f.same()
	if n := h.lists.Load() - lists; n < 1 {
		t.Error("no list was read")
	}
	if _, now, _, _ := f.state.counters(); now != reloads+1 {
		t.Errorf("read anew %d times", now-reloads)
	}
}

// TestManyConversationsAreReadWhileTheyMove: the end is that of a client that came
// later.
func TestManyConversationsAreReadWhileTheyMove(t *testing.T) {
	t.Parallel()
	many := 40000
	if raceEnabled || testing.Short() {
		many = 2500 // three lists
	}
	h := newLiveHub(t)
	h.flows("before", 1)
	h.settled()
	h.multiplies("100_7000", many)
	f := h.follower(h.cat)
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
				events = append(events, liveMessage(model.PSID(fmt.Sprint(100001+random.IntN(many))), mid, "says "+mid))
			}
			h.writes(livePage, events...)
		}
	})
	defer moving.Wait()
	defer cancel()
	began := time.Now()
	f.reads()
	t.Logf("%d conversations were read within %s", many, time.Since(began).Round(time.Millisecond))
	eventuallyLive(t, "something moved", patience, func() bool {
		changes, _, _, _ := f.state.counters()
		return changes > 0
	})
	cancel()
	moving.Wait()
	changes, _, hands, _ := f.state.counters()
	t.Logf("%d batches meanwhile, in %d hand-overs", changes, hands)
	if n := len(f.state.view().Conversations); n != many+1 {
		t.Errorf("%d conversations are held", n)
	}
	f.same()
}

// BenchmarkReadHundredThousandConversations is a first start, in the background of which
// customers write.
func BenchmarkReadHundredThousandConversations(b *testing.B) {
	h := newLiveHub(b)
	h.flows("before", 1)
	h.settled()
	h.multiplies("100_7000", 100000)
	i := 0
	for b.Loop() {
		f := h.follower(h.cat)
		ctx, cancel := context.WithCancel(b.Context())
		var moving sync.WaitGroup
		moving.Go(func() {
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for ; ctx.Err() == nil; <-tick.C {
				i++
				h.writes(livePage, liveMessage(model.PSID(fmt.Sprint(100001+i*37%100000)), fmt.Sprintf("m_moves_%d", i), "moves"))
			}
		})
		f.reads()
		cancel()
		moving.Wait()
		f.stop()
		f.state.clean(b)
	}
}

// TestARevokedTokenEndsTheSync: within five seconds, unless the machine is busy with
// other things.
func TestARevokedTokenEndsTheSync(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	f := h.follower(h.cat)
	f.reads()
	h.sql(`DELETE FROM tokens WHERE user_id = ?`, string(h.cat.ID))
	revoked := time.Now()
	select {
	case err := <-f.ended:
		if !errors.Is(err, stream.ErrSignedOut) {
			t.Errorf("ended with %v", err)
		}
		t.Logf("ended within %s", time.Since(revoked).Round(time.Millisecond))
	case <-time.After(patience):
		t.Error("goes on")
	}
}

// TestAnotherRoleBeginsANewSession: the socket is closed, and the user is back with the
// new role.
func TestAnotherRoleBeginsANewSession(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	f := h.follower(h.cat)
	f.reads()
	before := f.state.welcomes()
	h.sql(`UPDATE users SET doc = json_set(doc, '$.admin', json('true')) WHERE id = ?`, string(h.cat.ID))
	eventuallyLive(t, "welcomed again", patience, func() bool { return f.state.welcomes() > before && f.state.admin() })
	h.flows("then", 1)
	h.settled()
	f.same()
}

// TestTailTellsChangesAlone: from a seq on, or from now.
func TestTailTellsChangesAlone(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	h.flows("before", 10)
	h.settled()
	head, err := h.head()
	h.must(err)
	for name, c := range map[string]struct {
		from map[model.PageID]int64
		want int64
	}{
		"now":      {nil, head},
		"at a seq": {map[model.PageID]int64{"100": 4}, 4},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		s := stream.NewTail(h.client(h.address, h.cat), liveTiming(), c.from)
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		var batches []model.Batch
		wrote := false
		timeout := time.After(patience)
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
							h.flows(name, 1)
							end, err = h.head()
							h.must(err)
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
	h := newLiveHub(t, func(h *hub.Timing) { h.Heads = time.Second })
	h.flows("before", liveCustomers)
	h.settled()
	var all []*liveFollower
	clients := 40
	if raceEnabled {
		clients = 15
	}
	for range clients {
		all = append(all, h.follower(h.cat))
	}
	for _, f := range all {
		f.reads()
	}
	lists := h.lists.Load()
	h.stop()
	h.start()
	h.flows("after", 20)
	h.settled()
	head, err := h.head()
	h.must(err)
	for _, f := range all {
		eventuallyLive(t, "caught up", 4*patience, func() bool { return f.state.positions()["100"].Seq == head })
		f.state.clean(t)
	}
	if n := h.lists.Load() - lists; n != 0 {
		t.Errorf("%d lists were read", n)
	}
}
