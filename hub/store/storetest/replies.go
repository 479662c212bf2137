package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

func replyIDs(list []store.Reply) []string {
	ids := make([]string, 0, len(list))
	for _, r := range list {
		ids = append(ids, string(r.MessageID))
	}
	return ids
}

func putReply(t *testing.T, s store.Store, r store.Reply) {
	t.Helper()
	write(t, s, r.MessageID.Page(), func(tx store.PageTx) error { return tx.PutReply(r) })
}

func testReplies(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	full := store.Reply{
		MessageID: "1_z", ConversationID: "1_2", UserID: "u", ClientID: "c", BodyHash: "h", AcceptedSeq: 1,
		AcceptedAt: at(1), State: model.Queued, Attempt: 2, Token: "t", AttemptAt: at(2), LeaseUntil: at(3),
		UncertainSince: at(1), Checks: 2, CheckedAt: at(4), Failures: 5, WakeAt: at(6),
	}
	putReply(t, s, full)
	for i, state := range []model.State{model.Posting, model.Sent, model.Unknown, model.Failed, model.Ask, model.Dropped} {
		putReply(t, s, store.Reply{MessageID: model.MessageID("1_" + string(rune('y'-i))), ConversationID: "1_2", AcceptedSeq: int64(i) + 2, State: state})
	}
	putReply(t, s, store.Reply{MessageID: "1_other", ConversationID: "1_3", AcceptedSeq: 9, State: model.Queued})
	read(t, s, func(r store.Reader) error {
		got, err := r.Reply("1_z")
		same(t, "reply", full, got)
		byClient, err2 := r.ReplyByClientID("1", "u", "c")
		same(t, "reply by client id", full, byClient)
		unsettled, err3 := r.UnsettledReplies("1_2")
		same(t, "unsettled", []string{"1_z", "1_y", "1_w", "1_u"}, replyIDs(unsettled))
		in, err4 := r.RepliesIn("1", model.Queued, model.Dropped)
		same(t, "queued or dropped", []string{"1_z", "1_t", "1_other"}, replyIDs(in))
		scheduled, err5 := r.ScheduledReplies("1_2")
		same(t, "scheduled, none", []string{}, replyIDs(scheduled))
		return errors.Join(err, err2, err3, err4, err5)
	})
	testScheduled(t, s)
	testFigures(t, s, full)
	full.State, full.WakeAt = model.Sent, time.Time{}
	putReply(t, s, full)
	read(t, s, func(r store.Reader) error {
		unsettled, err := r.UnsettledReplies("1_2")
		same(t, "unsettled after a change", []string{"1_y", "1_w", "1_u"}, replyIDs(unsettled))
		got, err2 := r.Reply("1_z")
		same(t, "changed reply", full, got)
		return errors.Join(err, err2)
	})
	testClientIDs(t, s)
}

// testScheduled: scheduled replies are found by their conversation, are not among those that are
// on their way, and are due by themselves.
func testScheduled(t *testing.T, s store.Store) {
	t.Helper()
	for i, id := range []model.MessageID{"1_s2", "1_s1", "1_elsewhere"} {
		r := store.Reply{
			MessageID: id, ConversationID: "1_7", AcceptedSeq: int64(20 + i), State: model.Scheduled, SendAt: at(50), SeenSeq: 19, WakeAt: at(50),
		}
		if id == "1_elsewhere" {
			r.ConversationID = "1_8"
		}
		putReply(t, s, r)
	}
	read(t, s, func(r store.Reader) error {
		scheduled, err := r.ScheduledReplies("1_7")
		same(t, "scheduled", []string{"1_s2", "1_s1"}, replyIDs(scheduled))
		if len(scheduled) == 2 {
			same(t, "a scheduled reply", at(50), scheduled[0].SendAt)
		}
		unsettled, err2 := r.UnsettledReplies("1_7")
		same(t, "unsettled, of the scheduled", []string{}, replyIDs(unsettled))
		due, next, err3 := r.DueReplies("1", model.Scheduled, at(49), 9)
		same(t, "due too early", []string{}, replyIDs(due))
		same(t, "due next", at(50), next)
		return errors.Join(err, err2, err3)
	})
}

// testClientIDs: of many repetitions of one reply exactly one is stored.
func testClientIDs(t *testing.T, s store.Store) {
	var stored int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			err := s.Write(t.Context(), "1", func(tx store.PageTx) error {
				return tx.PutReply(store.Reply{MessageID: model.MessageID(number("1_w", w)), ConversationID: "1_9", UserID: "u", ClientID: "same"})
			})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				stored++
			case !errors.Is(err, store.ErrConflict):
				t.Errorf("put reply: %v", err)
			}
		})
	}
	wg.Wait()
	if stored != 1 {
		t.Errorf("%d replies stored with one client id", stored)
	}
}

// testFigures: the counts cover all Pages, as they are now.
func testFigures(t *testing.T, s store.Store, queued store.Reply) {
	t.Helper()
	putPage(t, s, "5")
	figures := func() (f store.Figures) {
		read(t, s, func(r store.Reader) (err error) {
			f, err = r.Figures()
			return err
		})
		return f
	}
	before := figures()
	same(t, "replies in hand", map[model.State]int{model.Queued: 2, model.Posting: 1, model.Unknown: 1, model.Ask: 1}, before.Replies)
	same(t, "oldest", queued.AcceptedAt, before.OldestQueued)
	older := store.Reply{
		MessageID: "5_a", ConversationID: "5_2", AcceptedSeq: 1, AcceptedAt: queued.AcceptedAt.Add(-time.Hour),
		State: model.Queued, WakeAt: at(1),
	}
	putReply(t, s, older)
	after := figures()
	if after.Replies[model.Queued] != 3 || !after.OldestQueued.Equal(older.AcceptedAt) || after.NotUnderstood != before.NotUnderstood {
		t.Errorf("with an older one of another Page: %+v", after)
	}
	older.State, older.WakeAt = model.Sent, time.Time{}
	putReply(t, s, older)
	same(t, "when it was sent", before, figures())
	read(t, s, func(r store.Reader) error {
		n, err := r.Counter("never counted")
		same(t, "what was never counted", int64(0), n)
		return err
	})
	if err := s.Count(t.Context(), "counted", 3); err != nil {
		t.Fatal(err)
	}
	read(t, s, func(r store.Reader) error {
		n, err := r.Counter("counted")
		same(t, "counted", int64(3), n)
		return err
	})
}

func testDueReplies(t *testing.T, s store.Store) {
	for _, page := range []model.PageID{"1", "2", "3", "4"} {
		putPage(t, s, page)
	}
	put := func(id model.MessageID, state model.State, wake time.Time) {
		putReply(t, s, store.Reply{MessageID: id, ConversationID: model.ConversationID(id.Page() + "_9"), State: state, WakeAt: wake})
	}
	for id, wake := range map[model.MessageID]time.Time{"1_c": at(30), "1_a": at(10), "1_b": at(20), "1_d": at(20), "1_never": {}} {
		put(id, model.Queued, wake)
	}
	put("1_unknown", model.Unknown, at(5))
	put("3_a", model.Queued, at(1))
	put("4_never", model.Ask, time.Time{})
	for _, c := range []struct {
		page       model.PageID
		state      model.State
		now, limit int
		want       []string
		next       time.Time
	}{
		{"1", model.Queued, 5, 10, []string{}, at(10)},
		{"1", model.Queued, 20, 10, []string{"1_a", "1_b", "1_d"}, at(30)},
		{"1", model.Queued, 20, 2, []string{"1_a", "1_b"}, at(20)},
		{"1", model.Queued, 99, 10, []string{"1_a", "1_b", "1_d", "1_c"}, time.Time{}},
		{"1", model.Queued, 99, 4, []string{"1_a", "1_b", "1_d", "1_c"}, time.Time{}},
		{"1", model.Unknown, 99, 10, []string{"1_unknown"}, time.Time{}},
		{"1", model.Posting, 99, 10, []string{}, time.Time{}},
		{"2", model.Queued, 99, 10, []string{}, time.Time{}},
		{"3", model.Queued, 99, 10, []string{"3_a"}, time.Time{}},
	} {
		read(t, s, func(r store.Reader) error {
			list, next, err := r.DueReplies(c.page, c.state, at(c.now), c.limit)
			what := string(c.page) + " " + string(c.state)
			same(t, number(what+" due at ", c.now), c.want, replyIDs(list))
			same(t, number(what+" next after ", c.now), c.next, next)
			return err
		})
	}
	pages := value(t, s, func(r store.Reader) ([]model.PageID, error) { return r.WaitingPages() })
	same(t, "Pages with replies that wait", []model.PageID{"1", "3"}, pages)
}

func testAttempts(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	m := newMessage("1_2", "m", at(0))
	m.MID = "second"
	m = putMessage(t, s, m)
	reply := store.Reply{MessageID: m.ID, ConversationID: "1_2", Token: "t2"}
	first := store.Attempt{MessageID: m.ID, Number: 1, Token: "t1", At: at(1)}
	second := store.Attempt{MessageID: m.ID, Number: 2, Token: "t2", At: at(2), MID: "second"}
	write(t, s, "1", func(tx store.PageTx) error {
		return errors.Join(tx.PutReply(reply), tx.PutAttempt(second), tx.PutAttempt(first))
	})
	first.MID = "first"
	write(t, s, "1", func(tx store.PageTx) error { return tx.PutAttempt(first) })
	read(t, s, func(r store.Reader) error {
		list, err := r.Attempts(m.ID)
		same(t, "attempts", []store.Attempt{first, second}, list)
		v, a, err2 := r.ReplyByToken("1", "t1")
		same(t, "reply by token", reply, v)
		same(t, "attempt by token", first, a)
		for _, mid := range []model.MID{"first", "second"} {
			got, err := r.MessageByMID("1", mid)
			if got.ID != m.ID || err != nil {
				t.Errorf("message by mid %s: %s (%v)", mid, got.ID, err)
			}
		}
		return errors.Join(err, err2)
	})
	// A message with that mid takes precedence over an attempt that had it.
	own := newMessage("1_2", "own", at(0))
	own.MID = "first"
	putMessage(t, s, own)
	got := value(t, s, func(r store.Reader) (store.Message, error) { return r.MessageByMID("1", "first") })
	same(t, "message by its own mid", own.ID, got.ID)
}
