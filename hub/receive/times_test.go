package receive_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/hub/store"
	"parley/model"
)

// badTimes are times that no event can have; [model.EventTime] knows more of them.
func badTimes() map[string]time.Time {
	return map[string]time.Time{
		"just after the slack": hubtest.Now().Add(model.FutureSlack + time.Millisecond),
		"2099":                 time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC),
		"9999":                 time.Date(9999, 12, 31, 23, 59, 59, 999_000_000, time.UTC),
		"negative":             time.Unix(-1e9, 0),
	}
}

// eachBadTime runs a test for each time that no event can have.
func eachBadTime(t *testing.T, f func(t *testing.T, w *hubtest.World, bad func() time.Time)) {
	for name := range badTimes() {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) { f(t, w, func() time.Time { return badTimes()[name] }) })
		})
	}
}

// A message of such a time counts as written when it came: window, order, age.
func TestMessageOfABadTime(t *testing.T) {
	eachBadTime(t, func(t *testing.T, w *hubtest.World, bad func() time.Time) {
		w.Receive(hubtest.Wrote(hanako, "m0", "before", hubtest.Ago(time.Hour)), hubtest.Wrote(hanako, "m1", "odd", bad()), hubtest.Wrote(ken, "m9", "neighbour", hubtest.Now()))
		came := hubtest.Now()
		c := w.Conversation(hanako)
		if c.WindowUntil == nil || !c.WindowUntil.Equal(came.Add(day)) || !c.UpdatedAt.Equal(came) {
			t.Errorf("window until %v, updated %v; came %v", c.WindowUntil, c.UpdatedAt, came)
		}
		w.Pass(time.Second)
		w.Receive(hubtest.Wrote(hanako, "m2", "after", hubtest.Now()))
		if got := w.Texts(hanako); !slices.Equal(got, []string{"before", "odd", "after"}) {
			t.Errorf("shown as %q", got)
		}
		if c := w.Conversation(hanako); !c.WindowUntil.Equal(hubtest.Now().Add(day)) || c.LastMessage.Text != "after" {
			t.Errorf("window until %v, last %q", c.WindowUntil, c.LastMessage.Text)
		}
		if got := w.Texts(ken); len(got) != 1 {
			t.Errorf("the neighbour is %q", got)
		}
	})
}

// Policy, reactions, thread control and watermarks: what is newer applies.
func TestStateOfABadTimeIsOverruled(t *testing.T) {
	eachBadTime(t, func(t *testing.T, w *hubtest.World, bad func() time.Time) {
		w.Receive(hubtest.Wrote(hanako, "m1", "hi", hubtest.Ago(time.Hour)))
		id := w.Reply(hanako, "first")
		w.Receive(hubtest.EchoOf(w.Graph.Last(), "m_out_1"))
		w.Pass(time.Second)
		w.Receive(
			hubtest.Policy("block", "spam", bad()),
			hubtest.Event("reaction", hanako, bad(), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love", Emoji: "❤"}),
			hubtest.Event("pass_thread_control", hanako, bad(), model.ThreadControl{Action: "pass", Owner: otherApp}),
			hubtest.Event("read", hanako, bad(), model.ReadUpTo{Watermark: bad()}),
			hubtest.Event("delivery", hanako, bad(), model.DeliveredUpTo{Watermark: bad()}),
		)
		w.WantVerdict(hanako, model.PageRestricted)
		w.WantState(id, model.Read)
		if m := w.ByMID("m1"); len(m.Reactions) != 1 {
			t.Errorf("reactions %+v", m.Reactions)
		}
		w.Pass(time.Second)
		w.Receive(
			hubtest.Policy("unblock", "", hubtest.Now()),
			hubtest.Event("reaction", hanako, hubtest.Now(), model.Reacted{Target: "m1", By: model.ByCustomer, Removed: true}),
			hubtest.Event("pass_thread_control", hanako, hubtest.Now(), model.ThreadControl{Action: "pass", Owner: ourApp}),
		)
		w.WantVerdict(hanako, "")
		if m := w.ByMID("m1"); len(m.Reactions) != 0 {
			t.Errorf("reactions %+v", m.Reactions)
		}
		w.WantState(w.Reply(hanako, "second"), model.Sent) // no watermark of then reaches it
	})
}

// Several of one POST count in the order in which they came.
func TestBadTimesKeepTheirOrder(t *testing.T) {
	eachBadTime(t, func(t *testing.T, w *hubtest.World, bad func() time.Time) {
		w.Receive(hubtest.Policy("block", "spam", bad()), hubtest.Policy("unblock", "", bad()), hubtest.Wrote(hanako, "m1", "one", bad()), hubtest.Wrote(hanako, "m2", "two", bad()))
		w.WantVerdict(hanako, "")
		if got := w.Texts(hanako); !slices.Equal(got, []string{"one", "two"}) {
			t.Errorf("shown as %q", got)
		}
	})
}

// What was deleted does not come back by a later receipt, and what the customer writes
// then is not kept away.
func TestDeletionOfABadTime(t *testing.T) {
	eachBadTime(t, func(t *testing.T, w *hubtest.World, bad func() time.Time) {
		old := []model.Inbound{
			hubtest.Wrote(hanako, "m1", "odd", bad()),
			hubtest.Event("reaction", hanako, bad(), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love"}),
			hubtest.Event("postback", hanako, bad(), model.Postback{Title: "Start"}),
			hubtest.Event("unheard_of", hanako, bad(), nil),
		}
		w.Receive(old...)
		w.Pass(time.Second)
		w.Delete(w.Ann, hanako)
		w.Pass(time.Hour)
		w.Receive(old...)
		w.WantGone(hanako, "odd")
		w.Receive(hubtest.Wrote(hanako, "m2", "new", hubtest.Now()))
		if got := w.Texts(hanako); !slices.Equal(got, []string{"new"}) {
			t.Errorf("the new conversation holds %q", got)
		}
	})
}

// An import counts such a time as the hub's, and reads on behind the thread.
func TestImportOfABadTime(t *testing.T) {
	for name := range badTimes() {
		t.Run(name, func(t *testing.T) {
			hubtest.InPastWorld(t, func(t *testing.T, w *hubtest.World, past *hubtest.PastInbox) {
				past.Writes(ken, "p0", "fine", hubtest.Ago(2*time.Hour))
				past.Writes(hanako, "p1", "odd", badTimes()[name])
				w.GoesWrong()
				past.Writes("7003", "p2", "\xff\xfe", hubtest.Ago(time.Hour)) // can't be stored
				past.Writes("7003", "p3", "beside it", hubtest.Ago(time.Hour))
				w.Connect(w.Ann, model.Shared)
				w.Pass(time.Hour)
				c := w.Conversation(hanako)
				if c.WindowUntil == nil || c.WindowUntil.After(hubtest.Now().Add(day)) || c.UpdatedAt.After(hubtest.Now()) || c.UpdatedAt.Year() < 1970 {
					t.Errorf("window until %v, updated %v", c.WindowUntil, c.UpdatedAt)
				}
				for customer, want := range map[model.PSID]string{ken: "fine", "7003": "beside it"} {
					if got := w.Texts(customer); !slices.Equal(got, []string{want}) {
						t.Errorf("of %s: %q", customer, got)
					}
				}
				if p := w.Page(); p.Import == nil || p.Import.State != model.ImportDone {
					t.Errorf("the import is %+v", p.Import)
				}
				w.Read(func(r store.Reader) error {
					raw, err := r.RawEvent(page, "past:p2")
					if err == nil && raw.Understood {
						t.Error("what could not be stored counts as understood")
					}
					return err
				})
			})
		})
	}
}

// A check of an unknown outcome takes no time from the future either.
func TestCheckOfABadTime(t *testing.T) {
	eachBadTime(t, func(t *testing.T, w *hubtest.World, bad func() time.Time) {
		w.Receive(hubtest.Wrote(hanako, "m1", "hi", hubtest.Ago(time.Hour)))
		w.Graph.Plays(hubtest.StaysSilent())
		w.Graph.OnThread = func(context.Context) {
			w.Graph.Shows(model.SentMessage{MID: "x", FromPage: true, Text: "hello", CreatedAt: bad()})
		}
		id := w.Reply(hanako, "hello")
		w.Pass(3 * time.Minute)
		m := w.Message(id)
		if found := m.State == model.Sent; found != bad().After(hubtest.Now()) { // what was there before is not the reply
			t.Errorf("it is %s", m.State)
		}
		if m.SentAt.After(hubtest.Now()) || m.SentAt.Year() < 1970 {
			t.Errorf("sent at %v", m.SentAt)
		}
	})
}
