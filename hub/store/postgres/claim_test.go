package postgres_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"parley/hub/search"
	"parley/hub/store"
	"parley/hub/store/postgres"
	"parley/model"
)

func openAt(t *testing.T, url string, o postgres.Options) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), url, o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, postgres.ErrClosed) {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func write(t *testing.T, s *postgres.Store, f func(store.PageTx) error) {
	t.Helper()
	if err := s.Write(t.Context(), "1", f); err != nil {
		t.Fatalf("write: %v", err)
	}
}

func putPage(t *testing.T, s *postgres.Store) {
	t.Helper()
	write(t, s, func(tx store.PageTx) error {
		return tx.PutPage(&store.Page{Page: model.Page{ID: "1", PageID: "1"}})
	})
}

// execute runs a statement beside the store.
func execute(t *testing.T, url, query string, args ...any) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(t.Context())) }()
	if _, err := c.Exec(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

// TestOneOfTwoClaimsAReply: of two sessions that want to hand the same reply to Meta, one finds it
// queued, or it would be sent twice.
func TestOneOfTwoClaimsAReply(t *testing.T) {
	t.Parallel()
	url := emptyStore(t)
	stores := []*postgres.Store{openAt(t, url, postgres.Options{}), openAt(t, url, postgres.Options{})}
	putPage(t, stores[0])
	const replies = 20
	for range replies {
		reply := store.Reply{MessageID: "1_m", ConversationID: "1_c", UserID: "u", ClientID: "c", State: model.Queued}
		write(t, stores[0], func(tx store.PageTx) error { return tx.PutReply(reply) })
		var claimed atomic.Int64
		var both sync.WaitGroup
		for _, s := range stores {
			both.Go(func() {
				mine := false
				err := s.Write(t.Context(), "1", func(tx store.PageTx) error {
					r, err := tx.Reply(reply.MessageID)
					if mine = err == nil && r.State == model.Queued; mine {
						r.State = model.Posting
						err = tx.PutReply(r)
					}
					return err
				})
				if err != nil {
					t.Errorf("claim: %v", err)
				}
				if mine {
					claimed.Add(1)
				}
			})
		}
		both.Wait()
		if n := claimed.Load(); n != 1 {
			t.Fatalf("%d of two sessions claimed one reply", n)
		}
	}
}

// TestOneHubHoldsTheStore: a second is refused, and one whose store was taken over can't write.
func TestOneHubHoldsTheStore(t *testing.T) {
	t.Parallel()
	url := emptyStore(t)
	s := openAt(t, url, postgres.Options{Exclusive: true})
	putPage(t, s)
	if _, err := postgres.Open(t.Context(), url, postgres.Options{Exclusive: true}); !errors.Is(err, store.ErrLocked) {
		t.Fatalf("a second hub: %v", err)
	}
	openAt(t, url, postgres.Options{}) // a command beside the hub
	execute(t, url, `UPDATE holders SET holder = 'another', expires = now() + interval '1 hour'`)
	err := s.Write(t.Context(), "1", func(tx store.PageTx) error {
		return tx.PutReply(store.Reply{MessageID: "1_m", ConversationID: "1_c", State: model.Queued})
	})
	if !errors.Is(err, store.ErrUnavailable) || !errors.Is(s.Trouble(), store.ErrUnavailable) {
		t.Errorf("write after another hub took the store: %v, trouble %v", err, s.Trouble())
	}
	execute(t, url, `DELETE FROM holders`)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := openAt(t, url, postgres.Options{Exclusive: true})
	err = again.Read(t.Context(), func(r store.Reader) error {
		_, err := r.Reply("1_m")
		return err
	})
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("what was written without the store: %v", err)
	}
}

// TestALostConnectionUndoes: what was begun on it is not there, and the next write goes on another.
func TestALostConnectionUndoes(t *testing.T) {
	t.Parallel()
	url := emptyStore(t)
	s := openAt(t, url, postgres.Options{})
	putPage(t, s)
	err := s.Write(t.Context(), "1", func(tx store.PageTx) error {
		err := tx.PutReply(store.Reply{MessageID: "1_m", ConversationID: "1_c", ClientID: "c", State: model.Queued})
		execute(t, url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		return err
	})
	if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a lost connection: %v", err)
	}
	write(t, s, func(tx store.PageTx) error {
		if _, err := tx.Reply("1_m"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("what was undone: %v", err)
		}
		return tx.PutReply(store.Reply{MessageID: "1_m", ConversationID: "1_c", ClientID: "c", State: model.Queued})
	})
	if err := s.Trouble(); err != nil {
		t.Errorf("trouble after a write: %v", err)
	}
}

// TestOneOfManyFails: calls that share a commit succeed and fail by themselves.
func TestOneOfManyFails(t *testing.T) {
	t.Parallel()
	s := openAt(t, emptyStore(t), postgres.Options{})
	putPage(t, s)
	stop := errors.New("stop")
	var all sync.WaitGroup
	const calls = 60
	for i := range calls {
		all.Go(func() {
			err := s.Write(t.Context(), "1", func(tx store.PageTx) error {
				n := model.Notice{ID: string(rune('a' + i)), PageID: "1"}
				if err := tx.PutNotice(&n); err != nil {
					return err
				}
				switch i % 3 {
				case 1:
					return stop
				case 2: // refused when it goes out
					return errors.Join(tx.AddAudit(model.AuditEntry{ID: "same", Page: "1"}), tx.AddAudit(model.AuditEntry{ID: "same", Page: "1"}))
				}
				return nil
			})
			if want := map[int]error{1: stop, 2: store.ErrConflict}[i%3]; !errors.Is(err, want) || want == nil && err != nil {
				t.Errorf("call %d: %v", i, err)
			}
		})
	}
	all.Wait()
	err := s.Read(t.Context(), func(r store.Reader) error {
		rows, err := r.Events("1", 0, 2*calls)
		if len(rows) != 1+calls/3 {
			t.Errorf("%d rows", len(rows))
		}
		for i, row := range rows {
			if row.Seq != int64(i)+1 {
				t.Errorf("row %d is %d", i+1, row.Seq)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestLongTexts: a phrase is found in a text with more words than PostgreSQL keeps positions of, and
// one that is not in it is not.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	s := openAt(t, emptyStore(t), postgres.Options{})
	putPage(t, s)
	long := strings.Repeat("はい、", 300) + strings.Repeat("ok ", 300) + "blue sky 見積もり"
	write(t, s, func(tx store.PageTx) error {
		c := store.Conversation{Conversation: model.Conversation{ID: "1_c", PageID: "1", Status: model.Open}}
		m := store.Message{Message: model.Message{ID: "1_m", ConversationID: "1_c", Direction: model.In, Text: model.Untrusted(long)}}
		return errors.Join(tx.PutConversation(&c), tx.PutMessage(&m))
	})
	for query, want := range map[string]int{`"blue sky"`: 1, `"sky blue"`: 0, "見積もり": 1, "積見": 0, "はい": 1, "ok": 1, "none": 0} {
		var found []store.Found
		err := s.Read(t.Context(), func(r store.Reader) (err error) {
			found, _, err = r.SearchConversations(store.ConversationQuery{Pages: []store.PageScope{{ID: "1"}}, Filter: store.FilterAll, Limit: 9, Search: query})
			return err
		})
		if err != nil || len(found) != want {
			t.Errorf("%s: %d found, want %d (%v), matches %v", query, len(found), want, err, search.Matches(long, query))
		}
	}
}

// TestKeysHaveAnyCharacter: U+0000, which PostgreSQL's text has not, is kept in ids from outside.
func TestKeysHaveAnyCharacter(t *testing.T) {
	t.Parallel()
	s := openAt(t, emptyStore(t), postgres.Options{})
	putPage(t, s)
	e := store.RawEvent{Page: "1", Key: "mid:a\x00b\U0010FFFF0", Customer: "c\x00", Name: "n", Body: []byte("\x00\xff")}
	write(t, s, func(tx store.PageTx) error {
		_, err := tx.KeepRaw(e)
		return errors.Join(err, tx.AddPending(store.Pending{Page: "1", MID: "a\x00b", Customer: "c\x00", Event: model.Unsend{Target: "a\x00b"}}))
	})
	err := s.Read(t.Context(), func(r store.Reader) error {
		got, err := r.RawEvent("1", e.Key)
		if got.Key != e.Key || got.Customer != e.Customer || string(got.Body) != string(e.Body) {
			t.Errorf("raw event %q of %q", got.Key, got.Customer)
		}
		list, err2 := r.Pending("1", "a\x00b")
		if len(list) != 1 || list[0].Customer != "c\x00" {
			t.Errorf("pending: %d", len(list))
		}
		return errors.Join(err, err2)
	})
	if err != nil {
		t.Error(err)
	}
}
