package stream_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"parley/client/stream"
	"parley/model"
	"parley/model/inbox"
)

// resume runs a follower that goes on from what an earlier run held of two Pages.
func (h *scripted) resume(t stream.Timing) *followed {
	h.Helper()
	s := stream.NewFollower(h.client(), t)
	s.Resume(model.User{ID: "u"}, map[model.PageID]model.Position{"100": {Epoch: "e1", Seq: 10, Proof: "ten"}, "200": {Epoch: "e1", Seq: 5}})
	return follow(h.TB, s)
}

// index returns where the first update of a kind is.
func index[T inbox.Update](us []inbox.Update, holds func(T) bool) int {
	return slices.IndexFunc(us, func(u inbox.Update) bool {
		v, ok := u.(T)
		return ok && holds(v)
	})
}

// TestItGoesOnFromAnEarlierRun: what the hub still has of it is not read again; hidden Pages are
// asked for all the same.
func TestItGoesOnFromAnEarlierRun(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.holds("100", model.Position{Epoch: "e1", Seq: 12}, 4)
	h.holds("200", model.Position{Epoch: "e1", Seq: 5}, 4)
	f := h.resume(quick())
	s := h.socket()
	if got := s.hello().Resume; got["100"] != (model.Position{Epoch: "e1", Seq: 10, Proof: "ten"}) || got["200"].Seq != 5 {
		t.Errorf("resumes %+v", got)
	}
	s.welcomes("100", "200")
	s.changes("100", 10, 12)
	us := f.until("the changes", func(us []inbox.Update) bool { return reached(us, "100") == 12 && count[inbox.PagesListed](us) == 1 })
	if count[inbox.Reloading](us)+count[inbox.Dropped](us) > 0 {
		t.Errorf("something is read again: %s", list(us))
	}
	if n := h.called("/v1/conversations"); n > 0 {
		t.Errorf("%d lists", n)
	}
	sees := index(us, func(w inbox.Welcomed) bool { return slices.Equal(w.Sees, []model.PageID{"100", "200"}) })
	if sees < 0 {
		t.Errorf("not confirmed: %s", list(us))
	}
}

// TestWhatWasLostMeanwhileGoesFirst: before the connection counts as live, whatever the reason.
func TestWhatWasLostMeanwhileGoesFirst(t *testing.T) {
	t.Parallel()
	for name, now := range map[string]*model.Position{"hidden": nil, "another stream": {Epoch: "e2", Seq: 20}, "an older store": {Epoch: "e1", Seq: 9}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newScripted(t)
			h.holds("200", model.Position{Epoch: "e1", Seq: 5}, 0)
			if now != nil {
				h.holds("100", *now, 3)
			}
			f := h.resume(quick())
			s := h.socket()
			s.hello()
			s.welcomes("200")
			us := f.until("it is live", func(us []inbox.Update) bool {
				return index(us, func(c inbox.Connection) bool { return c.State == inbox.Live }) >= 0
			})
			gone := index(us, func(d inbox.Dropped) bool { return d.Page == "100" && d.Anew == (now != nil) })
			live := index(us, func(c inbox.Connection) bool { return c.State == inbox.Live })
			if gone < 0 || gone > live {
				t.Errorf("%s", list(us))
			}
		})
	}
}

// TestAnotherUserGoesOnFromNothing: the token is somebody else's now.
func TestAnotherUserGoesOnFromNothing(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.holds("100", model.Position{Epoch: "e1", Seq: 10}, 0)
	s := stream.NewFollower(h.client(), quick())
	s.Resume(model.User{ID: "another"}, map[model.PageID]model.Position{"100": {Epoch: "e1", Seq: 10}})
	f := follow(t, s)
	socket := h.socket()
	socket.hello()
	socket.welcomes("100")
	f.until("it is dropped, and read", func(us []inbox.Update) bool {
		return count[inbox.Dropped](us) == 1 && count[inbox.Reloading](us) == 1
	})
}

// TestWhoIsSignedOutHoldsNothing: all is dropped before that is said.
func TestWhoIsSignedOutHoldsNothing(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.set(func(h *scripted) { h.refuse = refuses(http.StatusUnauthorized, "not_signed_in") })
	f := h.resume(quick())
	us := f.until("it is said", func(us []inbox.Update) bool {
		return index(us, func(c inbox.Connection) bool { return errors.Is(c.Cause, stream.ErrSignedOut) }) >= 0
	})
	if count[inbox.Dropped](us) != 2 || index(us, func(inbox.Dropped) bool { return true }) > index(us, func(c inbox.Connection) bool { return c.Cause != nil }) {
		t.Errorf("%s", list(us))
	}
}

// TestTheUserIsInAHurry: the next try comes at once.
func TestTheUserIsInAHurry(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.set(func(h *scripted) { h.refuse = refuses(http.StatusServiceUnavailable, "") })
	slow := quick()
	slow.RetryFirst, slow.RetryMax = 1000*time.Hour, 1000*time.Hour
	f := h.follow(slow)
	f.until("it waits", func(us []inbox.Update) bool {
		return index(us, func(c inbox.Connection) bool { return !c.RetryAt.IsZero() }) >= 0
	})
	h.set(func(h *scripted) { h.refuse = nil })
	f.ConnectNow()
	h.socket().hello()
}

// TestAPageIsForgotten with and without a connection, and read anew with one.
func TestAPageIsForgotten(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.set(func(h *scripted) { h.refuse = refuses(http.StatusServiceUnavailable, "") })
	h.holds("100", model.Position{Epoch: "e1", Seq: 10}, 0)
	h.holds("200", model.Position{Epoch: "e1", Seq: 5}, 0)
	f := h.resume(quick())
	f.Forget(t.Context(), "100")
	f.until("it is dropped", func(us []inbox.Update) bool { return count[inbox.Dropped](us) == 1 })
	h.set(func(h *scripted) { h.refuse = nil })
	s := h.socket()
	if got := s.hello().Resume; len(got) != 1 || got["200"].Seq != 5 {
		t.Errorf("resumes %+v", got)
	}
	s.welcomes("200")
	s.hello()
	s.welcomes("100", "200")
	f.until("it is read", func(us []inbox.Update) bool { return count[inbox.Complete](us) == 1 })
	f.Forget(t.Context(), "200")
	f.until("the other is read", func(us []inbox.Update) bool {
		return count[inbox.Dropped](us) == 2 && count[inbox.Reloading](us) == 2
	})
}
