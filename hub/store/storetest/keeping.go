package storetest

import (
	"errors"
	"slices"
	"testing"

	"parley/hub/store"
	"parley/model"
)

func testRaw(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	e := store.RawEvent{
		Page: "1", Key: "sha:x", Customer: "9", Name: "message", At: at(1), ReceivedAt: at(2),
		Body: []byte("{\"a\":\"\xff\x00\u6771\"}"), Understood: true,
	}
	for i, want := range []bool{true, false} {
		write(t, s, "1", func(tx store.PageTx) error {
			kept, err := tx.KeepRaw(e)
			if kept != want {
				t.Errorf("kept %t at time %d", kept, i+1)
			}
			return err
		})
	}
	same(t, "raw event", e, value(t, s, func(r store.Reader) (store.RawEvent, error) { return r.RawEvent("1", e.Key) }))
	if head(t, s, "1") != 1 {
		t.Error("bookkeeping took a seq")
	}
	testEmptyRaw(t, s)
}

// testEmptyRaw: the raw events of a message and its edits are emptied, except for one; that
// they came is still known, and other events are unchanged.
func testEmptyRaw(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	putPage(t, s, "2")
	body := func(mid string) []byte { return []byte(`{"mid":"` + mid + `","text":"said"}`) }
	rows := []struct {
		store.RawEvent
		gone bool
	}{
		{store.RawEvent{Page: "1", Key: "mid:m/1", Customer: "9", Name: "message", Body: body("m/1")}, true},
		{store.RawEvent{Page: "1", Key: "sha:1", Customer: "9", Name: "message_edit", Body: body("m/1")}, true},
		{store.RawEvent{Page: "1", Key: "sha:2", Customer: "9", Name: "message_edit", Body: body(`m\/1`)}, true},
		{store.RawEvent{Page: "1", Key: "sha:3", Customer: "9", Name: "message_edit", Body: body("m/1")}, false}, // the one that stays
		{store.RawEvent{Page: "1", Key: "sha:4", Customer: "9", Name: "message_edit", Body: body("m/2")}, false},
		{store.RawEvent{Page: "1", Key: "sha:5", Customer: "9", Name: "message", Body: body("m/1")}, false}, // a reply to it
		{store.RawEvent{Page: "1", Key: "mid:m/2", Customer: "9", Name: "message", Body: body("m/2")}, false},
		{store.RawEvent{Page: "1", Key: "sha:6", Customer: "8", Name: "message_edit", Body: body("m/1")}, false},
		{store.RawEvent{Page: "2", Key: "mid:m/1", Customer: "9", Name: "message", Body: body("m/1")}, false},
	}
	for _, r := range rows {
		write(t, s, r.Page, func(tx store.PageTx) error {
			kept, err := tx.KeepRaw(r.RawEvent)
			if !kept {
				t.Errorf("%s is not kept", r.Key)
			}
			return err
		})
	}
	write(t, s, "1", func(tx store.PageTx) error { return tx.EmptyRaw("9", "m/1", "sha:3") })
	if err := s.Erased(); err != nil {
		t.Error(err)
	}
	for _, r := range rows {
		want := r.Body
		if r.gone {
			want = []byte{}
		}
		got := value(t, s, func(tx store.Reader) (store.RawEvent, error) { return tx.RawEvent(r.Page, r.Key) })
		same(t, "body of "+r.Key, string(want), string(got.Body))
		write(t, s, r.Page, func(tx store.PageTx) error {
			again, err := tx.KeepRaw(r.RawEvent)
			if again {
				t.Errorf("%s is taken for new", r.Key)
			}
			return err
		})
	}
	err := s.Write(t.Context(), "1", func(tx store.PageTx) error { return tx.EmptyRaw("9", "", "") })
	if err == nil {
		t.Error("emptied what is of no message")
	}
}

// testUploads: exactly the files that a conversation's replies carry are returned.
func testUploads(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	for _, id := range []model.ConversationID{"1_2", "1_3"} {
		putConversation(t, s, newConversation("1", id.Customer(), at(0)))
		for _, n := range []string{"a", "b"} {
			m := newMessage(id, n+string(id.Customer()), at(1))
			putMessage(t, s, m)
			write(t, s, "1", func(tx store.PageTx) error {
				return tx.PutReply(store.Reply{MessageID: m.ID, ConversationID: id, UserID: "u", ClientID: model.ClientID(m.ID), File: &store.File{Upload: n + string(id)}})
			})
		}
	}
	of := func(id model.ConversationID) []string {
		list := value(t, s, func(r store.Reader) ([]string, error) { return r.Uploads(id) })
		slices.Sort(list)
		return list
	}
	same(t, "uploads", []string{"a1_2", "b1_2"}, of("1_2"))
	write(t, s, "1", func(tx store.PageTx) error { return tx.DeleteConversation("1_2", at(9)) })
	same(t, "uploads of what was deleted", []string(nil), of("1_2"))
	same(t, "uploads of another", []string{"a1_3", "b1_3"}, of("1_3"))
}

func testPending(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	list := []store.Pending{
		{Page: "1", MID: "m", Customer: "9", At: at(3), Event: model.Reacted{Target: "m", By: model.ByCustomer, Kind: "love", Emoji: "❤️"}},
		{Page: "1", MID: "m", Customer: "9", At: at(1), Event: model.Edit{Target: "m", Text: strange, Number: 2}},
		{Page: "1", MID: "m", Customer: "9", Event: model.Unsend{Target: "m"}},
		{Page: "1", MID: "m", Customer: "9", At: at(2), Event: model.Feedback{Target: "m", Words: "good"}},
		{Page: "1", MID: "m", Customer: "9", At: at(2), Event: model.DeliveredUpTo{MIDs: []model.MID{"m"}, Watermark: at(2)}},
	}
	other := store.Pending{Page: "1", MID: "n", Event: model.Unsend{Target: "n"}}
	write(t, s, "1", func(tx store.PageTx) error {
		err := tx.AddPending(other)
		for _, p := range list {
			err = errors.Join(err, tx.AddPending(p))
		}
		return err
	})
	pending := func(mid model.MID) []store.Pending {
		return value(t, s, func(r store.Reader) ([]store.Pending, error) { return r.Pending("1", mid) })
	}
	same(t, "pending", list, pending("m"))
	write(t, s, "1", func(tx store.PageTx) error { return tx.RemovePending("1", "m") })
	same(t, "pending after taking", []store.Pending(nil), pending("m"))
	same(t, "pending of another", []store.Pending{other}, pending("n"))
	if err := s.Write(t.Context(), "1", func(tx store.PageTx) error { return tx.AddPending(store.Pending{Page: "1"}) }); err == nil {
		t.Error("no event is pending: no error")
	}
}

func testNotices(t *testing.T, s store.Store) {
	var want []string
	for i := range 30 {
		page := model.PageID(number("p", i%3))
		if i < 3 {
			putPage(t, s, page)
		}
		n := model.Notice{ID: number("n", i), PageID: page, Kind: model.NoticePolicyBlock, CreatedAt: at(i / 4)}
		write(t, s, page, func(tx store.PageTx) error { return tx.PutNotice(&n) })
		if page != "p002" {
			want = append([]string{n.ID}, want...)
		}
	}
	var got []string
	for cursor, first := "", true; first || cursor != ""; first = false {
		read(t, s, func(r store.Reader) (err error) {
			var list []model.Notice
			list, cursor, err = r.Notices([]model.PageID{"p000", "p001", "p000"}, cursor, 3)
			for _, n := range list {
				got = append(got, n.ID)
			}
			return err
		})
	}
	same(t, "notices", want, got)
}

func testCounters(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	for _, n := range []int64{1, 5, -2} {
		if err := s.Count(t.Context(), "rejected", n); err != nil {
			t.Fatalf("count: %v", err)
		}
	}
	write(t, s, "1", func(tx store.PageTx) error {
		return errors.Join(
			drop(tx.KeepRaw(store.RawEvent{Page: "1", Key: "a"})),
			drop(tx.KeepRaw(store.RawEvent{Page: "1", Key: "b", Understood: true})),
			drop(tx.KeepRaw(store.RawEvent{Page: "1", Key: "c", Understood: true})))
	})
	same(t, "counters", map[string]int64{"rejected": 4, "raw_not_understood": 1, "raw_events": 3},
		value(t, s, func(r store.Reader) (map[string]int64, error) { return r.Counters() }))
}

// testScrub: what is stored stays, and can be changed as before.
func testScrub(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	c := putConversation(t, s, newConversation("1", "7", at(1)))
	m := putMessage(t, s, newMessage(c.ID, "m1", at(1)))
	if err := s.Scrub(t.Context()); err != nil {
		t.Fatalf("scrub: %v", err)
	}
	same(t, "message", m, value(t, s, func(r store.Reader) (store.Message, error) { return r.Message(m.ID) }))
	found := value(t, s, func(r store.Reader) ([]store.Found, error) {
		list, _, err := r.SearchConversations(store.ConversationQuery{
			Pages: []store.PageScope{{ID: "1"}}, Filter: store.FilterAll, Limit: 9, Search: "hello",
		})
		return list, err
	})
	if len(found) != 1 {
		t.Errorf("found %d conversations", len(found))
	}
	putMessage(t, s, newMessage(c.ID, "m2", at(2)))
	if n := head(t, s, "1"); n != 4 {
		t.Errorf("head is %d", n)
	}
}
