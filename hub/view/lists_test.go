package view_test

import (
	"slices"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/hub/pages"
	"parley/hub/store"
	"parley/hub/view"
	"parley/model"
)

// A message is read through its own conversation only.
func TestMessageOfAnotherConversation(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		_, _, err := w.Hub.ConnectPage(w.Ctx, w.Ben, pages.Connection{Page: "200", Token: "t", Visibility: model.Private})
		w.Must(err)
		w.Must(w.Hub.Receive(w.Ctx, []model.PageEntry{{Page: "200", Events: []model.Inbound{hubtest.Wrote(ken, "x", "secret", hubtest.Now())}}}))
		var hidden model.MessageID
		ms, _, _, err := w.Hub.Messages(w.Ctx, w.Ben, "200_7002", "", 1)
		w.Must(err)
		hidden = ms[0].ID
		w.CustomerWrites(hanako)
		w.CustomerWrites(ken)
		for _, id := range []model.MessageID{hidden, w.ByMID("m_in_7002").ID, "", "nonsense"} {
			_, err := w.Hub.Message(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), id)
			w.WantHidden(err)
			w.WantHidden(w.Hub.MarkRead(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), id))
		}
		for _, c := range []model.ConversationID{"", "nonsense", "200_7002", "999_1"} {
			_, err := w.Hub.Conversation(w.Ctx, w.Ann, c)
			w.WantHidden(err)
			_, _, _, err = w.Hub.Messages(w.Ctx, w.Ann, c, "", 10)
			w.WantHidden(err)
		}
	})
}

func TestListsAndCounts(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Receive(hubtest.Wrote(hanako, "m1", "open", hubtest.Ago(time.Minute)), hubtest.Wrote(ken, "m2", "too old to answer", hubtest.Ago(25*time.Hour)))
		w.PutStatus(hanako, model.Done, nil)
		list := func(f store.Filter) []model.ConversationID {
			t.Helper()
			l, err := w.Hub.Conversations(w.Ctx, w.Cat, view.ListQuery{Filter: f, Limit: 10})
			w.Must(err)
			var ids []model.ConversationID
			for _, c := range l.Conversations {
				ids = append(ids, c.ID)
				if c.Labels == nil || c.Links == nil {
					t.Errorf("%s: a list that is empty must be one", c.ID)
				}
			}
			if l.AsOf[page].Seq != w.Head() || l.AsOf[page].Epoch == "" {
				t.Errorf("as of %+v, head %d", l.AsOf, w.Head())
			}
			return ids
		}
		h, k := hubtest.ConversationWith(hanako), hubtest.ConversationWith(ken)
		for f, want := range map[store.Filter][]model.ConversationID{
			store.FilterAll: {h, k}, store.FilterOpen: nil, store.FilterDone: {h}, store.FilterBlocked: {k}, store.FilterMine: nil,
		} {
			if got := list(f); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", f, got, want)
			}
		}
		counts, _, err := w.Hub.Counts(w.Ctx, w.Cat, page)
		w.Must(err)
		if counts.All != 2 || counts.Open != 0 || counts.Done != 1 || counts.Blocked != 1 {
			t.Errorf("counts %+v", counts)
		}
		// What the Page itself refuses is judged at read time.
		w.Receive(hubtest.Policy("block", "spam", hubtest.Now()))
		if counts, _, err = w.Hub.Counts(w.Ctx, w.Cat, page); err != nil || counts.Blocked < 1 {
			t.Errorf("counts %+v, %v", counts, err)
		}
		if got := list(store.FilterBlocked); !slices.Contains(got, k) {
			t.Errorf("blocked: %v", got)
		}
	})
}

func TestMessagesByPages(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		for i := range 5 {
			w.Receive(hubtest.Wrote(hanako, model.MID("m"+string(rune('0'+i))), string(rune('a'+i)), hubtest.Ago(time.Duration(10-i)*time.Minute)))
		}
		var got []string
		cursor := ""
		for range 3 {
			ms, next, _, err := w.Hub.Messages(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), cursor, 2)
			w.Must(err)
			var page []string
			for _, m := range ms {
				page = append(page, string(m.Text))
			}
			got = append(page, got...)
			if cursor = next; next == "" {
				break
			}
		}
		if !slices.Equal(got, []string{"a", "b", "c", "d", "e"}) || cursor != "" {
			t.Errorf("got %q, then %q", got, cursor)
		}
	})
}
