package view_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/hub/store"
	"parley/hub/view"
	"parley/model"
)

// triage changes a conversation as a user.
func triage(w *hubtest.World, u model.User, customer model.PSID, c model.Triage) {
	w.Helper()
	w.Must(w.Hub.Triage(w.Ctx, u, hubtest.ConversationWith(customer), c))
	w.Settle()
}

// counts is what the rep's filters hold.
func counts(w *hubtest.World, u model.User) store.Counts {
	w.Helper()
	c, _, err := w.Hub.Counts(w.Ctx, u, "")
	w.Must(err)
	return c
}

func filtered(w *hubtest.World, u model.User, f store.Filter) []model.PSID {
	w.Helper()
	l, err := w.Hub.Conversations(w.Ctx, u, view.ListQuery{Filter: f, Limit: 10})
	w.Must(err)
	out := []model.PSID{}
	for _, c := range l.Conversations {
		out = append(out, c.Customer.PSID)
	}
	return out
}

func TestTriageMovesBetweenFilters(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		until := hubtest.Now().Add(time.Hour)
		for _, step := range []struct {
			name   string
			change model.Triage
			in     []store.Filter
			counts store.Counts
		}{
			{"as it came", model.Triage{}, []store.Filter{store.FilterOpen, store.FilterUnassigned, store.FilterWaiting}, store.Counts{Open: 1, Unassigned: 1, Unread: 1, Waiting: 1}},
			{"done", model.ToStatus(model.Done), []store.Filter{store.FilterDone}, store.Counts{Done: 1}},
			{"snoozed", model.Snooze(until), []store.Filter{store.FilterSnoozed}, store.Counts{Snoozed: 1, Unread: 1}},
			{"assigned", model.Assign(w.Cat.ID), []store.Filter{store.FilterMine, store.FilterSnoozed}, store.Counts{Mine: 1, Snoozed: 1, Unread: 1}},
			{"open", model.ToStatus(model.Open), []store.Filter{store.FilterMine, store.FilterOpen, store.FilterWaiting}, store.Counts{Mine: 1, Open: 1, Unread: 1, Waiting: 1}},
			{"nobody's", model.Unassign(), []store.Filter{store.FilterOpen, store.FilterUnassigned, store.FilterWaiting}, store.Counts{Open: 1, Unassigned: 1, Unread: 1, Waiting: 1}},
		} {
			triage(w, w.Ann, hanako, step.change)
			for _, f := range []store.Filter{
				store.FilterOpen, store.FilterMine, store.FilterUnassigned, store.FilterSnoozed, store.FilterDone, store.FilterWaiting,
			} {
				if got := filtered(w, w.Cat, f); slices.Contains(step.in, f) != (len(got) == 1) {
					t.Errorf("%s: the filter %s holds %s", step.name, f, got)
				}
			}
			step.counts.All = 1
			if got := counts(w, w.Cat); got != step.counts {
				t.Errorf("%s: counts %+v, want %+v", step.name, got, step.counts)
			}
		}
	})
}

// A snooze ends by itself: nothing is stored for it.
func TestSnoozeEndsByTime(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		triage(w, w.Cat, hanako, model.Snooze(hubtest.Now().Add(time.Hour)))
		head := w.Head()
		w.Pass(time.Hour - time.Millisecond)
		if c := counts(w, w.Cat); c.Snoozed != 1 || c.Open != 0 {
			t.Errorf("before the end: %+v", c)
		}
		w.Pass(time.Millisecond)
		if c := counts(w, w.Cat); c.Snoozed != 0 || c.Open != 1 {
			t.Errorf("at the end: %+v", c)
		}
		if w.Head() != head {
			t.Error("the end of a snooze was stored")
		}
	})
}

// Each change is one row of the log; one that changes nothing is none.
func TestTriageTakesASeq(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		until := hubtest.Now().Add(time.Hour)
		for _, c := range []model.Triage{
			model.Pin(), model.Label("vip"), model.Assign(w.Cat.ID), model.Snooze(until), model.ToStatus(model.Done),
		} {
			head := w.Head()
			triage(w, w.Ann, hanako, c)
			rows := w.Changes(head)
			if len(rows) != 1 || rows[0].Kind != store.KindConversation || rows[0].ID != string(hubtest.ConversationWith(hanako)) {
				t.Errorf("%+v logged %+v", c, rows)
			}
			if got := w.Conversation(hanako).Seq; got != head+1 {
				t.Errorf("the conversation has seq %d, want %d", got, head+1)
			}
			triage(w, w.Ben, hanako, c)
			if rows := w.Changes(head + 1); len(rows) != 0 {
				t.Errorf("the same again logged %+v", rows)
			}
		}
		c := w.Conversation(hanako)
		if c.Status != model.Done || c.SnoozedUntil != nil || !c.Pinned || !slices.Equal(c.Labels, []string{"vip"}) || *c.Assignee != w.Cat.Ref() {
			t.Errorf("got %+v", c)
		}
		triage(w, w.Ann, hanako, model.Triage{})
		if w.Conversation(hanako).Seq != c.Seq {
			t.Error("a change of nothing was stored")
		}
	})
}

func TestTriageRefusesWhatMakesNoSense(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		head := w.Head()
		for field, c := range map[string]model.Triage{
			"status": model.ToStatus("gone"), "snoozed_until": model.Snooze(hubtest.Now()),
			"labels": model.Label(""), "assignee": model.Assign("nobody"),
		} {
			c.Pinned = model.Pin().Pinned // which is not kept either
			var invalid *model.InvalidError
			if err := w.Hub.Triage(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), c); !errors.As(err, &invalid) || invalid.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if w.Head() != head || w.Conversation(hanako).Pinned {
			t.Error("something was stored")
		}
	})
}

// Nobody is given a conversation that they can't see; who has it keeps it.
func TestAssigneeSeesThePage(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Connect(w.Ann, model.Private)
		w.CustomerWrites(hanako)
		id := hubtest.ConversationWith(hanako)
		var invalid *model.InvalidError
		if err := w.Hub.Triage(w.Ctx, w.Ann, id, model.Assign(w.Ben.ID)); !errors.As(err, &invalid) || invalid.Field != "assignee" {
			t.Errorf("assigned to who can't see it: %v", err)
		}
		w.WantHidden(w.Hub.Triage(w.Ctx, w.Ben, id, model.Assign(w.Ben.ID)))
		triage(w, w.Ann, hanako, model.Assign(w.Ann.ID))
		if _, err := w.Hub.SetVisibility(w.Ctx, w.Ann, page, model.Shared); err != nil {
			t.Fatal(err)
		}
		triage(w, w.Ann, hanako, model.Assign(w.Ben.ID))
		if _, err := w.Hub.SetVisibility(w.Ctx, w.Ann, page, model.Private); err != nil {
			t.Fatal(err)
		}
		triage(w, w.Ann, hanako, model.Pin())
		if a := w.Conversation(hanako).Assignee; a == nil || *a != w.Ben.Ref() {
			t.Errorf("assigned to %+v", a)
		}
		w.WantHidden(w.Hub.Triage(w.Ctx, w.Ann, hubtest.ConversationWith(ken), model.Pin()))
		w.WantHidden(w.Hub.Triage(w.Ctx, w.Ann, "nonsense", model.Pin()))
	})
}

// What the customer writes brings a conversation back; what merely happens does not.
func TestCustomersBringConversationsBack(t *testing.T) {
	away := map[string]func(time.Time) model.Triage{
		"done":    func(time.Time) model.Triage { return model.ToStatus(model.Done) },
		"snoozed": func(now time.Time) model.Triage { return model.Snooze(now.Add(day)) },
	}
	for name, put := range away {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				triage(w, w.Cat, hanako, put(hubtest.Now()))
				status := w.Conversation(hanako).Status
				w.Receive(hubtest.Event("read", hanako, hubtest.Now(), model.ReadUpTo{Watermark: hubtest.Now()}))
				w.Reply(hanako, "from us")
				if c := w.Conversation(hanako); c.Status != status {
					t.Errorf("it came back by itself: %s", c.Status)
				}
				w.Receive(hubtest.Wrote(hanako, "m_again", "one more thing", hubtest.Now()))
				if c := w.Conversation(hanako); c.Status != model.Open || c.SnoozedUntil != nil {
					t.Errorf("%s until %v after the customer wrote", c.Status, c.SnoozedUntil)
				}
			})
		})
	}
}

func TestMarkUnread(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Receive(hubtest.Wrote(hanako, "m1", "one", hubtest.Ago(3*time.Minute)), hubtest.Wrote(hanako, "m2", "two", hubtest.Ago(2*time.Minute)))
		w.Reply(hanako, "from us")
		id := hubtest.ConversationWith(hanako)
		head := w.Head()
		w.Must(w.Hub.MarkUnread(w.Ctx, w.Cat, id))
		if w.Head() != head || w.Conversation(hanako).Unread != 2 {
			t.Errorf("what is unread was marked: %d unread", w.Conversation(hanako).Unread)
		}
		for range 2 { // a mark moves there and back
			ms := w.Messages(hanako)
			w.Must(w.Hub.MarkRead(w.Ctx, w.Ann, id, ms[len(ms)-1].ID))
			if n := w.Conversation(hanako).Unread; n != 0 {
				t.Fatalf("%d unread after reading all", n)
			}
			head = w.Head()
			w.Must(w.Hub.MarkUnread(w.Ctx, w.Cat, id))
			if n := w.Conversation(hanako).Unread; n != 1 {
				t.Fatalf("%d unread after marking", n)
			}
			if rows := w.Changes(head); len(rows) != 1 || rows[0].Kind != store.KindConversation {
				t.Fatalf("logged %+v", rows)
			}
		}
		w.Receive(hubtest.Wrote(hanako, "m3", "three", hubtest.Now()))
		if n := w.Conversation(hanako).Unread; n != 2 {
			t.Errorf("%d unread after one more", n)
		}
	})
}

// Messages of the same time are told apart by which came first.
func TestMarkUnreadAmongEquals(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(time.Minute)
		w.Receive(hubtest.Wrote(hanako, "m1", "one", at), hubtest.Wrote(hanako, "m2", "two", at), hubtest.Wrote(hanako, "m3", "three", at))
		w.Must(w.Hub.MarkRead(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), w.ByMID("m3").ID))
		w.Must(w.Hub.MarkUnread(w.Ctx, w.Ann, hubtest.ConversationWith(hanako)))
		if n := w.Conversation(hanako).Unread; n != 1 {
			t.Errorf("%d unread, want the last", n)
		}
	})
}

// A conversation in which the customer wrote nothing has nothing to be unread.
func TestMarkUnreadWithoutAMessage(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Receive(hubtest.Echoed(hanako, hubtest.Now(), model.Echo{MID: "e1", AppID: pageInbox, Text: "hello"}))
		head := w.Head()
		w.Must(w.Hub.MarkUnread(w.Ctx, w.Ann, hubtest.ConversationWith(hanako)))
		if c := w.Conversation(hanako); c.Unread != 0 || w.Head() != head {
			t.Errorf("%d unread", c.Unread)
		}
		w.WantHidden(w.Hub.MarkUnread(w.Ctx, w.Ann, hubtest.ConversationWith(ken)))
		w.WantHidden(w.Hub.MarkUnread(w.Ctx, w.Ann, "nonsense"))
	})
}
