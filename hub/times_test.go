package hub_test

import (
	"slices"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// badTimes are times that no event can have; [model.EventTime] knows more of them.
func badTimes() map[string]time.Time {
	return map[string]time.Time{
		"just after the slack": now().Add(model.FutureSlack + time.Millisecond),
		"2099":                 time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC),
		"9999":                 time.Date(9999, 12, 31, 23, 59, 59, 999_000_000, time.UTC),
		"negative":             time.Unix(-1e9, 0),
	}
}

// eachBadTime runs a test for each time that no event can have.
func eachBadTime(t *testing.T, f func(t *testing.T, w *world, bad func() time.Time)) {
	for name := range badTimes() {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) { f(t, w, func() time.Time { return badTimes()[name] }) })
		})
	}
}

// A message of such a time counts as written when it came: window, order, age.
func TestMessageOfABadTime(t *testing.T) {
	eachBadTime(t, func(t *testing.T, w *world, bad func() time.Time) {
		w.receive(wrote(hanako, "m0", "before", ago(time.Hour)), wrote(hanako, "m1", "odd", bad()), wrote(ken, "m9", "neighbour", now()))
		came := now()
		c := w.conversation(hanako)
		if c.WindowUntil == nil || !c.WindowUntil.Equal(came.Add(day)) || !c.UpdatedAt.Equal(came) {
			t.Errorf("window until %v, updated %v; came %v", c.WindowUntil, c.UpdatedAt, came)
		}
		w.pass(time.Second)
		w.receive(wrote(hanako, "m2", "after", now()))
		if got := w.textsOf(hanako); !slices.Equal(got, []string{"before", "odd", "after"}) {
			t.Errorf("shown as %q", got)
		}
		if c := w.conversation(hanako); !c.WindowUntil.Equal(now().Add(day)) || c.LastMessage.Text != "after" {
			t.Errorf("window until %v, last %q", c.WindowUntil, c.LastMessage.Text)
		}
		if got := w.textsOf(ken); len(got) != 1 {
			t.Errorf("the neighbour is %q", got)
		}
	})
}

// Policy, reactions, thread control and watermarks: what is newer applies.
func TestStateOfABadTimeIsOverruled(t *testing.T) {
	eachBadTime(t, func(t *testing.T, w *world, bad func() time.Time) {
		w.receive(wrote(hanako, "m1", "hi", ago(time.Hour)))
		id := w.reply(hanako, "first")
		w.receive(echoOf(w.graph.last(), "m_out_1"))
		w.pass(time.Second)
		w.receive(
			policy("block", "spam", bad()),
			event("reaction", hanako, bad(), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love", Emoji: "❤"}),
			event("pass_thread_control", hanako, bad(), model.ThreadControl{Action: "pass", Owner: otherApp}),
			event("read", hanako, bad(), model.ReadUpTo{Watermark: bad()}),
			event("delivery", hanako, bad(), model.DeliveredUpTo{Watermark: bad()}),
		)
		w.wantVerdict(hanako, model.PageRestricted)
		w.wantState(id, model.Read)
		if m := w.byMID("m1"); len(m.Reactions) != 1 {
			t.Errorf("reactions %+v", m.Reactions)
		}
		w.pass(time.Second)
		w.receive(
			policy("unblock", "", now()),
			event("reaction", hanako, now(), model.Reacted{Target: "m1", By: model.ByCustomer, Removed: true}),
			event("pass_thread_control", hanako, now(), model.ThreadControl{Action: "pass", Owner: ourApp}),
		)
		w.wantVerdict(hanako, "")
		if m := w.byMID("m1"); len(m.Reactions) != 0 {
			t.Errorf("reactions %+v", m.Reactions)
		}
		w.wantState(w.reply(hanako, "second"), model.Sent) // no watermark of then reaches it
	})
}

// Several of one POST count in the order in which they came.
func TestBadTimesKeepTheirOrder(t *testing.T) {
	eachBadTime(t, func(t *testing.T, w *world, bad func() time.Time) {
		w.receive(policy("block", "spam", bad()), policy("unblock", "", bad()), wrote(hanako, "m1", "one", bad()), wrote(hanako, "m2", "two", bad()))
		w.wantVerdict(hanako, "")
		if got := w.textsOf(hanako); !slices.Equal(got, []string{"one", "two"}) {
			t.Errorf("shown as %q", got)
		}
	})
}

// What was deleted does not come back by a later receipt, and what the customer writes
// then is not kept away.
func TestDeletionOfABadTime(t *testing.T) {
	eachBadTime(t, func(t *testing.T, w *world, bad func() time.Time) {
		old := []model.Inbound{
			wrote(hanako, "m1", "odd", bad()),
			event("reaction", hanako, bad(), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love"}),
			event("postback", hanako, bad(), model.Postback{Title: "Start"}),
			event("unheard_of", hanako, bad(), nil),
		}
		w.receive(old...)
		w.pass(time.Second)
		w.deletes(w.ann, hanako)
		w.pass(time.Hour)
		w.receive(old...)
		w.gone(hanako, "odd")
		w.receive(wrote(hanako, "m2", "new", now()))
		if got := w.textsOf(hanako); !slices.Equal(got, []string{"new"}) {
			t.Errorf("the new conversation holds %q", got)
		}
	})
}

// An import counts such a time as the hub's, and reads on behind the thread.
func TestImportOfABadTime(t *testing.T) {
	for name := range badTimes() {
		t.Run(name, func(t *testing.T) {
			inPastWorld(t, func(t *testing.T, w *world, past *fakeInbox) {
				past.wrote(ken, "p0", "fine", ago(2*time.Hour))
				past.wrote(hanako, "p1", "odd", badTimes()[name])
				w.goesWrong()
				past.wrote("7003", "p2", "\xff\xfe", ago(time.Hour)) // can't be stored
				past.wrote("7003", "p3", "beside it", ago(time.Hour))
				w.connect(w.ann, model.Shared)
				w.pass(time.Hour)
				c := w.conversation(hanako)
				if c.WindowUntil == nil || c.WindowUntil.After(now().Add(day)) || c.UpdatedAt.After(now()) || c.UpdatedAt.Year() < 1970 {
					t.Errorf("window until %v, updated %v", c.WindowUntil, c.UpdatedAt)
				}
				for customer, want := range map[model.PSID]string{ken: "fine", "7003": "beside it"} {
					if got := w.textsOf(customer); !slices.Equal(got, []string{want}) {
						t.Errorf("of %s: %q", customer, got)
					}
				}
				if p := w.pageNow(); p.Import == nil || p.Import.State != model.ImportDone {
					t.Errorf("the import is %+v", p.Import)
				}
				w.read(func(r store.Reader) error {
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
	eachBadTime(t, func(t *testing.T, w *world, bad func() time.Time) {
		w.receive(wrote(hanako, "m1", "hi", ago(time.Hour)))
		w.graph.plays(staysSilent())
		at := bad()
		w.graph.thread = []model.SentMessage{{MID: "x", FromPage: true, Text: "hello", CreatedAt: at}}
		id := w.reply(hanako, "hello")
		w.pass(3 * time.Minute)
		if m := w.message(id); m.State == model.Sent && (m.SentAt.After(now()) || m.SentAt.Year() < 1970) {
			t.Errorf("sent at %v", m.SentAt)
		}
	})
}
