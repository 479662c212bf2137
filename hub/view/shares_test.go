package view_test

import (
	"context"
	"errors"
	"testing"

	"parley/hub/fair"
	"parley/hub/hubtest"
	"parley/hub/store"
	"parley/hub/view"
	"parley/model"
)

// slowSearch is a store in which a search takes until it is let go on.
type slowSearch struct {
	store.Store
	free chan struct{}
	by   chan model.UserID
}

type slowReader struct {
	store.Reader
	s *slowSearch
}

func (s *slowSearch) Read(ctx context.Context, f func(store.Reader) error) error {
	return s.Store.Read(ctx, func(r store.Reader) error { return f(slowReader{r, s}) })
}

func (r slowReader) SearchConversations(q store.ConversationQuery) ([]store.Found, string, error) {
	r.s.by <- q.User
	<-r.s.free
	return nil, "", nil
}

// One user's many searches keep nobody's list waiting, and of another's searches none for
// longer than those that have begun.
func TestSearchesOfOneKeepNobodyWaiting(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		s := &slowSearch{Store: w.Store, free: make(chan struct{}), by: make(chan model.UserID, 99)}
		w.Stop()
		w.Store = s
		w.Start()
		list := func(u model.User, search string) error {
			got, err := w.Hub.Conversations(w.Ctx, u, view.ListQuery{Filter: store.FilterAll, Limit: 50, Search: search})
			if search == "" && len(got.Conversations) != 1 {
				t.Errorf("%s lists %d conversations", u.Name, len(got.Conversations))
			}
			return err
		}
		const many = 60
		ended := make(chan error, many)
		for range many {
			go func() { ended <- list(w.Ann, "words") }()
		}
		w.Settle()
		refused := len(ended)
		for range refused {
			if err := <-ended; !errors.Is(err, fair.ErrBusy) {
				t.Errorf("a search too many: %v", err)
			}
		}
		if refused == 0 || many-refused < 16 {
			t.Errorf("%d of %d searches were refused", refused, many)
		}
		w.Must(list(w.Ben, ""))
		w.Must(list(w.Ann, "")) // nor do they keep her own
		if n := len(s.by); n != 1 {
			t.Errorf("one user searches %d times at once", n)
		}
		<-s.by
		go func() { ended <- list(w.Ben, "words") }()
		w.Settle()
		if len(s.by) == 0 { // there is one place only
			s.free <- struct{}{}
			w.Settle()
		}
		// In any case he comes before her next but one.
		next := <-s.by
		if next != w.Ben.ID {
			s.free <- struct{}{}
			w.Settle()
			next = <-s.by
		}
		if next != w.Ben.ID {
			t.Error("another's search comes after all of hers")
		}
		close(s.free)
		w.Settle()
	})
}
