package outbox_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/hub/store"
	"parley/model"
)

// otherStore is a store that was put back, as far as it says, and that may be gone.
type otherStore struct {
	store.Store
	mu   sync.Mutex
	life store.Incarnation
	gone error
}

func (s *otherStore) now() store.Incarnation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.life
}

func (s *otherStore) Read(ctx context.Context, f func(store.Reader) error) error {
	return s.Store.Read(ctx, func(r store.Reader) error { return f(otherReader{r, s}) })
}

func (s *otherStore) Accounts(ctx context.Context, f func(store.AccountTx) error) error {
	return s.Store.Accounts(ctx, func(tx store.AccountTx) error { return f(otherTx{tx, s}) })
}

func (s *otherStore) Trouble() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gone
}

type otherReader struct {
	store.Reader
	s *otherStore
}

func (r otherReader) Incarnation() (store.Incarnation, error) { return r.s.now(), nil }

type otherTx struct {
	store.AccountTx
	s *otherStore
}

func (t otherTx) SettleIncarnation() error {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.s.life.Settled = true
	return nil
}

// putBack has the hub start on a store that was put back a moment ago.
func putBack(w *hubtest.World, why store.Difference) *otherStore {
	w.Stop()
	s, ok := w.Store.(*otherStore)
	if !ok {
		s = &otherStore{Store: w.Store}
		w.Store = s
	}
	s.life = store.Incarnation{ID: "life-" + string(why) + hubtest.Now().String(), Why: why, At: hubtest.Now().UTC(), Was: 335, Is: 41}
	w.Start()
	return s
}

// TestNothingLeavesAStoreThatWasPutBack: what it holds as on its way may have left before.
func TestNothingLeavesAStoreThatWasPutBack(t *testing.T) {
	for _, why := range []store.Difference{store.Older, store.Diverged, store.Copied, store.Unmarked, store.Mixed, store.Other} {
		t.Run(string(why), func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.Connect(w.Ann, model.Shared)
				w.CustomerWrites(hanako)
				w.CustomerWrites(ken)
				w.CustomerWrites("psid_yuki")
				w.Graph.ByDefault = hubtest.WritesNothing()
				first := w.Reply(hanako, "first")
				second := w.Reply(hanako, "second") // waits for the first
				third := w.Reply(ken, "third")
				w.Settle()
				w.Stop()
				sent := len(w.Graph.Sent())
				w.Graph.ByDefault = hubtest.Accepts()
				for _, id := range []model.MessageID{first, second, third} {
					w.WantState(id, model.Queued)
				}
				notices := len(w.Notices())
				s := putBack(w, why)
				w.Settle()
				w.Pass(3 * time.Minute)
				w.WantSent(sent)
				for _, id := range []model.MessageID{first, second, third} {
					w.WantError(id, model.Ask, model.StorePutBack)
				}
				if got := w.Notices(); len(got) != notices+1 || got[0].Kind != model.NoticeStorePutBack {
					t.Errorf("notices: %+v", got)
				}
				if !s.now().Settled {
					t.Error("it is not settled")
				}
				// What is written from now on leaves, and so does what its writer sends again.
				w.Reply("psid_yuki", "new")
				w.Settle()
				if _, err := w.Hub.Retry(w.Ctx, w.Ann, first, model.NewConversationID(page, hanako), w.Message(first).Attempt, nil); err != nil {
					t.Fatal(err)
				}
				w.Settle()
				if got := w.Graph.Texts()[sent:]; !slices.Equal(got, []string{"new", "first"}) {
					t.Errorf("sent %q", got)
				}
				// Once is enough: another start asks nobody.
				w.Graph.ByDefault = hubtest.WritesNothing()
				fourth := w.Reply(ken, "fourth")
				w.Settle()
				w.Restart()
				w.Settle()
				w.WantState(fourth, model.Queued)
				if got := w.Notices(); len(got) != notices+1 {
					t.Errorf("%d notices after another start", len(got))
				}
			})
		})
	}
}

// A Page that is uninstalled has nobody to tell, and keeps no hub from starting.
func TestAnUninstalledPageInAStoreThatWasPutBack(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Connect(w.Ann, model.Shared)
		w.CustomerWrites(hanako)
		w.Graph.ByDefault = hubtest.WritesNothing()
		id := w.Reply(hanako, "hello")
		w.Settle()
		w.ChangePage(func(p *store.Page) { at := hubtest.Now(); p.UninstalledAt = &at })
		s := putBack(w, store.Copied)
		w.Settle()
		w.WantError(id, model.Ask, model.StorePutBack)
		if !s.now().Settled || len(w.Notices()) != 0 {
			t.Errorf("settled %t, notices %+v", s.now().Settled, w.Notices())
		}
	})
}

// A reply that was being posted when the copy was made asks as well; its answer or echo,
// if it still comes, settles it.
func TestWhatWasBeingPostedWhenTheCopyWasMade(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Connect(w.Ann, model.Shared)
		w.CustomerWrites(hanako)
		id := w.Reply(hanako, "hello")
		w.Settle()
		o := w.Graph.Last()
		w.WantState(id, model.Sent)
		w.Must(w.Store.Write(w.Ctx, page, func(tx store.PageTx) error {
			m, err := tx.Message(id)
			if err != nil {
				return err
			}
			r, err := tx.Reply(id)
			m.State, r.State, m.MID = model.Posting, model.Posting, ""
			r.WakeAt = hubtest.Now().Add(time.Hour)
			return errors.Join(err, tx.PutMessage(&m), tx.PutReply(r))
		}))
		putBack(w, store.Older)
		w.Settle()
		w.WantError(id, model.Ask, model.StorePutBack)
		w.WantSent(1)
		w.Receive(hubtest.EchoOf(o, "m_late"))
		w.Settle()
		w.WantState(id, model.Sent)
	})
}

// It is said for a week, and that the files are gone as long as they are.
func TestAStoreThatWasPutBackIsSaid(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Connect(w.Ann, model.Shared)
		checks := func() map[string]model.CheckState {
			list, err := w.Hub.Doctor(w.Ctx, w.Ann, page)
			w.Must(err)
			out := map[string]model.CheckState{}
			for _, c := range list {
				out[c.ID] = c.State
			}
			return out
		}
		if r := w.Hub.Ready(w.Ctx); r.StorePutBack != nil || checks()["history"] != model.CheckOK {
			t.Errorf("at first: %+v", r)
		}
		s := putBack(w, store.Older)
		if r := w.Hub.Ready(w.Ctx); !r.Ready || r.StorePutBack == nil || !r.StorePutBack.Equal(s.life.At) || checks()["history"] != model.CheckWrong {
			t.Errorf("put back: %+v", r)
		}
		s.mu.Lock()
		s.gone = store.ErrGone
		s.mu.Unlock()
		if r := w.Hub.Ready(w.Ctx); r.Ready || r.Store != "gone" || checks()["store_files"] != model.CheckWrong {
			t.Errorf("gone: %+v", r)
		}
		s.mu.Lock()
		s.gone = nil
		s.mu.Unlock()
		if r := w.Hub.Ready(w.Ctx); !r.Ready || r.Store != "ok" || checks()["store"] != model.CheckOK {
			t.Errorf("back: %+v", r)
		}
		w.Skip(8 * day)
		if r := w.Hub.Ready(w.Ctx); r.StorePutBack != nil || checks()["history"] != model.CheckOK {
			t.Errorf("a week later: %+v", r)
		}
	})
}

// TestWhatTheLostStoreMayHaveSentAsks: a client that never heard of its reply hands it in
// again, to a store that was put back to before the reply.
func TestWhatTheLostStoreMayHaveSentAsks(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Connect(w.Ann, model.Shared)
		w.CustomerWrites(hanako)
		pressed := hubtest.Now().UnixMicro()
		w.Pass(time.Minute)
		putBack(w, store.Older)
		w.Settle()
		again := hubtest.Draft(hanako, "again")
		again.Number = pressed
		note := hubtest.Draft(hanako, "a note")
		note.Note, note.Number = true, pressed
		w.CustomerWrites(ken)
		fresh := hubtest.Draft(ken, "fresh")
		fresh.Number = hubtest.Now().UnixMicro() + 1
		id := w.Accept(w.Ann, again).ID
		w.Accept(w.Ann, note)
		w.Accept(w.Ann, fresh)
		w.Settle()
		w.WantError(id, model.Ask, model.StorePutBack)
		w.Restart()
		w.Settle()
		late := hubtest.Draft(hanako, "from another device")
		late.Number = pressed + 1
		w.WantError(w.Accept(w.Ann, late).ID, model.Ask, model.StorePutBack)
		if got := w.Graph.Texts(); !slices.Equal(got, []string{"fresh"}) {
			t.Errorf("sent %q", got)
		}
	})
}
