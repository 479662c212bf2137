package stream_test

import (
	"net/http"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/client/clienttest"
	"parley/client/stream"
	"parley/model"
	"parley/model/inbox"
)

const page = model.PageID("100")

var at = model.Position{Epoch: "e1", Seq: 10}

func TestAPageIsReadThenFollowed(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.holds(page, at, 5)
	f := h.follow(quick())
	s := h.socket()
	if hello := s.hello(); len(hello.Resume) != 0 {
		t.Errorf("begins by resuming %v", hello.Resume)
	}
	s.changes(page, 10, 11) // of no use before the list
	s.welcomes()
	s.resumes(page, 10)
	s.welcomes(page)
	s.changes(page, 10, 12)
	s.changes(page, 11, 12) // again
	s.changes(page, 12, 13)
	s.says(model.Ephemeral{Type: model.FrameTyping, Page: page, Active: true})
	s.says(map[string]any{"type": "later"})
	us := f.until("changes", func(us []inbox.Update) bool {
		return reached(us, page) == 13 && count[inbox.Complete](us) == 1 && count[inbox.Ephemeral](us) == 1
	})
	listed, held := 0, 0
	for i, u := range us {
		switch u := u.(type) {
		case inbox.Listed:
			if u.First != (listed == 0) || u.AsOf != at {
				t.Errorf("list %d: %+v", listed, u)
			}
			listed++
			held += len(u.Conversations)
		case inbox.Changed:
			if listed == 0 {
				t.Errorf("update %d: a change before the first list", i)
			}
		}
	}
	if held != 5 || listed != 3 || count[inbox.Changed](us) != 2 || count[inbox.Noticed](us) != 1 {
		t.Errorf("handed on:\n%s", list(us))
	}
}

// TestAPageOfManyListsIsCounted: once, after the first; one list tells as much itself.
func TestAPageOfManyListsIsCounted(t *testing.T) {
	t.Parallel()
	for conversations, want := range map[int]int{2: 0, 5: 1} {
		h := newScripted(t)
		h.holds(page, at, conversations)
		f := h.follow(quick())
		h.places(f, page)
		listed, counted := 0, 0
		for _, u := range f.all() {
			switch u := u.(type) {
			case inbox.Listed:
				listed++
			case inbox.Counted:
				counted++
				if u.Page != page || u.AsOf != at || u.Counts.All != conversations || listed != 1 {
					t.Errorf("after %d lists of %d conversations: %+v", listed, conversations, u)
				}
			}
		}
		if counted != want || h.called("/v1/counts") != want {
			t.Errorf("%d conversations were counted %d times", conversations, counted)
		}
	}
}

func TestALiveConnectionIsToldOnce(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.holds(page, at, 1)
	f := h.follow(quick())
	s := h.places(f, page)
	s.changes(page, 11, 12) // a hole
	s.resumes(page, 10)
	h.holds(page, model.Position{Epoch: "e1", Seq: 12}, 1)
	s.welcomes(page)
	s.changes(page, 10, 12)
	f.until("changes", func(us []inbox.Update) bool { return reached(us, page) == 12 })
	s.conn.Close()
	s = h.socket()
	if hello := s.hello(); hello.Resume[page] != (model.Position{Epoch: "e1", Seq: 12}) {
		t.Errorf("goes on from %v", hello.Resume)
	}
	s.welcomes(page)
	s.changes(page, 12, 13)
	us := f.until("changes", func(us []inbox.Update) bool { return reached(us, page) == 13 })
	want := []inbox.ConnectionState{inbox.Connecting, inbox.Live, inbox.Offline, inbox.Connecting, inbox.Live}
	if got := states(us); !slices.Equal(got, want) {
		t.Errorf("the connection stood %v, want %v", got, want)
	}
	if count[inbox.Reloading](us) != 1 || h.called("/v1/conversations") != 1 {
		t.Error("read anew what was resumed")
	}
}

// TestAHoleIsAskedForOnce: what is on its way meanwhile is passed over.
func TestAHoleIsAskedForOnce(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.holds(page, at, 1)
	f := h.follow(quick())
	s := h.places(f, page)
	for seq := int64(11); seq < 40; seq++ {
		s.changes(page, seq, seq+1)
	}
	s.resumes(page, 10)
	s.welcomes(page)
	s.changes(page, 10, 41)
	s.changes(page, 41, 42)
	f.until("changes", func(us []inbox.Update) bool { return reached(us, page) == 42 })
	if n := len(s.hellos); n != 0 {
		t.Errorf("%d more hellos", n)
	}
}

// TestAWelcomeIsAboutWhatItsHelloNamed: with several Pages being read, the answer to a
// hello for one is no news of another, whose own hello is on its way.
func TestAWelcomeIsAboutWhatItsHelloNamed(t *testing.T) {
	t.Parallel()
	const other = model.PageID("200")
	h := newScripted(t)
	h.holds(page, at, 1)
	h.holds(other, at, 1)
	f := h.follow(quick())
	s := h.socket()
	s.hello()
	s.welcomes()
	var asked []model.PageID
	for range 2 { // both lists are read before either hello is answered
		for id := range s.hello().Resume {
			asked = append(asked, id)
		}
	}
	// The hub was slow: it answers the first as of before the other's list.
	h.holds(asked[1], model.Position{Epoch: "e1", Seq: 8}, 1)
	s.welcomes(asked[0])
	h.holds(asked[1], at, 1)
	s.welcomes(asked...)
	s.changes(page, 10, 11)
	s.changes(other, 10, 11)
	us := f.until("changes", func(us []inbox.Update) bool { return reached(us, page) == 11 && reached(us, other) == 11 })
	if count[inbox.Dropped](us) != 0 || count[inbox.Reloading](us) != 2 || len(s.hellos) != 0 {
		t.Errorf("handed on:\n%s", list(us))
	}
}

func TestWhatIsNoLongerSeenIsDropped(t *testing.T) {
	t.Parallel()
	const other = model.PageID("200")
	for name, c := range map[string]struct {
		again   model.Position
		gone    bool
		resumed bool
		dropped bool
		reread  bool
	}{
		"another epoch":      {again: model.Position{Epoch: "e2", Seq: 20}, dropped: true, reread: true},
		"a head before ours": {again: model.Position{Epoch: "e1", Seq: 9}, dropped: true, reread: true},
		"too far behind":     {again: model.Position{Epoch: "e1", Seq: 9000}, reread: true},
		"hidden":             {gone: true, dropped: true},
		"still there":        {again: at, resumed: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newScripted(t)
			h.holds(page, at, 1)
			f := h.follow(quick())
			s := h.places(f, page)
			s.conn.Close()
			s = h.socket()
			s.hello()
			h.holds(other, at, 1)
			h.set(func(h *scripted) {
				h.held[page].at = c.again
				if c.gone {
					delete(h.held, page)
				}
			})
			if c.resumed {
				s.welcomes(page)
			} else {
				s.welcomes()
			}
			want := 2
			if c.reread {
				want = 3
			}
			us := f.until("all is read", func(us []inbox.Update) bool { return count[inbox.Complete](us) == want })
			i := slices.IndexFunc(us, func(u inbox.Update) bool { d, ok := u.(inbox.Dropped); return ok && d.Page == page })
			if (i >= 0) != c.dropped {
				t.Errorf("handed on:\n%s", list(us))
			}
			j := slices.IndexFunc(us[max(i, 0)+1:], func(u inbox.Update) bool { r, ok := u.(inbox.Reloading); return ok && r.Page == page })
			if c.dropped && c.reread && j < 0 {
				t.Errorf("not dropped before it was read anew:\n%s", list(us))
			}
		})
	}
}

func TestAccessComesAndGoes(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.holds(page, at, 1)
	f := h.follow(quick())
	s := h.places(f, page)
	s.says(model.Access{Type: model.FrameAccess, Page: page, Visibility: model.Private})
	s.changes(page, 10, 11) // can't come; if it did
	f.until("dropped", func(us []inbox.Update) bool {
		return count[inbox.Dropped](us) == 1 && count[inbox.PagesListed](us) == 3
	})
	h.holds(page, model.Position{Epoch: "e2", Seq: 20}, 1)
	s.says(model.Access{Type: model.FrameAccess, Page: page, Sees: true, Visibility: model.Shared})
	s.resumes(page, 20)
	s.welcomes(page)
	s.changes(page, 20, 21)
	us := f.until("changes", func(us []inbox.Update) bool { return reached(us, page) == 21 && count[inbox.Complete](us) == 2 })
	if count[inbox.Changed](us) != 1 || count[inbox.PagesListed](us) != 5 {
		t.Errorf("handed on:\n%s", list(us))
	}
	// Hidden in the middle of being read.
	h.set(func(h *scripted) { delete(h.held, page) })
	s.says(model.Access{Type: model.FrameAccess, Page: page, Sees: true, Visibility: model.Shared})
	us = f.until("dropped", func(us []inbox.Update) bool {
		return count[inbox.PagesListed](us) == 6 && slices.ContainsFunc(us[len(us)-1:], func(u inbox.Update) bool {
			d, ok := u.(inbox.Dropped)
			return ok && d.Page == page
		})
	})
	if slices.Contains(states(us), inbox.Offline) {
		t.Error("a hidden Page ended the connection")
	}
}

// TestBehindWithNothingComingIsResumed: by heads, but not while changes come.
// TestAccessBeforeTheWelcomeOnlyDrops: nothing is handed on of a Page before it is known
// who the user is.
func TestAccessBeforeTheWelcomeOnlyDrops(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.holds(page, at, 1)
	f := h.follow(quick())
	s := h.places(f, page)
	s.conn.Close()
	s = h.socket()
	s.hello()
	s.says(model.Access{Type: model.FrameAccess, Page: page, Visibility: model.Private})
	s.says(model.Access{Type: model.FrameAccess, Page: page, Sees: true, Visibility: model.Shared})
	s.welcomes()
	s.resumes(page, 10)
	s.welcomes(page)
	us := f.until("all is read", func(us []inbox.Update) bool { return count[inbox.Complete](us) == 2 })
	for i, u := range us { // the second connection alone
		if c, ok := u.(inbox.Connection); ok && c.State == inbox.Offline {
			us = us[i:]
			break
		}
	}
	welcome := slices.IndexFunc(us, func(u inbox.Update) bool { _, ok := u.(inbox.Welcomed); return ok })
	early := us[:max(welcome, 0)]
	if count[inbox.Dropped](early) == 0 || count[inbox.Reloading](early)+count[inbox.PagesListed](early) > 0 || count[inbox.Reloading](us) != 1 {
		t.Errorf("handed on:\n%s", list(us))
	}
}

// TestPagesAreListedThoughNoneIsSeen: nothing else tells of those that are hidden.
func TestPagesAreListedThoughNoneIsSeen(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	f := h.follow(quick())
	s := h.socket()
	s.hello()
	s.welcomes()
	f.until("the Pages", func(us []inbox.Update) bool { return count[inbox.PagesListed](us) == 1 })
}

func TestBehindWithNothingComingIsResumed(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.holds(page, at, 1)
	f := h.follow(quick())
	s := h.places(f, page)
	heads := func(seq int64) {
		s.says(model.Heads{Type: model.FrameHeads, Pages: map[model.PageID]int64{page: seq, "900": 7}})
	}
	heads(10)
	s.changes(page, 10, 11)
	heads(13) // more is on its way
	heads(13) // it is not
	s.resumes(page, 11)
	h.holds(page, model.Position{Epoch: "e1", Seq: 13}, 1)
	s.welcomes(page)
	s.changes(page, 11, 13)
	heads(13)
	heads(13)
	us := f.until("heads", func(us []inbox.Update) bool { return count[inbox.HubTime](us) == 5 })
	if reached(us, page) != 13 || len(s.hellos) != 0 {
		t.Errorf("handed on:\n%s", list(us))
	}
}

// TestAListThatFailsIsReadAgain: with a new connection, for Pages and conversations.
func TestAListThatFailsIsReadAgain(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.holds(page, at, 5)
	fails := 2
	h.set(func(h *scripted) {
		h.pages = func(w http.ResponseWriter) bool {
			h.mu.Lock()
			defer h.mu.Unlock()
			if fails--; fails < 0 {
				return false
			}
			refuses(http.StatusServiceUnavailable, "unavailable")(w)
			return true
		}
		h.counts = func(w http.ResponseWriter) bool {
			if h.called("/v1/counts") > 1 {
				return false
			}
			refuses(http.StatusServiceUnavailable, "unavailable")(w)
			return true
		}
		broken := false
		h.lists = func(w http.ResponseWriter, r *http.Request) bool {
			if r.FormValue("cursor") != "2" || broken {
				return false
			}
			broken = true
			refuses(http.StatusServiceUnavailable, "unavailable")(w)
			return true
		}
	})
	f := h.follow(quick())
	for range 4 {
		s := h.socket()
		s.hello()
		s.welcomes()
	}
	// The list that was cut off had been placed; it is read from the beginning.
	s := h.socket()
	s.hello()
	s.welcomes(page)
	s.resumes(page, 10)
	s.welcomes(page)
	us := f.until("all is read", func(us []inbox.Update) bool { return count[inbox.Complete](us) == 1 })
	if count[inbox.Reloading](us) != 3 {
		t.Errorf("handed on:\n%s", list(us))
	}
}

// TestPagesAreListedOnceForAll: however many are to be read anew.
func TestPagesAreListedOnceForAll(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	others := []model.PageID{"200", "300", "400"}
	for _, id := range others {
		h.holds(id, at, 0)
	}
	f := h.follow(quick())
	s := h.socket()
	s.hello()
	s.welcomes()
	us := f.until("all are being read", func(us []inbox.Update) bool { return count[inbox.Reloading](us) == len(others) })
	if i := slices.IndexFunc(us, func(u inbox.Update) bool { _, ok := u.(inbox.Reloading); return ok }); count[inbox.PagesListed](us[:i]) != 1 {
		t.Errorf("handed on:\n%s", list(us))
	}
	for i, u := range us {
		if _, ok := u.(inbox.PagesListed); ok && i+1 < len(us) && i > 0 {
			if _, before := us[i-1].(inbox.Reloading); before {
				if _, after := us[i+1].(inbox.Reloading); after {
					t.Errorf("listed again:\n%s", list(us))
				}
			}
		}
	}
}

// TestAnotherProtocolIsHungUpOn: what is no hub is not left with an open connection. It is
// not parallel: the collector, which would close it some day, stands still.
func TestAnotherProtocolIsHungUpOn(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	over := make(chan struct{}, 1)
	c := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		conn, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		_, _, _ = conn.ReadMessage()
		select {
		case over <- struct{}{}:
		default:
		}
	})
	follow(t, stream.NewFollower(c, stream.Timing{Dead: patience, RetryFirst: time.Hour, RetryMax: time.Hour, Gather: time.Millisecond}))
	select {
	case <-over:
	case <-time.After(patience):
		t.Error("the connection stands open")
	}
}

// TestFramesOfAnotherKindOfHub: what can't be understood ends the connection, and only
// that.
func TestFramesOfAnotherKindOfHub(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.holds(page, at, 1)
	f := h.follow(quick())
	for _, raw := range []string{`{"type":`, `[]`, `{"type":"welcome","pages":7}`, `{"type":"batch","from":"x"}`} {
		s := h.socket()
		s.hello()
		if err := s.conn.WriteMessage(1, []byte(raw)); err != nil {
			t.Fatal(err)
		}
		<-s.over
	}
	h.places(f, page)
}
