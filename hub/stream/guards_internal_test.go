package stream

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/hub/store"
	"parley/hub/store/sqlite"
	"parley/hub/txn"
	"parley/hub/view"
	"parley/model"
)

// paper is a wire that keeps what is written.
type paper struct{ frames []string }

func (p *paper) Write(frame []byte) error { p.frames = append(p.frames, string(frame)); return nil }
func (*paper) Ping() error                { return nil }
func (*paper) Close()                     {}

// hiddenMeanwhile is a session of ben's on a Page that the store still shows as shared,
// and that was made private since that was read: what holds is what the hub has in memory.
// It follows the Page from its beginning, so that there is something to be sent.
func hiddenMeanwhile(t *testing.T) (s *Session, wire *paper, head model.Position) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "hub.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	ann := model.UserRef{ID: "ann", Name: "Ann"}
	err = db.Accounts(ctx, func(tx store.AccountTx) error {
		for _, id := range []model.UserID{"ann", "ben"} {
			if err := tx.CreateUser(model.User{ID: id, Name: string(id)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p := store.Page{Page: model.Page{ID: "1", PageID: "1", Name: "Aoyama", Visibility: model.Shared, Installer: ann}}
	for range 3 { // so that its log has changes
		err = db.Write(ctx, "1", func(tx store.PageTx) error { return tx.PutPage(&p) })
		if err != nil {
			t.Fatal(err)
		}
	}
	now := func() time.Time { return time.Now().UTC() }
	views := view.New(view.Options{Store: &txn.Store{Store: db}, Now: now})
	st := New(Options{Store: db, Views: views, Now: now})
	wire = &paper{}
	s = st.Attach(model.User{ID: "ben", Name: "ben"}, wire, nil)
	err = views.Read(ctx, s.user, "", func(v view.View) error {
		if len(v.Shown) != 1 {
			return fmt.Errorf("ben sees %d Pages", len(v.Shown))
		}
		head = v.AsOf["1"]
		st.learn(v.Shown)
		return nil
	})
	if err != nil || head.Seq < 3 {
		t.Fatalf("head %+v, %v", head, err)
	}
	s.follows["1"] = &follow{seq: 0, behind: true}
	return s, wire, head
}

// hide makes the Page private in the hub's memory alone.
func (s *Session) hide() {
	p := s.stream.pages["1"]
	p.Visibility, p.Seq = model.Private, p.Seq+1
	s.stream.pages["1"] = p
}

// Each way to a client asks by itself whether the Page is still seen, also where the
// store, read a moment before, says so.
func TestEachWayAsksWhetherThePageIsSeen(t *testing.T) {
	t.Parallel()
	ways := map[string]func(s *Session, head model.Position) error{
		"catching up": func(s *Session, _ model.Position) error { return s.catchUp(context.Background(), "1", 0) },
		"a welcome": func(s *Session, _ model.Position) error {
			return s.welcome(context.Background(), model.Hello{Type: model.FrameHello})
		},
		"a welcome to who names it": func(s *Session, head model.Position) error {
			return s.welcome(context.Background(), model.Hello{Type: model.FrameHello, Resume: map[model.PageID]model.Position{"1": {Epoch: head.Epoch}}})
		},
		"heads": func(s *Session, _ model.Position) error { return s.heads(context.Background()) },
	}
	for name, way := range ways {
		for _, hidden := range []bool{false, true} {
			s, wire, head := hiddenMeanwhile(t)
			if hidden {
				s.hide()
			}
			if err := way(s, head); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			told := strings.Contains(strings.Join(wire.frames, "\n"), `"1"`)
			if told == hidden {
				t.Errorf("%s: hidden %t, written %q", name, hidden, wire.frames)
			}
			if f := s.follows["1"]; hidden && name != "heads" && name != "a welcome" && f != nil {
				t.Errorf("%s: it is still followed from %d", name, f.seq)
			}
		}
	}
}

// A hello puts no Page in place that was lost since it was looked at.
func TestRepositionOfAPageThatWasLost(t *testing.T) {
	t.Parallel()
	for _, hidden := range []bool{false, true} {
		s, _, head := hiddenMeanwhile(t)
		if hidden {
			s.hide()
		}
		s.reposition(model.Hello{Resume: map[model.PageID]model.Position{"1": head}}, map[model.PageID]int64{"1": head.Seq})
		if f := s.follows["1"]; (f == nil) != hidden || f != nil && f.seq != head.Seq {
			t.Errorf("hidden %t: follows %+v", hidden, f)
		}
	}
}

// Whoever loses a Page follows it no more, and nothing of it is queued but that.
func TestLosingAPage(t *testing.T) {
	t.Parallel()
	s, _, _ := hiddenMeanwhile(t)
	s.push(queued{page: "1", from: 0, to: 1, bytes: []byte("a batch")})
	s.push(queued{page: "2", from: 0, to: 1, bytes: []byte("another Page's")})
	s.lose(s.stream.pages["1"])
	if s.follows["1"] != nil {
		t.Error("it is followed")
	}
	for _, q := range s.queue {
		if q.page == "1" && !q.access {
			t.Errorf("queued: %s", q.bytes)
		}
	}
	if len(s.queue) != 2 || s.bytes != len(s.queue[0].bytes)+len(s.queue[1].bytes) {
		t.Errorf("%d frames of %d bytes are queued", len(s.queue), s.bytes)
	}
}

// What was read for a position moves nobody who was put elsewhere meanwhile, or off.
func TestCaughtUpElsewhere(t *testing.T) {
	t.Parallel()
	s, _, head := hiddenMeanwhile(t)
	s.follows["1"] = &follow{seq: 2, behind: true}
	s.caughtUp("1", 1, head.Seq)
	if f := s.follows["1"]; f.seq != 2 || !f.behind {
		t.Errorf("moved to %d", f.seq)
	}
	delete(s.follows, "1")
	s.caughtUp("1", 0, head.Seq)
	if s.follows["1"] != nil {
		t.Error("a Page that was lost is followed")
	}
	s.follows["1"] = &follow{seq: 2, behind: true}
	s.caughtUp("1", 2, head.Seq)
	if f := s.follows["1"]; f.seq != head.Seq || f.behind {
		t.Errorf("not moved: %+v", f)
	}
}
