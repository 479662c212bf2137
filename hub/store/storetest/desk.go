package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/hub/store"
	"parley/model"
	"parley/model/label"
	"parley/model/query"
)

// Terms returns a query that is known to be right.
func Terms(text string) query.Query {
	q, err := query.Parse(text)
	if err != nil {
		panic(err)
	}
	return q
}

// facts are a conversation's as the model knows them.
type facts struct {
	model.Conversation
	page model.Page
	now  time.Time
	user model.UserID
}

func (f facts) In(state string) bool {
	switch state {
	case query.Unread:
		return f.Unread > 0
	case query.Pinned:
		return f.Pinned
	}
	return belongs(store.Filter(state), f.now, f.page, f.Conversation, f.user)
}

func (f facts) Entry() *model.Entry { return f.Conversation.Entry }
func (f facts) Labels() []string    { return f.Conversation.Labels }
func (f facts) Page() model.Page    { return f.page }

func (f facts) Assignee() (model.UserRef, bool) {
	if f.Conversation.Assignee == nil {
		return model.UserRef{}, false
	}
	return *f.Conversation.Assignee, true
}

// people are the users of these tests by what follows an @.
var people = map[string][]model.UserID{"ken": {"u1"}, "aoi": {"u2"}}

// drawTerms draws terms that a store judges.
func drawTerms(rt *rapid.T) query.Query {
	var q query.Query
	for range rapid.IntRange(0, 3).Draw(rt, "terms") {
		t := rapid.OneOf(
			rapid.Map(rapid.SampledFrom(query.States()), func(s string) query.Term { return query.Term{Kind: query.Is, Value: s} }),
			rapid.Map(rapid.SampledFrom([]string{query.Ad, query.Direct, query.Other}), func(s string) query.Term { return query.Term{Kind: query.From, Value: s} }),
			rapid.Map(rapid.SampledFrom([]string{"VIP", "ｖｉｐ", "返品", "none"}), func(s string) query.Term { return query.Term{Kind: query.Label, Value: s} }),
			rapid.Map(rapid.SampledFrom([]string{"ken", "aoi", query.Me, "nobody"}), func(s string) query.Term { return query.Term{Kind: query.Assignee, Value: s} }),
		).Draw(rt, "term")
		t.Not = rapid.Bool().Draw(rt, "not")
		q = append(q, t)
	}
	return q
}

// testTerms: lists by terms agree with the model, whatever the state.
func testTerms(t *testing.T, s store.Store) {
	var pageNumber atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		now := start.Add(time.Duration(rapid.IntRange(0, 3000).Draw(rt, "now")))
		id := model.PageID(fmt.Sprint("t", pageNumber.Add(1)))
		p := drawPage(rt, id)
		list := drawConversations(rt, id)
		err := s.Write(t.Context(), id, func(tx store.PageTx) error {
			err := tx.PutPage(&p)
			for i := range list {
				c := &list[i]
				c.Labels = rapid.SampledFrom([][]string{nil, {"vip"}, {"返品", "VIP"}, {"other"}}).Draw(rt, "labels")
				c.Entry = rapid.SampledFrom([]*model.Entry{nil, {Source: "ADS"}, {Source: "X"}}).Draw(rt, "entry")
				c.Pinned = rapid.Bool().Draw(rt, "pinned")
				err = errors.Join(err, tx.PutConversation(c))
			}
			return err
		})
		if err != nil {
			rt.Fatalf("write: %v", err)
		}
		scopes := []store.PageScope{{ID: id, Blocks: model.PageBlocks(now, p.Page)}}
		list = walk(t, s, store.ConversationQuery{Pages: scopes, Filter: store.FilterAll, Now: now, Limit: 100})
		user := model.UserID(rapid.SampledFrom([]string{"u1", "u3"}).Draw(rt, "user"))
		where := drawTerms(rt)
		filter := rapid.SampledFrom([]store.Filter{store.FilterAll, store.FilterAll, store.FilterOpen, store.FilterBlocked}).Draw(rt, "filter")
		m := query.NewMatcher(where, user)
		var want []store.Conversation
		for _, c := range list {
			if a := c.Assignee; a != nil {
				a.Name = map[model.UserID]string{"u1": "Ken", "u2": "Aoi"}[a.ID]
			}
			if belongs(filter, now, p.Page, c.Conversation, user) && m.Match(facts{c.Conversation, p.Page, now, user}) {
				want = append(want, c)
			}
		}
		slices.SortFunc(want, newestFirst)
		got := walk(t, s, store.ConversationQuery{
			Pages: scopes, Filter: filter, Where: where, People: people, User: user, Now: now, Limit: rapid.IntRange(2, 9).Draw(rt, "limit"),
		})
		if !slices.Equal(idsOf(want), idsOf(got)) {
			rt.Fatalf("%s %s lists %v, want %v", filter, where, idsOf(got), idsOf(want))
		}
	})
}

// testSearchTerms: what is searched is narrowed by terms, and a cursor is of its terms alone.
func testSearchTerms(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	for i := range 6 {
		c := newConversation("1", model.PSID(number("c", i)), at(i))
		if i%2 == 0 {
			c.Labels = []string{"vip"}
		}
		putConversation(t, s, c)
		putMessage(t, s, newMessage(c.ID, number("m", i), at(i)))
	}
	q := store.ConversationQuery{Pages: []store.PageScope{{ID: "1"}}, Filter: store.FilterAll, Limit: 2, Search: "hello", Where: Terms("label:VIP")}
	var ids []model.ConversationID
	var first string
	for {
		var found []store.Found
		read(t, s, func(r store.Reader) (err error) {
			found, q.Cursor, err = r.SearchConversations(q)
			return err
		})
		for _, f := range found {
			ids = append(ids, f.ID)
		}
		if first == "" {
			first = q.Cursor
		}
		if q.Cursor == "" {
			break
		}
	}
	same(t, "found", []model.ConversationID{"1_c004", "1_c002", "1_c000"}, ids)
	q.Cursor, q.Where = first, Terms("-label:VIP")
	err := s.Read(t.Context(), func(r store.Reader) error {
		_, _, err := r.SearchConversations(q)
		return err
	})
	if !errors.Is(err, store.ErrBadCursor) {
		t.Errorf("a cursor of other terms: %v", err)
	}
}

// testLabels: labels are counted over the Pages asked for, each in its commonest form, and go
// with what had them.
func testLabels(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	putPage(t, s, "2")
	put := func(page model.PageID, psid model.PSID, labels ...string) {
		c := newConversation(page, psid, at(1))
		c.Labels = labels
		putConversation(t, s, c)
	}
	labels := func(pages ...model.PageID) []label.Count {
		return value(t, s, func(r store.Reader) ([]label.Count, error) { return r.Labels(pages) })
	}
	same(t, "none", []label.Count{}, labels("1", "2"))
	put("1", "a", "VIP", "返品")
	put("1", "b", "vip")
	put("1", "c", "vip")
	put("2", "a", "secret", "VIP")
	same(t, "of one Page", []label.Count{{Label: "vip", Count: 3}, {Label: "返品", Count: 1}}, labels("1"))
	same(t, "of both, one named twice", []label.Count{{Label: "vip", Count: 4}, {Label: "secret", Count: 1}, {Label: "返品", Count: 1}}, labels("1", "2", "1"))
	put("1", "a")
	put("1", "b", "new")
	write(t, s, "1", func(tx store.PageTx) error { return tx.DeleteConversation("1_c", at(2)) })
	same(t, "later", []label.Count{{Label: "new", Count: 1}}, labels("1"))
}

// testSavedViews: a user's views keep their order, are theirs alone, and go with them.
func testSavedViews(t *testing.T, s store.Store) {
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.CreateUser(model.User{ID: "u1", Name: "Aki"}), tx.CreateUser(model.User{ID: "u2", Name: "Bo"}))
	})
	views := func(u model.UserID) []query.Saved {
		return value(t, s, func(r store.Reader) ([]query.Saved, error) { return r.SavedViews(u) })
	}
	put := func(u model.UserID, list ...query.Saved) {
		accounts(t, s, func(tx store.AccountTx) error { return tx.PutSavedViews(u, list) })
	}
	a, b := query.Saved{ID: "b", Name: "見積もり", Query: "label:見積もり", Sort: "waiting"}, query.Saved{ID: "a", Name: "Ads", Query: "from:ad", Sort: "newest"}
	put("u1", a, b)
	put("u2", query.Saved{ID: "a", Name: "Mine", Query: "@me", Sort: "newest"})
	same(t, "in their order", []query.Saved{a, b}, views("u1"))
	put("u1", b)
	same(t, "without the first", []query.Saved{b}, views("u1"))
	if got := views("u2"); len(got) != 1 || got[0].Name != "Mine" {
		t.Errorf("another's: %v", got)
	}
	accounts(t, s, func(tx store.AccountTx) error { return tx.RemoveUser("u2") })
	if got := views("u2"); len(got) != 0 {
		t.Errorf("of a user who was removed: %v", got)
	}
}
