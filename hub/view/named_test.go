package view_test

import (
	"slices"
	"testing"

	"parley/hub/hubtest"
	"parley/hub/store"
	"parley/model"
)

// TestNamed: a text means those whose id begins so, else those whose customer is called so;
// never what the user can't see.
func TestNamed(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		called := map[model.PSID]model.Untrusted{
			"7101": "山田 花子", "7102": "Ken Sato", "7103": "Kenji Ito", "7201": "Ken Sato", "7202": "7102 Fake", "7203": "7102",
		}
		for psid, name := range called {
			w.CustomerWrites(psid)
			w.Must(w.Store.Write(w.Ctx, page, func(tx store.PageTx) error {
				c, err := tx.Conversation(hubtest.ConversationWith(psid))
				if err != nil {
					return err
				}
				c.Customer.Name = name
				return tx.PutConversation(&c)
			}))
		}
		for _, c := range []struct {
			text string
			by   model.NamedBy
			want []model.PSID
		}{
			{"7101", model.NamedByID, []model.PSID{"7101"}},
			{"71", model.NamedByID, []model.PSID{"7101", "7102", "7103"}},
			{string(page) + "_72", model.NamedByID, []model.PSID{"7201", "7202", "7203"}},
			{string(hubtest.ConversationWith("7102")), model.NamedByID, []model.PSID{"7102"}},
			{"ken sato", model.NamedByName, []model.PSID{"7102", "7201"}},
			{"ＫＥＮＪＩ　ITO", model.NamedByName, []model.PSID{"7103"}},
			{"花子", model.NamedByPart, []model.PSID{"7101"}},
			{"山田　花子", model.NamedByName, []model.PSID{"7101"}},
			{"Ito", model.NamedByPart, []model.PSID{"7103"}},
			// A part of a word is none of it.
			{"Kenj", "", nil},
			// A customer who is called like another's id is not that one.
			{"7102", model.NamedByID, []model.PSID{"7102"}},
			{"99", "", nil},
			{" ", "", nil},
			{"%", "", nil},
		} {
			l, err := w.Hub.Named(w.Ctx, w.Cat, c.text)
			w.Must(err)
			var got []model.PSID
			for _, found := range l.Conversations {
				got = append(got, found.Customer.PSID)
			}
			slices.Sort(got)
			if l.By != c.by || !slices.Equal(got, c.want) || l.More {
				t.Errorf("%q means %v by %q, more %v; want %v by %q", c.text, got, l.By, l.More, c.want, c.by)
			}
		}
		_, err := w.Hub.SetVisibility(w.Ctx, w.Ann, page, model.Private)
		w.Must(err)
		for _, text := range []string{"7101", string(hubtest.ConversationWith("7101")), "Ken Sato", "花子"} {
			if l, err := w.Hub.Named(w.Ctx, w.Cat, text); err != nil || len(l.Conversations) > 0 || l.By != "" {
				t.Errorf("%q means something hidden: %v %v", text, l, err)
			}
		}
	})
}

// TestNamedIsBounded: of many, ten, and that there are more.
func TestNamedIsBounded(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		for i := range 12 {
			w.CustomerWrites(model.PSID("80" + string(rune('a'+i))))
		}
		l, err := w.Hub.Named(w.Ctx, w.Cat, "80")
		w.Must(err)
		if len(l.Conversations) != 10 || !l.More {
			t.Errorf("%d, more %v", len(l.Conversations), l.More)
		}
	})
}
