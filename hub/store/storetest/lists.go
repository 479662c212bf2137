package storetest

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/hub/store"
	"parley/model"
)

// newestFirst is the order of the lists.
func newestFirst(a, b store.Conversation) int {
	return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), strings.Compare(string(b.ID), string(a.ID)))
}

func idsOf(list []store.Conversation) []model.ConversationID {
	ids := make([]model.ConversationID, 0, len(list))
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	return ids
}

// testPaging: paging through an unchanged set returns each conversation once, in order, over
// several Pages and with equal times.
func testPaging(t *testing.T, s store.Store) {
	var want []store.Conversation
	var scope []store.PageScope
	for p := range 3 {
		page := model.PageID(number("p", p))
		putPage(t, s, page)
		scope = append(scope, store.PageScope{ID: page})
		write(t, s, page, func(tx store.PageTx) error {
			for i := range 40 {
				c := newConversation(page, model.PSID(number("c", i)), at(i/5))
				c.Status = []model.Status{model.Open, model.Snoozed, model.Done}[i%3]
				if err := tx.PutConversation(&c); err != nil {
					return err
				}
				want = append(want, c)
			}
			return nil
		})
	}
	slices.SortFunc(want, newestFirst)
	for _, limit := range []int{1, 7, 40, 119, 120, 500} {
		got := walk(t, s, store.ConversationQuery{Pages: scope, Filter: store.FilterAll, Limit: limit})
		same(t, number("ids with limit ", limit), idsOf(want), idsOf(got))
	}
	got := walk(t, s, store.ConversationQuery{Pages: append(scope[:1:1], scope[0]), Filter: store.FilterAll, Limit: 7})
	if len(got) != 40 {
		t.Errorf("a page named twice lists %d", len(got))
	}
}

// testBeginnings: a beginning of an id finds the conversations of that Page alone, by id.
func testBeginnings(t *testing.T, s store.Store) {
	for _, page := range []model.PageID{"p1", "p12"} {
		putPage(t, s, page)
		write(t, s, page, func(tx store.PageTx) error {
			for _, psid := range []model.PSID{"12", "1", "123", "13", "2", "1_", "12é"} {
				c := newConversation(page, psid, at(1))
				if err := tx.PutConversation(&c); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, c := range []struct {
		id    string
		limit int
		want  []model.ConversationID
	}{
		{"p1_12", 9, []model.ConversationID{"p1_12", "p1_123", "p1_12é"}},
		{"p1_12", 2, []model.ConversationID{"p1_12", "p1_123"}},
		{"p1_1", 3, []model.ConversationID{"p1_1", "p1_12", "p1_123"}},
		{"p1_%", 9, []model.ConversationID{}},
		{"p1_1_", 9, []model.ConversationID{"p1_1_"}},
		{"p12_1", 9, []model.ConversationID{}},
		{"p1_12", 0, []model.ConversationID{}},
	} {
		var list []store.Conversation
		read(t, s, func(r store.Reader) (err error) {
			list, err = r.ConversationsBeginning("p1", c.id, c.limit)
			return err
		})
		same(t, number("ids beginning with "+c.id+", limit ", c.limit), c.want, idsOf(list))
	}
}

// walk pages through a list.
func walk(t testing.TB, s store.Store, q store.ConversationQuery) []store.Conversation {
	t.Helper()
	var all []store.Conversation
	for {
		var list []store.Conversation
		err := s.Read(t.Context(), func(r store.Reader) (err error) {
			list, q.Cursor, err = r.Conversations(q)
			return err
		})
		if err != nil {
			t.Fatalf("list: %v", err)
		}
		if len(list) > q.Limit || len(list) == 0 && q.Cursor != "" {
			t.Fatalf("%d of at most %d, cursor %q", len(list), q.Limit, q.Cursor)
		}
		all = append(all, list...)
		if q.Cursor == "" {
			return all
		}
	}
}

func testBadCursors(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	for i := range 5 {
		c := putConversation(t, s, newConversation("1", model.PSID(number("c", i)), at(i)))
		putMessage(t, s, newMessage(c.ID, number("a", i), at(i)))
		putMessage(t, s, newMessage(c.ID, number("b", i), at(i)))
	}
	q := store.ConversationQuery{Pages: []store.PageScope{{ID: "1"}}, Filter: store.FilterAll, Limit: 2}
	var conversations, messages string
	read(t, s, func(r store.Reader) (err error) {
		var err2 error
		_, conversations, err = r.Conversations(q)
		_, messages, err2 = r.Messages("1_c000", "", 1, store.Viewer{})
		return errors.Join(err, err2)
	})
	broken := []string{"x", "!", base64.RawURLEncoding.EncodeToString([]byte("{}")), conversations[:len(conversations)-2]}
	read(t, s, func(r store.Reader) error {
		for _, cursor := range append(broken, messages) {
			q.Cursor = cursor
			if _, _, err := r.Conversations(q); !errors.Is(err, store.ErrBadCursor) {
				t.Errorf("conversations with %q: %v", cursor, err)
			}
			if _, _, err := r.Notices([]model.PageID{"1"}, cursor, 2); !errors.Is(err, store.ErrBadCursor) {
				t.Errorf("notices with %q: %v", cursor, err)
			}
		}
		for _, cursor := range append(broken, conversations) {
			if _, _, err := r.Messages("1_c000", cursor, 2, store.Viewer{}); !errors.Is(err, store.ErrBadCursor) {
				t.Errorf("messages with %q: %v", cursor, err)
			}
		}
		q.Cursor, q.Filter = conversations, store.FilterOpen
		if _, _, err := r.Conversations(q); !errors.Is(err, store.ErrBadCursor) {
			t.Errorf("another filter: %v", err)
		}
		if _, _, err := r.Messages("1_c001", messages, 2, store.Viewer{}); !errors.Is(err, store.ErrBadCursor) {
			t.Errorf("another conversation: %v", err)
		}
		q.Cursor, q.Filter = "", "junk"
		if _, _, err := r.Conversations(q); err == nil {
			t.Error("unknown filter: no error")
		}
		return nil
	})
}

// belongs reports whether a conversation is in that list according to the model.
func belongs(f store.Filter, now time.Time, p model.Page, c model.Conversation, user model.UserID) bool {
	done := c.Status == model.Done
	// The rules of the conversation, without those of its Page.
	free := model.CanReply(now, newPage(p.ID).Page, c, user).Allowed
	open := !done && !c.Asleep(now) && free
	switch f {
	case store.FilterAll:
		return true
	case store.FilterOpen:
		return open
	case store.FilterMine:
		return !done && c.Assignee != nil && c.Assignee.ID == user
	case store.FilterUnassigned:
		return open && c.Assignee == nil
	case store.FilterSnoozed:
		return c.Asleep(now)
	case store.FilterDone:
		return done
	case store.FilterWaiting:
		return c.NeedsYou(now)
	case store.FilterMentioned:
		return slices.Contains(c.Mentioned, user)
	case store.FilterBlocked:
		return !done && !model.CanReply(now, p, c, user).Allowed
	}
	return false
}

// testFilters: lists and counts agree with the model, whatever the state.
func testFilters(t *testing.T, s store.Store) {
	var pageNumber atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		now := start.Add(time.Duration(rapid.IntRange(0, 3000).Draw(rt, "now")))
		var pages []model.Page
		var scopes []store.PageScope
		all := make(map[model.PageID][]store.Conversation)
		for range rapid.IntRange(1, 3).Draw(rt, "pages") {
			id := model.PageID(fmt.Sprint(pageNumber.Add(1)))
			p := drawPage(rt, id)
			list := drawConversations(rt, id)
			err := s.Write(t.Context(), id, func(tx store.PageTx) error {
				err := tx.PutPage(&p)
				for i := range list {
					err = errors.Join(err, tx.PutConversation(&list[i]))
				}
				return err
			})
			if err != nil {
				rt.Fatalf("write: %v", err)
			}
			pages = append(pages, p.Page)
			scopes = append(scopes, store.PageScope{ID: id, Blocks: model.PageBlocks(now, p.Page)})
			all[id] = walk(t, s, store.ConversationQuery{Pages: []store.PageScope{{ID: id}}, Filter: store.FilterAll, Now: now, Limit: 100})
			if len(all[id]) != len(list) {
				rt.Fatalf("%d of %d listed", len(all[id]), len(list))
			}
		}
		user := model.UserID(rapid.SampledFrom([]string{"u1", "u2", "u3"}).Draw(rt, "user"))
		checkFilters(rt, t, s, now, user, pages, scopes, all)
	})
}

func checkFilters(rt *rapid.T, t *testing.T, s store.Store, now time.Time, user model.UserID,
	pages []model.Page, scopes []store.PageScope, all map[model.PageID][]store.Conversation,
) {
	var counts store.Counts
	err := s.Read(t.Context(), func(r store.Reader) (err error) {
		counts, err = r.CountConversations(store.CountQuery{Pages: scopes, User: user, Now: now})
		return err
	})
	if err != nil {
		rt.Fatalf("count: %v", err)
	}
	for filter, count := range map[store.Filter]int{
		store.FilterAll: counts.All, store.FilterOpen: counts.Open, store.FilterMine: counts.Mine,
		store.FilterUnassigned: counts.Unassigned, store.FilterSnoozed: counts.Snoozed,
		store.FilterDone: counts.Done, store.FilterBlocked: counts.Blocked,
		store.FilterWaiting: counts.Waiting, store.FilterMentioned: counts.Mentioned,
	} {
		var want []store.Conversation
		for _, p := range pages {
			for _, c := range all[p.ID] {
				if belongs(filter, now, p, c.Conversation, user) {
					want = append(want, c)
				}
			}
		}
		slices.SortFunc(want, newestFirst)
		got := walk(t, s, store.ConversationQuery{
			Pages: scopes, Filter: filter, User: user, Now: now, Limit: rapid.IntRange(2, 9).Draw(rt, "limit"),
		})
		if !slices.Equal(idsOf(want), idsOf(got)) {
			rt.Fatalf("%s lists %v, want %v", filter, idsOf(got), idsOf(want))
		}
		if count != len(want) {
			rt.Fatalf("%s counts %d, want %d", filter, count, len(want))
		}
	}
	unread := 0
	for _, list := range all {
		for _, c := range list {
			if c.Status != model.Done && c.Unread > 0 {
				unread++
			}
		}
	}
	if counts.Unread != unread {
		rt.Fatalf("unread counts %d, want %d", counts.Unread, unread)
	}
}

// drawTime draws a time close to now, to the nanosecond, or none.
func drawTime(rt *rapid.T, name string) *time.Time {
	n := rapid.IntRange(-1, 3000).Draw(rt, name)
	if n < 0 {
		return nil
	}
	return ptr(start.Add(time.Duration(n)))
}

func drawPage(rt *rapid.T, id model.PageID) store.Page {
	p := newPage(id)
	switch rapid.IntRange(0, 8).Draw(rt, "page state") {
	case 0:
		p.UninstalledAt = ptr(at(0))
	case 1:
		p.Restricted = &model.Restriction{RetryAt: drawTime(rt, "retry at")}
	case 2:
		p.MessagesOff = true
	case 3:
		p.RateLimitedUntil = drawTime(rt, "rate limited until")
	}
	return p
}

func drawConversations(rt *rapid.T, page model.PageID) []store.Conversation {
	list := make([]store.Conversation, rapid.IntRange(0, 12).Draw(rt, "conversations"))
	bools := rapid.Bool()
	mostly := rapid.SampledFrom([]bool{true, true, true, false})
	for i := range list {
		c := newConversation(page, model.PSID(number("c", i)), at(rapid.IntRange(0, 4).Draw(rt, "updated")))
		c.Status = rapid.SampledFrom([]model.Status{model.Open, model.Snoozed, model.Done}).Draw(rt, "status")
		c.SnoozedUntil = drawTime(rt, "snoozed until")
		c.Started, c.WindowUntil = mostly.Draw(rt, "started"), drawTime(rt, "window until")
		c.UncertainUntil = drawTime(rt, "uncertain until")
		c.Unreachable = !mostly.Draw(rt, "reachable")
		c.OtherApp, c.OtherAppUntil = bools.Draw(rt, "other app"), drawTime(rt, "other app until")
		c.Unread = rapid.IntRange(0, 2).Draw(rt, "unread")
		c.Waits = rapid.SampledFrom([]model.Waiting{model.WaitsNobody, model.WaitsCustomer, model.WaitsReply}).Draw(rt, "waits")
		if user := rapid.SampledFrom([]string{"", "u1", "u2"}).Draw(rt, "assignee"); user != "" {
			c.Assignee = &model.UserRef{ID: model.UserID(user)}
		}
		c.Mentioned = rapid.SampledFrom([][]model.UserID{nil, nil, {"u1"}, {"u2", "u1"}}).Draw(rt, "mentioned")
		list[i] = c
	}
	return list
}

func testNameless(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	putPage(t, s, "2")
	put := func(page model.PageID, psid model.PSID, name model.Untrusted, asked time.Time) {
		c := newConversation(page, psid, at(0))
		c.Customer.Name, c.ProfileAt = name, asked
		putConversation(t, s, c)
	}
	put("1", "a", "", at(30))
	put("2", "b", "", at(10))
	put("1", "c", "", time.Time{})
	put("1", "d", "", at(60))
	put("1", "e", "Name", at(5))
	nameless := func(before, limit int) []model.ConversationID {
		list := value(t, s, func(r store.Reader) ([]store.Conversation, error) { return r.Nameless(at(before), limit) })
		return idsOf(list)
	}
	same(t, "all", []model.ConversationID{"1_c", "2_b", "1_a"}, nameless(60, 10))
	same(t, "first two", []model.ConversationID{"1_c", "2_b"}, nameless(60, 2))
	put("2", "b", "Now known", at(10))
	put("1", "c", "", at(70))
	same(t, "later", []model.ConversationID{"1_a"}, nameless(60, 10))
}
