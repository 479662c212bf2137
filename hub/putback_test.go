package hub_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

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
func (w *world) putBack(why store.Difference) *otherStore {
	w.stop()
	s, ok := w.store.(*otherStore)
	if !ok {
		s = &otherStore{Store: w.store}
		w.store = s
	}
	s.life = store.Incarnation{ID: "life-" + string(why) + now().String(), Why: why, At: now().UTC(), Was: 335, Is: 41}
	w.start()
	return s
}

// TestNothingLeavesAStoreThatWasPutBack: what it holds as on its way may have left before.
func TestNothingLeavesAStoreThatWasPutBack(t *testing.T) {
	for _, why := range []store.Difference{store.Older, store.Diverged, store.Copied, store.Unmarked, store.Mixed, store.Other} {
		t.Run(string(why), func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.connect(w.ann, model.Shared)
				w.customerWrites(hanako)
				w.customerWrites(ken)
				w.customerWrites("psid_yuki")
				w.graph.byDefault = writesNothing()
				first := w.reply(hanako, "first")
				second := w.reply(hanako, "second") // waits for the first
				third := w.reply(ken, "third")
				w.settle()
				w.stop()
				sent := len(w.graph.sent())
				w.graph.byDefault = accepts()
				for _, id := range []model.MessageID{first, second, third} {
					w.wantState(id, model.Queued)
				}
				notices := len(w.notices())
				s := w.putBack(why)
				w.settle()
				w.pass(3 * time.Minute)
				w.wantSent(sent)
				for _, id := range []model.MessageID{first, second, third} {
					w.wantError(id, model.Ask, model.StorePutBack)
				}
				if got := w.notices(); len(got) != notices+1 || got[0].Kind != model.NoticeStorePutBack {
					t.Errorf("notices: %+v", got)
				}
				if !s.now().Settled {
					t.Error("it is not settled")
				}
				// What is written from now on leaves, and so does what its writer sends again.
				w.reply("psid_yuki", "new")
				w.settle()
				if _, err := w.hub.Retry(w.ctx, w.ann, first, model.NewConversationID(page, hanako), w.message(first).Attempt, nil); err != nil {
					t.Fatal(err)
				}
				w.settle()
				if got := w.graph.texts()[sent:]; !slices.Equal(got, []string{"new", "first"}) {
					t.Errorf("sent %q", got)
				}
				// Once is enough: another start asks nobody.
				w.graph.byDefault = writesNothing()
				fourth := w.reply(ken, "fourth")
				w.settle()
				w.restart()
				w.settle()
				w.wantState(fourth, model.Queued)
				if got := w.notices(); len(got) != notices+1 {
					t.Errorf("%d notices after another start", len(got))
				}
			})
		})
	}
}

// A Page that is uninstalled has nobody to tell, and keeps no hub from starting.
func TestAnUninstalledPageInAStoreThatWasPutBack(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.connect(w.ann, model.Shared)
		w.customerWrites(hanako)
		w.graph.byDefault = writesNothing()
		id := w.reply(hanako, "hello")
		w.settle()
		w.changesPage(func(p *store.Page) { at := now(); p.UninstalledAt = &at })
		s := w.putBack(store.Copied)
		w.settle()
		w.wantError(id, model.Ask, model.StorePutBack)
		if !s.now().Settled || len(w.notices()) != 0 {
			t.Errorf("settled %t, notices %+v", s.now().Settled, w.notices())
		}
	})
}

// A reply that was being posted when the copy was made asks as well; its answer or echo,
// if it still comes, settles it.
func TestWhatWasBeingPostedWhenTheCopyWasMade(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.connect(w.ann, model.Shared)
		w.customerWrites(hanako)
		id := w.reply(hanako, "hello")
		w.settle()
		o := w.graph.last()
		w.wantState(id, model.Sent)
		w.must(w.store.Write(w.ctx, page, func(tx store.PageTx) error {
			m, err := tx.Message(id)
			if err != nil {
				return err
			}
			r, err := tx.Reply(id)
			m.State, r.State, m.MID = model.Posting, model.Posting, ""
			r.WakeAt = now().Add(time.Hour)
			return errors.Join(err, tx.PutMessage(&m), tx.PutReply(r))
		}))
		w.putBack(store.Older)
		w.settle()
		w.wantError(id, model.Ask, model.StorePutBack)
		w.wantSent(1)
		w.receive(echoOf(o, "m_late"))
		w.settle()
		w.wantState(id, model.Sent)
	})
}

// It is said for a week, and that the files are gone as long as they are.
func TestAStoreThatWasPutBackIsSaid(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.connect(w.ann, model.Shared)
		checks := func() map[string]model.CheckState {
			list, err := w.hub.Doctor(w.ctx, w.ann, page)
			w.must(err)
			out := map[string]model.CheckState{}
			for _, c := range list {
				out[c.ID] = c.State
			}
			return out
		}
		if r := w.hub.Ready(w.ctx); r.StorePutBack != nil || checks()["history"] != model.CheckOK {
			t.Errorf("at first: %+v", r)
		}
		s := w.putBack(store.Older)
		if r := w.hub.Ready(w.ctx); !r.Ready || r.StorePutBack == nil || !r.StorePutBack.Equal(s.life.At) || checks()["history"] != model.CheckWrong {
			t.Errorf("put back: %+v", r)
		}
		s.mu.Lock()
		s.gone = store.ErrGone
		s.mu.Unlock()
		if r := w.hub.Ready(w.ctx); r.Ready || r.Store != "gone" || checks()["store_files"] != model.CheckWrong {
			t.Errorf("gone: %+v", r)
		}
		s.mu.Lock()
		s.gone = nil
		s.mu.Unlock()
		if r := w.hub.Ready(w.ctx); !r.Ready || r.Store != "ok" || checks()["store"] != model.CheckOK {
			t.Errorf("back: %+v", r)
		}
		w.pass(8 * 24 * time.Hour)
		if r := w.hub.Ready(w.ctx); r.StorePutBack != nil || checks()["history"] != model.CheckOK {
			t.Errorf("a week later: %+v", r)
		}
	})
}

// TestWhatTheLostStoreMayHaveSentAsks: a client that never heard of its reply hands it in
// again, to a store that was put back to before the reply.
func TestWhatTheLostStoreMayHaveSentAsks(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.connect(w.ann, model.Shared)
		w.customerWrites(hanako)
		pressed := now().UnixMicro()
		w.pass(time.Minute)
		w.putBack(store.Older)
		w.settle()
		again := draft(hanako, "again")
		again.Number = pressed
		note := draft(hanako, "a note")
		note.Note, note.Number = true, pressed
		w.customerWrites(ken)
		fresh := draft(ken, "fresh")
		fresh.Number = now().UnixMicro() + 1
		id := w.accept(w.ann, again).ID
		w.accept(w.ann, note)
		w.accept(w.ann, fresh)
		w.settle()
		w.wantError(id, model.Ask, model.StorePutBack)
		w.restart()
		w.settle()
		late := draft(hanako, "from another device")
		late.Number = pressed + 1
		w.wantError(w.accept(w.ann, late).ID, model.Ask, model.StorePutBack)
		if got := w.graph.texts(); !slices.Equal(got, []string{"fresh"}) {
			t.Errorf("sent %q", got)
		}
	})
}
