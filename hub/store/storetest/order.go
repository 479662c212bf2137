package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"parley/hub/store"
	"parley/model"
)

const (
	writers      = 16
	writesByEach = 15
)

// testSeq: under concurrent writers seqs are contiguous from 1, and the log's order is that of
// the commits; polling the log misses nothing.
func testSeq(t *testing.T, s store.Store, pages int) {
	ids := make([]model.PageID, pages)
	for i := range ids {
		ids[i] = model.PageID(number("p", i))
		putPage(t, s, ids[i])
	}
	done := make(chan struct{})
	var pollers sync.WaitGroup
	polled := make([][]store.LogRow, pages)
	for i, page := range ids {
		pollers.Go(func() { polled[i] = poll(t, s, page, done) })
	}
	acked := make([]sync.Map, pages)
	var writing sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			for n := range writesByEach {
				i := (w + n) % pages
				c := newConversation(ids[i], model.PSID(fmt.Sprintf("%d-%d", w, n)), at(n))
				m := newMessage(c.ID, fmt.Sprintf("%d-%d", w, n), at(n))
				err := s.Write(t.Context(), ids[i], func(tx store.PageTx) error {
					return errors.Join(tx.PutMessage(&m), tx.PutConversation(&c))
				})
				if err != nil {
					t.Errorf("write: %v", err)
					return
				}
				if c.Seq != m.Seq+1 {
					t.Errorf("one transaction took seqs %d and %d", m.Seq, c.Seq)
				}
				acked[i].Store(m.Seq, string(m.ID))
				acked[i].Store(c.Seq, string(c.ID))
			}
		})
	}
	writing.Wait()
	close(done)
	pollers.Wait()
	for i, page := range ids {
		rows := value(t, s, func(r store.Reader) ([]store.LogRow, error) { return r.Events(page, 0, 1<<20) })
		same(t, "polled log", rows, polled[i])
		if int64(len(rows)) != head(t, s, page) {
			t.Errorf("%d rows, head %d", len(rows), head(t, s, page))
		}
		for k, row := range rows {
			if row.Seq != int64(k)+1 {
				t.Fatalf("row %d has seq %d", k, row.Seq)
			}
			if id, ok := acked[i].Load(row.Seq); row.Kind != store.KindPage && (!ok || id != row.ID) {
				t.Errorf("seq %d is of %s in the log, of %v to its writer", row.Seq, row.ID, id)
			}
		}
	}
}

// poll reads a log while it grows, a few rows at a time, until it is done.
func poll(t *testing.T, s store.Store, page model.PageID, done <-chan struct{}) []store.LogRow {
	var all []store.LogRow
	for {
		last := false
		select {
		case <-done:
			last = true
		default:
		}
		var rows []store.LogRow
		err := s.Read(t.Context(), func(r store.Reader) (err error) {
			rows, err = r.Events(page, int64(len(all)), 7)
			return err
		})
		if err != nil {
			t.Errorf("poll: %v", err)
			return all
		}
		for _, row := range rows {
			if row.Seq != int64(len(all))+1 {
				t.Errorf("polled seq %d after %d", row.Seq, len(all))
				return all
			}
			all = append(all, row)
		}
		if last && len(rows) == 0 {
			return all
		}
	}
}

// testRollback: an error leaves no trace, and is returned as it was.
func testRollback(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	putConversation(t, s, newConversation("1", "2", at(0)))
	before := head(t, s, "1")
	err := s.Write(t.Context(), "1", func(tx store.PageTx) error {
		c, m := newConversation("1", "3", at(1)), newMessage("1_3", "m", at(1))
		n := model.Notice{ID: "n", PageID: "1"}
		err := errors.Join(tx.PutConversation(&c), tx.PutMessage(&m), tx.PutNotice(&n),
			drop(tx.KeepRaw(store.RawEvent{Page: "1", Key: "k"})),
			tx.AddPending(store.Pending{Page: "1", MID: "x", Event: model.Unsend{}}),
			tx.PutReply(store.Reply{MessageID: "1_m", ConversationID: "1_3", ClientID: "c"}),
			tx.DeleteConversation("1_2", at(5)))
		if err != nil {
			t.Errorf("before the rollback: %v", err)
		}
		if h, err := tx.Head("1"); h != before+4 || err != nil {
			t.Errorf("head inside is %d (%v), want %d", h, err, before+4)
		}
		return errStop
	})
	if err != errStop { //nolint:errorlint // it must be that very error
		t.Errorf("got %v", err)
	}
	if h := head(t, s, "1"); h != before {
		t.Errorf("head %d after a rollback, want %d", h, before)
	}
	read(t, s, func(r store.Reader) error {
		for name, err := range map[string]error{
			"conversation": drop(r.Conversation("1_3")), "message": drop(r.Message("1_m")),
			"notice": drop(r.Notice("1", "n")), "raw": drop(r.RawEvent("1", "k")),
			"reply": drop(r.Reply("1_m")), "tombstone": drop(r.Tombstone("1_2")),
		} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s is there after a rollback: %v", name, err)
			}
		}
		if list, _ := r.Pending("1", "x"); len(list) > 0 {
			t.Error("pending is there after a rollback")
		}
		return drop(r.Conversation("1_2"))
	})
	if c := putConversation(t, s, newConversation("1", "4", at(2))); c.Seq != before+1 {
		t.Errorf("seq %d after a rollback, want %d", c.Seq, before+1)
	}
}

// testContext: a call whose context has ended is not run.
func testContext(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ran := false
	err := s.Write(ctx, "1", func(store.PageTx) error { ran = true; return nil })
	if !errors.Is(err, context.Canceled) || ran {
		t.Errorf("write: %v, ran %t", err, ran)
	}
	err = s.Read(ctx, func(store.Reader) error { ran = true; return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("read: %v", err)
	}
	if err := s.Read(t.Context(), func(store.Reader) error { return errStop }); err != errStop { //nolint:errorlint // it must be the very error
		t.Errorf("read answered %v", err)
	}
}

// testDedupe: of many deliveries of one event exactly one is the first.
func testDedupe(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	for round := range 5 {
		var firsts, conflicts int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				var first bool
				err := s.Write(t.Context(), "1", func(tx store.PageTx) (err error) {
					first, err = tx.KeepRaw(store.RawEvent{Page: "1", Key: number("k", round)})
					return err
				})
				again := s.Write(t.Context(), "1", func(tx store.PageTx) error {
					m := newMessage("1_2", fmt.Sprintf("%d-%d", round, w), at(0))
					m.MID = model.MID(number("m", round))
					return tx.PutMessage(&m)
				})
				mu.Lock()
				defer mu.Unlock()
				if err == nil && first {
					firsts++
				}
				if errors.Is(again, store.ErrConflict) {
					conflicts++
				}
			})
		}
		wg.Wait()
		if firsts != 1 || conflicts != writers-1 {
			t.Errorf("%d firsts, %d conflicts", firsts, conflicts)
		}
	}
	if h := head(t, s, "1"); h != 6 {
		t.Errorf("head %d, want 6", h)
	}
}

// testSnapshot: a read does not see what is committed while it runs.
func testSnapshot(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	putConversation(t, s, newConversation("1", "2", at(0)))
	query := store.ConversationQuery{Pages: []store.PageScope{{ID: "1"}}, Filter: store.FilterAll, Limit: 10}
	read(t, s, func(r store.Reader) error {
		list, _, err := r.Conversations(query)
		if err != nil {
			return err
		}
		written := make(chan error)
		go func() {
			written <- s.Write(context.Background(), "1", func(tx store.PageTx) error {
				c := newConversation("1", "3", at(1))
				return tx.PutConversation(&c)
			})
		}()
		if err := <-written; err != nil {
			return err
		}
		h, err := r.Head("1")
		again, _, err2 := r.Conversations(query)
		if h != 2 || len(list) != 1 || len(again) != 1 {
			t.Errorf("head %d, %d conversations, then %d", h, len(list), len(again))
		}
		return errors.Join(err, err2)
	})
	if h := head(t, s, "1"); h != 3 {
		t.Errorf("head %d afterwards", h)
	}
}

// testSnapshotUnderLoad: within one read, a list, its counts and the head agree.
func testSnapshotUnderLoad(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				err := s.Write(context.Background(), "1", func(tx store.PageTx) error {
					c := newConversation("1", model.PSID(fmt.Sprintf("%d-%d", w, n%15)), at(n))
					return tx.PutConversation(&c)
				})
				if err != nil {
					t.Errorf("write: %v", err)
					return
				}
			}
		})
	}
	scope := []store.PageScope{{ID: "1"}}
	for range 20 {
		read(t, s, func(r store.Reader) error {
			list, _, err := r.Conversations(store.ConversationQuery{Pages: scope, Filter: store.FilterBlocked, Now: at(0), Limit: 1000})
			counts, err2 := r.CountConversations(store.CountQuery{Pages: scope, Now: at(0)})
			h, err3 := r.Head("1")
			newest := int64(1)
			for _, c := range list {
				newest = max(newest, c.Seq)
			}
			if newest != h || counts.Blocked != len(list) || counts.All != len(list) {
				t.Errorf("newest seq %d, head %d, %d listed, counts %+v", newest, h, len(list), counts)
			}
			if !slices.IsSortedFunc(list, newestFirst) {
				t.Error("list is not in order")
			}
			return errors.Join(err, err2, err3)
		})
	}
	close(stop)
	wg.Wait()
}
