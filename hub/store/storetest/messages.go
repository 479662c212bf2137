package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

func messageIDs(list []store.Message) []string {
	ids := make([]string, 0, len(list))
	for _, m := range list {
		ids = append(ids, string(m.ID))
	}
	return ids
}

// testMessageOrder: messages are ordered by time, then by arrival; a late one gets its place,
// even between pages.
func testMessageOrder(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	for _, m := range []struct {
		id string
		at int
	}{{"c", 30}, {"a", 10}, {"d", 40}, {"b1", 20}, {"b2", 20}, {"z", 0}} {
		putMessage(t, s, newMessage("1_2", m.id, at(m.at)))
	}
	putMessage(t, s, newMessage("1_22", "other", at(15)))
	messages := func(before string, limit int) ([]string, string) {
		var list []store.Message
		var cursor string
		read(t, s, func(r store.Reader) (err error) {
			list, cursor, err = r.Messages("1_2", before, limit, store.Viewer{})
			return err
		})
		return messageIDs(list), cursor
	}
	got, cursor := messages("", 2)
	same(t, "newest", []string{"1_c", "1_d"}, got)
	got, next := messages(cursor, 2)
	same(t, "before", []string{"1_b1", "1_b2"}, got)
	putMessage(t, s, newMessage("1_2", "late", at(25)))
	got, again := messages(cursor, 2)
	same(t, "before, with one that came late", []string{"1_b2", "1_late"}, got)
	got, end := messages(again, 10)
	same(t, "beginning", []string{"1_z", "1_a", "1_b1"}, got)
	if end != "" {
		t.Errorf("cursor %q at the beginning", end)
	}
	got, end = messages(next, 2)
	same(t, "exactly the beginning", []string{"1_z", "1_a"}, got)
	if end != "" {
		t.Errorf("cursor %q at the beginning", end)
	}
	testWalkMessages(t, s)
}

func testWalkMessages(t *testing.T, s store.Store) {
	var all []string
	for cursor, first := "", true; first || cursor != ""; first = false {
		read(t, s, func(r store.Reader) (err error) {
			var list []store.Message
			list, cursor, err = r.Messages("1_2", cursor, 1, store.Viewer{})
			all = append(messageIDs(list), all...)
			return err
		})
	}
	same(t, "one by one", []string{"1_z", "1_a", "1_b1", "1_b2", "1_late", "1_c", "1_d"}, all)
}

func testMessageMarks(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	a := putMessage(t, s, newMessage("1_2", "a", at(10)))
	b := putMessage(t, s, newMessage("1_2", "b", at(20)))
	c := putMessage(t, s, newMessage("1_2", "c", at(20)))
	out := newMessage("1_2", "out", at(30))
	out.Direction = model.Out
	putMessage(t, s, out)
	late := putMessage(t, s, newMessage("1_2", "late", at(5)))
	putMessage(t, s, newMessage("1_3", "elsewhere", at(40)))
	read(t, s, func(r store.Reader) error {
		if m, err := r.NewestIn("1_2"); m.ID != c.ID || err != nil {
			t.Errorf("newest of the customer: %s (%v), want %s", m.ID, err, c.ID)
		}
		for _, m := range []struct {
			name string
			mark store.Mark
			want int
		}{{"none", store.Mark{}, 4}, {"late", late.Mark(), 3}, {"a", a.Mark(), 2}, {"b", b.Mark(), 1}, {"c", c.Mark(), 0}} {
			n, err := r.CountUnread("1_2", m.mark)
			if n != m.want || err != nil {
				t.Errorf("unread after %s: %d (%v), want %d", m.name, n, err, m.want)
			}
		}
		for upTo, want := range map[int64]model.MessageID{0: "1_out", a.FirstSeq: a.ID, b.FirstSeq: b.ID, c.FirstSeq: c.ID, late.FirstSeq: "1_out"} {
			m, err := r.Newest("1_2", upTo)
			if m.ID != want || err != nil {
				t.Errorf("newest up to %d: %s (%v), want %s", upTo, m.ID, err, want)
			}
		}
		return nil
	})
}

func testOutgoing(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	put := func(id string, order time.Time, state model.State, change func(*store.Message)) {
		m := newMessage("1_2", id, order)
		m.Direction, m.State = model.Out, state
		change(&m)
		putMessage(t, s, m)
	}
	keep := func(*store.Message) {}
	put("late", at(31), model.Sent, keep)
	put("b", at(30), model.Sent, keep)
	put("a", at(10), model.Delivered, keep)
	put("failed", at(10), model.Failed, keep)
	put("in", at(10), model.Sent, func(m *store.Message) { m.Direction = model.In })
	put("untimed", at(10), model.Sent, func(m *store.Message) { m.MetaTime = false })
	put("elsewhere", at(10), model.Sent, func(m *store.Message) { m.ConversationID = "1_3" })
	read(t, s, func(r store.Reader) error {
		list, err := r.Outgoing("1_2", at(30), model.Sent, model.Delivered)
		same(t, "outgoing", []string{"1_a", "1_b"}, messageIDs(list))
		none, err2 := r.Outgoing("1_2", at(30))
		same(t, "outgoing in no state", []string{}, messageIDs(none))
		return errors.Join(err, err2)
	})
}

func testAnswered(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	first := putMessage(t, s, newMessage("1_2", "question", at(0)))
	answered := func() bool {
		return value(t, s, func(r store.Reader) (bool, error) { return r.AnsweredSince("1_2", "u1", first.FirstSeq) })
	}
	// An answer is stored with an early time on purpose: only the seq counts.
	put := func(id string, direction model.Direction, author model.Author, state model.State) store.Message {
		m := newMessage("1_2", id, at(-5))
		m.Direction, m.Author, m.State = direction, author, state
		return putMessage(t, s, m)
	}
	mine, other := model.Author{Kind: model.ByUser, ID: "u1"}, model.Author{Kind: model.ByUser, ID: "u2"}
	put("more", model.In, model.Author{Kind: model.ByCustomer}, "")
	put("note", model.Note, other, "")
	put("mine", model.Out, mine, model.Sent)
	put("failed", model.Out, other, model.Failed)
	put("dropped", model.Out, other, model.Dropped)
	if answered() {
		t.Error("answered though nobody did")
	}
	for i, author := range []model.Author{other, {Kind: model.ByPage}, {Kind: model.ByApp, ID: "u1"}} {
		m := put("answer", model.Out, author, model.Queued)
		if !answered() {
			t.Errorf("answer %d by another is not seen", i)
		}
		write(t, s, "1", func(tx store.PageTx) error { return tx.RemoveMessage(m.ID) })
	}
	m := put("answer", model.Out, other, model.Sent)
	if value(t, s, func(r store.Reader) (bool, error) { return r.AnsweredSince("1_2", "u1", m.FirstSeq) }) {
		t.Error("an answer counts after its own seq")
	}
}

// testTombstones: a conversation is deleted with everything that belongs to it, and nothing of
// others; the later tombstone stays.
func testTombstones(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	for _, psid := range []model.PSID{"2", "22"} {
		c := putConversation(t, s, newConversation("1", psid, at(0)))
		m := newMessage(c.ID, "m"+string(psid), at(0))
		m.MID = model.MID("mid" + psid)
		putMessage(t, s, m)
		write(t, s, "1", func(tx store.PageTx) error {
			return errors.Join(
				tx.PutReply(store.Reply{MessageID: m.ID, ConversationID: c.ID, UserID: "u", ClientID: model.ClientID(psid), State: model.Queued, WakeAt: at(1)}),
				tx.PutAttempt(store.Attempt{MessageID: m.ID, Number: 1, Token: "t" + string(psid)}),
				drop(tx.KeepRaw(store.RawEvent{Page: "1", Key: "k" + string(psid), Customer: psid})),
				tx.AddPending(store.Pending{Page: "1", MID: m.MID, Event: model.Unsend{}}),
				tx.AddPending(store.Pending{Page: "1", MID: "p" + m.MID, Customer: psid, Event: model.Unsend{}}))
		})
	}
	before := head(t, s, "1")
	write(t, s, "1", func(tx store.PageTx) error { return tx.DeleteConversation("1_2", at(50)) })
	rows := value(t, s, func(r store.Reader) ([]store.LogRow, error) { return r.Events("1", before, 10) })
	if len(rows) != 1 || rows[0].Kind != store.KindRemoved || rows[0].ID != "1_2" {
		t.Errorf("log: %+v", rows)
	}
	read(t, s, func(r store.Reader) error {
		left := func(psid string) []bool {
			id := model.MessageID("1_m" + psid)
			attempts, _ := r.Attempts(id)
			there := []bool{len(attempts) > 0}
			for _, err := range []error{
				drop(r.Conversation(model.ConversationID("1_" + psid))), drop(r.Message(id)), drop(r.Reply(id)),
				drop(r.RawEvent("1", "k"+psid)), drop(r.MessageByMID("1", model.MID("mid"+psid))),
			} {
				there = append(there, err == nil)
			}
			for _, mid := range []model.MID{"mid", "pmid"} {
				list, _ := r.Pending("1", mid+model.MID(psid))
				there = append(there, len(list) > 0)
			}
			return there
		}
		same(t, "left of the deleted", slices.Repeat([]bool{false}, 8), left("2"))
		same(t, "left of the other", slices.Repeat([]bool{true}, 8), left("22"))
		due, _, err := r.DueReplies("1", model.Queued, at(9), 9)
		if len(due) != 1 {
			t.Errorf("%d replies are due", len(due))
		}
		return err
	})
	for _, again := range []struct{ until, want int }{{40, 50}, {60, 60}} {
		putConversation(t, s, newConversation("1", "2", at(0)))
		write(t, s, "1", func(tx store.PageTx) error { return tx.DeleteConversation("1_2", at(again.until)) })
		until := value(t, s, func(r store.Reader) (time.Time, error) { return r.Tombstone("1_2") })
		same(t, "tombstone", at(again.want), until)
	}
}

// testBuried: what must not come back is still known of a deleted conversation, by ids only and
// for that Page only.
func testBuried(t *testing.T, s store.Store) {
	for _, id := range []model.PageID{"1", "2"} {
		putPage(t, s, id)
	}
	heldUpTo := func() time.Time {
		return value(t, s, func(r store.Reader) (time.Time, error) { return r.HeldUpTo("1_2") })
	}
	same(t, "held of nothing", time.Time{}, heldUpTo())
	c := putConversation(t, s, newConversation("1", "2", at(0)))
	for name, m := range map[string]struct {
		at   time.Time
		meta bool
	}{"old": {at(10), true}, "edge": {at(20).Add(-time.Second), true}, "newest": {at(20), true}, "untimed": {at(15), false}} {
		msg := newMessage(c.ID, name, m.at)
		msg.MID, msg.MetaTime = model.MID("mid "+name), m.meta
		putMessage(t, s, msg)
	}
	same(t, "held by messages", at(20), heldUpTo())
	write(t, s, "1", func(tx store.PageTx) error {
		id := model.NewMessageID("1", "untimed")
		return errors.Join(
			drop(tx.KeepRaw(store.RawEvent{Page: "1", Key: "k", Customer: "2", At: at(21)})),
			tx.PutReply(store.Reply{MessageID: id, ConversationID: c.ID, UserID: "u", ClientID: "c", State: model.Sent}),
			tx.PutAttempt(store.Attempt{MessageID: id, Number: 1, Token: "t1", MID: "mid first"}),
			tx.PutAttempt(store.Attempt{MessageID: id, Number: 2}))
	})
	same(t, "held by events", at(21), heldUpTo())
	write(t, s, "1", func(tx store.PageTx) error {
		return tx.AddPending(store.Pending{Page: "1", MID: "p", Customer: "2", At: at(22), Event: model.Unsend{}})
	})
	same(t, "held by what waits", at(22), heldUpTo())
	write(t, s, "1", func(tx store.PageTx) error { return tx.DeleteConversation("1_2", at(20)) })
	same(t, "held of what is deleted", time.Time{}, heldUpTo())

	buried := func(page model.PageID, token string, mid model.MID) bool {
		return value(t, s, func(r store.Reader) (bool, error) { return r.Buried(page, token, mid) })
	}
	for name, want := range map[string]bool{"old": false, "edge": false, "newest": true, "untimed": true, "first": true, "": false} {
		mid := model.MID("mid " + name)
		if name == "" {
			mid = ""
		}
		same(t, "mid of "+name+" is buried", want, buried("1", "", mid))
		same(t, "mid of "+name+" is buried elsewhere", false, buried("2", "", mid))
	}
	same(t, "token is buried", true, buried("1", "t1", ""))
	same(t, "token is buried elsewhere", false, buried("2", "t1", ""))
	same(t, "another token is buried", false, buried("1", "t2", ""))
	for _, of := range []struct {
		page   model.PageID
		user   model.UserID
		client model.ClientID
	}{{"1", "u", "c"}, {"2", "u", "c"}, {"1", "v", "c"}, {"1", "u", "d"}} {
		got := value(t, s, func(r store.Reader) (bool, error) { return r.BuriedReply(of.page, of.user, of.client) })
		same(t, "reply is buried", of.page == "1" && of.user == "u" && of.client == "c", got)
	}
	write(t, s, "1", func(tx store.PageTx) error {
		return errors.Join(tx.BuryMID("later"), tx.BuryMID("later"))
	})
	same(t, "mid buried later", true, buried("1", "", "later"))
	write(t, s, "1", func(tx store.PageTx) error {
		if tx.BuryMID("") == nil {
			t.Error("no mid is buried")
		}
		return nil
	})
}

// testBuriedEvents: of a deleted conversation, those events stay known whose time is that of
// their receipt, or later; for that Page only.
func testBuriedEvents(t *testing.T, s store.Store) {
	for _, id := range []model.PageID{"1", "2"} {
		putPage(t, s, id)
	}
	putConversation(t, s, newConversation("1", "2", at(0)))
	write(t, s, "1", func(tx store.PageTx) error {
		return errors.Join(
			drop(tx.KeepRaw(store.RawEvent{Page: "1", Key: "early", Customer: "2", At: at(0), ReceivedAt: at(61)})),
			drop(tx.KeepRaw(store.RawEvent{Page: "1", Key: "edge", Customer: "2", At: at(1), ReceivedAt: at(61)})),
			drop(tx.KeepRaw(store.RawEvent{Page: "1", Key: "ahead", Customer: "2", At: at(90), ReceivedAt: at(61)})),
			drop(tx.KeepRaw(store.RawEvent{Page: "1", Key: "another's", Customer: "3", At: at(61), ReceivedAt: at(61)})))
	})
	buried := func(page model.PageID, key string) bool {
		return value(t, s, func(r store.Reader) (bool, error) { return r.BuriedEvent(page, key) })
	}
	same(t, "before", false, buried("1", "ahead"))
	write(t, s, "1", func(tx store.PageTx) error { return tx.DeleteConversation("1_2", at(61)) })
	for key, want := range map[string]bool{"early": false, "edge": true, "ahead": true, "another's": false, "": false} {
		same(t, key, want, buried("1", key))
		same(t, key+" elsewhere", false, buried("2", key))
	}
}

// testPrune: the log and the understood events are pruned, nothing else.
func testPrune(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	write(t, s, "1", func(tx store.PageTx) error {
		for i := range 1200 {
			e := store.RawEvent{Page: "1", Key: number("old", i), ReceivedAt: at(0), Understood: true}
			if _, err := tx.KeepRaw(e); err != nil {
				return err
			}
		}
		return errors.Join(
			drop(tx.KeepRaw(store.RawEvent{Page: "1", Key: "strange", ReceivedAt: at(0)})),
			drop(tx.KeepRaw(store.RawEvent{Page: "1", Key: "young", ReceivedAt: at(10), Understood: true})))
	})
	// The log's times come from the store's clock.
	putConversation(t, s, newConversation("1", "2", at(0)))
	if err := s.Prune(t.Context(), at(10)); err != nil {
		t.Fatalf("prune: %v", err)
	}
	counters := value(t, s, func(r store.Reader) (map[string]int64, error) { return r.Counters() })
	same(t, "counters", map[string]int64{"raw_not_understood": 1, "raw_events": 2}, counters)
	rows := value(t, s, func(r store.Reader) ([]store.LogRow, error) { return r.Events("1", 0, 10) })
	if len(rows) != 2 {
		t.Fatalf("%d rows of the log are left of 2 young ones", len(rows))
	}
	if err := s.Prune(t.Context(), rows[1].At.Add(time.Hour)); err != nil {
		t.Fatalf("prune: %v", err)
	}
	if rows := value(t, s, func(r store.Reader) ([]store.LogRow, error) { return r.Events("1", 0, 10) }); len(rows) != 0 {
		t.Errorf("%d old rows of the log are left", len(rows))
	}
	if c := putConversation(t, s, newConversation("1", "2", at(0))); c.Seq != 3 {
		t.Errorf("seq %d after pruning, want 3", c.Seq)
	}
}
