package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"parley/hub/store"
	"parley/model"
)

// finder searches some Pages.
type finder struct {
	*testing.T
	store store.Store
	pages []store.PageScope
}

func newFinder(t *testing.T, s store.Store, pages ...model.PageID) finder {
	t.Helper()
	f := finder{T: t, store: s}
	for _, page := range pages {
		putPage(t, s, page)
		f.pages = append(f.pages, store.PageScope{ID: page})
	}
	return f
}

// say stores a message of a conversation, creating the conversation if needed.
func (f finder) say(page model.PageID, psid model.PSID, id, text string, change ...func(*store.Message)) {
	f.Helper()
	c := newConversation(page, psid, at(0))
	m := newMessage(c.ID, id, at(0))
	m.Text = model.Untrusted(text)
	for _, ch := range change {
		ch(&m)
	}
	write(f.T, f.store, page, func(tx store.PageTx) error {
		_, err := tx.Conversation(c.ID)
		if errors.Is(err, store.ErrNotFound) {
			err = tx.PutConversation(&c)
		}
		return errors.Join(err, tx.PutMessage(&m))
	})
}

// all pages through a search.
func (f finder) all(q store.ConversationQuery) []store.Found {
	f.Helper()
	q.Pages = f.pages
	if q.Filter == "" {
		q.Filter = store.FilterAll
	}
	if q.Limit == 0 {
		q.Limit = 100
	}
	var all []store.Found
	for {
		var list []store.Found
		read(f.T, f.store, func(r store.Reader) (err error) {
			list, q.Cursor, err = r.SearchConversations(q)
			return err
		})
		if len(list) > q.Limit || len(list) == 0 && q.Cursor != "" {
			f.Fatalf("%d of at most %d, cursor %q", len(list), q.Limit, q.Cursor)
		}
		all = append(all, list...)
		if q.Cursor == "" {
			return all
		}
	}
}

// finds checks that a search finds these conversations, in that order.
func (f finder) finds(query string, want ...model.ConversationID) {
	f.Helper()
	got := []model.ConversationID{}
	for _, c := range f.all(store.ConversationQuery{Search: query}) {
		got = append(got, c.ID)
	}
	if !slices.Equal(got, want) {
		f.Errorf("%q finds %v, want %v", query, got, want)
	}
}

func testSearchWords(t *testing.T, s store.Store) {
	f := newFinder(t, s, "1")
	for psid, text := range map[model.PSID]string{
		"a": "東京オフィスの見積もりをお願いします", "b": "ﾘﾝｺﾞを三つ", "c": "りんごとカタカナ", "d": "My résumé is attached",
		"e": "resume later, große Straße", "f": "ＡＢＣ株式会社", "g": "한국어로 말해요", "h": "ฉันดื่มน้ำทุกวัน",
		"i": "thanks 🌸", "j": `"AND" * NEAR(x, 2) col:y -z`, "k": "…", "l": "Fish & chips",
	} {
		f.say("1", psid, string(psid), text)
	}
	for query, want := range map[string][]model.ConversationID{
		"東京": {"1_a"}, "見積": {"1_a"}, "京": {"1_a"}, "東京 見積": {"1_a"}, "見積東京": nil, "オフィス": {"1_a"}, "おふぃす": {"1_a"},
		"リンゴ": {"1_c", "1_b"}, "りんご": {"1_c", "1_b"}, "ﾘﾝｺﾞ": {"1_c", "1_b"}, "りんこ": nil, "ｶﾀｶﾅ": {"1_c"},
		"Resume": {"1_e", "1_d"}, "RÉSUMÉ": {"1_e", "1_d"}, "résum": {"1_e", "1_d"}, "STRASSE": {"1_e"}, "grosse": {"1_e"},
		"abc": {"1_f"}, "ａｂｃ": {"1_f"}, "abc 株式": {"1_f"}, "말해": {"1_g"}, "어": {"1_g"}, "น้ำ": {"1_h"}, "🌸": {"1_i"},
		"AND": {"1_j"}, `"and"`: {"1_j"}, "NEAR(": {"1_j"}, "col:": {"1_j"}, "words:fish": nil, "thanks OR fish": nil,
		"fish NOT chips": nil, "fish chips": {"1_l"}, "chips fi": {"1_l"}, "fi chips": nil, "sume": nil,
		"*": nil, `"`: nil, "…": nil, " ": nil, "": nil, "(": nil, "\x00": nil, "\xff": nil,
	} {
		f.finds(query, want...)
	}
}

func testSearchHits(t *testing.T, s store.Store) {
	f := newFinder(t, s, "1")
	for i := range 5 {
		f.say("1", "a", fmt.Sprint(i), fmt.Sprintf("%d: 東京 and Tokyo", i))
	}
	c := newConversation("1", "b", at(9))
	c.Customer.Name = "東京 太郎"
	putConversation(t, s, c)
	got := f.all(store.ConversationQuery{Search: "東京"})
	if len(got) != 2 || got[0].ID != "1_b" {
		t.Fatalf("found %d", len(got))
	}
	same(t, "name", []model.Span{{From: 0, To: 2}}, got[0].NameSpans)
	if len(got[0].Hits) != 0 || got[0].Hits == nil || got[1].NameSpans != nil {
		t.Errorf("hits of a name: %d; spans of another name: %v", len(got[0].Hits), got[1].NameSpans)
	}
	want := []model.Hit{
		{Message: "1_4", Text: "4: 東京 and Tokyo", Spans: []model.Span{{From: 3, To: 5}}},
		{Message: "1_3", Text: "3: 東京 and Tokyo", Spans: []model.Span{{From: 3, To: 5}}},
		{Message: "1_2", Text: "2: 東京 and Tokyo", Spans: []model.Span{{From: 3, To: 5}}},
	}
	same(t, "hits", want, got[1].Hits)
}

// testSearchInStep: a search finds what is stored now.
func testSearchInStep(t *testing.T, s store.Store) {
	f := newFinder(t, s, "1")
	f.say("1", "a", "m", "apples")
	f.say("1", "a", "n", "cherries")
	f.finds("apples", "1_a")
	f.say("1", "a", "m", "pears", func(m *store.Message) { m.Edited = true })
	f.finds("apples")
	f.finds("pears", "1_a")
	f.say("1", "a", "m", "pears", func(m *store.Message) { m.Reactions = []model.Reaction{{Kind: "love"}} })
	f.finds("pears", "1_a")
	f.say("1", "a", "m", "pears", func(m *store.Message) { m.Deleted = true })
	f.finds("pears")
	f.say("1", "a", "sys", "joined", func(m *store.Message) { m.Direction = model.System })
	f.say("1", "a", "note", "careful", func(m *store.Message) { m.Direction = model.Note })
	f.finds("joined")
	f.finds("careful", "1_a")
	f.finds("customer", "1_a")
	c := newConversation("1", "a", at(1))
	c.Customer.Name = "Hanako"
	putConversation(t, s, c)
	f.finds("customer")
	f.finds("hanako", "1_a")
	c.Unread = 4
	putConversation(t, s, c)
	f.finds("hanako", "1_a")
	c.Customer.Name = ""
	putConversation(t, s, c)
	f.finds("hanako")
	write(t, s, "1", func(tx store.PageTx) error { return tx.RemoveMessage("1_note") })
	f.finds("careful")
	f.finds("cherries", "1_a")
	write(t, s, "1", func(tx store.PageTx) error { return tx.DeleteConversation("1_a", at(9)) })
	f.finds("cherries")
	f.say("1", "b", "k", "plums")
	f.finds("plums", "1_b")
	f.finds("cherries")
	err := s.Write(t.Context(), "1", func(tx store.PageTx) error {
		m := newMessage("1_b", "undone", at(2))
		m.Text = "grapes"
		return errors.Join(tx.PutMessage(&m), errStop)
	})
	if !errors.Is(err, errStop) {
		t.Fatalf("write: %v", err)
	}
	f.finds("grapes")
	write(t, s, "1", func(tx store.PageTx) error {
		m := newMessage("1_b", "twice", at(2))
		m.Text = "lemons"
		err := tx.PutMessage(&m)
		m.Text = "limes"
		return errors.Join(err, tx.PutMessage(&m))
	})
	f.finds("lemons")
	f.finds("limes", "1_b")
}

// testSearchPages: only the query's Pages are searched.
func testSearchPages(t *testing.T, s store.Store) {
	f := newFinder(t, s, "1", "11", "2")
	for _, page := range []model.PageID{"1", "11", "2"} {
		f.say(page, "a", "m", "東京 secret")
		f.say(page, "b", "n", "other")
	}
	f.finds("secret", "2_a", "1_a", "11_a")
	every := f.pages
	for _, page := range every {
		f.pages = []store.PageScope{page, page}
		f.finds("secret", model.ConversationID(page.ID+"_a"))
		f.finds("東", model.ConversationID(page.ID+"_a"))
	}
	f.pages = nil
	f.finds("secret")
	f.pages = []store.PageScope{{ID: "3"}}
	f.finds("secret")
}

// testSearchPaging: a search returns each conversation once, newest first, few or many, and
// with each filter those that the list with that filter has.
func testSearchPaging(t *testing.T, s store.Store) {
	f := newFinder(t, s, "1", "2")
	// So many that an engine may use another plan than for a few.
	for n, page := range f.pages {
		write(t, s, page.ID, func(tx store.PageTx) error {
			for i := range []int{2300, 60}[n] {
				c := newConversation(page.ID, model.PSID(number("c", i)), at(i/3))
				c.Status = []model.Status{model.Open, model.Snoozed, model.Done}[i%3]
				m := newMessage(c.ID, number("m", i), at(i))
				m.Text = "all"
				if i%10 == 0 {
					m.Text = "all some"
				}
				if err := errors.Join(tx.PutConversation(&c), tx.PutMessage(&m)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, filter := range []store.Filter{store.FilterAll, store.FilterSnoozed, store.FilterMine} {
		whole := walk(t, s, store.ConversationQuery{Pages: f.pages, Filter: filter, Limit: 1000})
		some := slices.DeleteFunc(slices.Clone(whole), func(c store.Conversation) bool {
			var n int
			_, _ = fmt.Sscanf(string(c.Customer.PSID), "c%d", &n)
			return n%10 != 0
		})
		for query, want := range map[string][]store.Conversation{"all": whole, "some": some} {
			limits := []int{250}
			if filter == store.FilterAll {
				limits = append(limits, 5000)
			}
			for _, limit := range limits {
				var got []model.ConversationID
				for _, c := range f.all(store.ConversationQuery{Search: query, Filter: filter, Limit: limit}) {
					got = append(got, c.ID)
				}
				if !slices.Equal(got, idsOf(want)) {
					t.Errorf("%s, %q by %d: %d found, want %d", filter, query, limit, len(got), len(want))
				}
			}
		}
	}
	read(t, s, func(r store.Reader) error {
		q := store.ConversationQuery{Pages: f.pages, Filter: store.FilterAll, Search: "all", Limit: 2}
		_, cursor, err := r.SearchConversations(q)
		for _, other := range []store.ConversationQuery{
			{Pages: f.pages, Filter: store.FilterOpen, Search: "all", Limit: 2, Cursor: cursor},
			{Pages: f.pages, Filter: store.FilterAll, Search: "some", Limit: 2, Cursor: cursor},
			{Pages: f.pages, Filter: store.FilterAll, Search: "all", Limit: 2, Cursor: cursor[1:]},
		} {
			if _, _, err := r.SearchConversations(other); !errors.Is(err, store.ErrBadCursor) {
				t.Errorf("a cursor of another search: %v", err)
			}
		}
		q.Cursor = cursor
		if _, _, err := r.Conversations(q); !errors.Is(err, store.ErrBadCursor) {
			t.Errorf("a list with a search's cursor: %v", err)
		}
		return err
	})
}
