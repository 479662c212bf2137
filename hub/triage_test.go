package hub_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"parley/hub/store"
	"parley/hub/view"
	"parley/model"
)

// triage changes a conversation as a user.
func (w *world) triage(u model.User, customer model.PSID, c model.Triage) {
	w.Helper()
	w.must(w.hub.Triage(w.ctx, u, conversationWith(customer), c))
	w.settle()
}

// counts is what the rep's filters hold.
func (w *world) counts(u model.User) store.Counts {
	w.Helper()
	c, _, err := w.hub.Counts(w.ctx, u, "")
	w.must(err)
	return c
}

func (w *world) filtered(u model.User, f store.Filter) []model.PSID {
	w.Helper()
	l, err := w.hub.Conversations(w.ctx, u, view.ListQuery{Filter: f, Limit: 10})
	w.must(err)
	out := []model.PSID{}
	for _, c := range l.Conversations {
		out = append(out, c.Customer.PSID)
	}
	return out
}

func TestTriageMovesBetweenFilters(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		until := now().Add(time.Hour)
		for _, step := range []struct {
			name   string
			change model.Triage
			in     []store.Filter
			counts store.Counts
		}{
			{"as it came", model.Triage{}, []store.Filter{store.FilterOpen, store.FilterUnassigned, store.FilterWaiting}, store.Counts{Open: 1, Unassigned: 1, Unread: 1, Waiting: 1}},
			{"done", model.ToStatus(model.Done), []store.Filter{store.FilterDone}, store.Counts{Done: 1}},
			{"snoozed", model.Snooze(until), []store.Filter{store.FilterSnoozed}, store.Counts{Snoozed: 1, Unread: 1}},
			{"assigned", model.Assign(w.cat.ID), []store.Filter{store.FilterMine, store.FilterSnoozed}, store.Counts{Mine: 1, Snoozed: 1, Unread: 1}},
			{"open", model.ToStatus(model.Open), []store.Filter{store.FilterMine, store.FilterOpen, store.FilterWaiting}, store.Counts{Mine: 1, Open: 1, Unread: 1, Waiting: 1}},
			{"nobody's", model.Unassign(), []store.Filter{store.FilterOpen, store.FilterUnassigned, store.FilterWaiting}, store.Counts{Open: 1, Unassigned: 1, Unread: 1, Waiting: 1}},
		} {
			w.triage(w.ann, hanako, step.change)
			for _, f := range []store.Filter{
				store.FilterOpen, store.FilterMine, store.FilterUnassigned, store.FilterSnoozed, store.FilterDone, store.FilterWaiting,
			} {
				if got := w.filtered(w.cat, f); slices.Contains(step.in, f) != (len(got) == 1) {
					t.Errorf("%s: the filter %s holds %s", step.name, f, got)
				}
			}
			step.counts.All = 1
			if got := w.counts(w.cat); got != step.counts {
				t.Errorf("%s: counts %+v, want %+v", step.name, got, step.counts)
			}
		}
	})
}

// A snooze ends by itself: nothing is stored for it.
func TestSnoozeEndsByTime(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.triage(w.cat, hanako, model.Snooze(now().Add(time.Hour)))
		head := w.head()
		w.pass(time.Hour - time.Millisecond)
		if c := w.counts(w.cat); c.Snoozed != 1 || c.Open != 0 {
			t.Errorf("before the end: %+v", c)
		}
		w.pass(time.Millisecond)
		if c := w.counts(w.cat); c.Snoozed != 0 || c.Open != 1 {
			t.Errorf("at the end: %+v", c)
		}
		if w.head() != head {
			t.Error("the end of a snooze was stored")
		}
	})
}

// Each change is one row of the log; one that changes nothing is none.
func TestTriageTakesASeq(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		until := now().Add(time.Hour)
		for _, c := range []model.Triage{
			model.Pin(), model.Label("vip"), model.Assign(w.cat.ID), model.Snooze(until), model.ToStatus(model.Done),
		} {
			head := w.head()
			w.triage(w.ann, hanako, c)
			rows := w.changes(head)
			if len(rows) != 1 || rows[0].Kind != store.KindConversation || rows[0].ID != string(conversationWith(hanako)) {
				t.Errorf("%+v logged %+v", c, rows)
			}
			if got := w.conversation(hanako).Seq; got != head+1 {
				t.Errorf("the conversation has seq %d, want %d", got, head+1)
			}
			w.triage(w.ben, hanako, c)
			if rows := w.changes(head + 1); len(rows) != 0 {
				t.Errorf("the same again logged %+v", rows)
			}
		}
		c := w.conversation(hanako)
		if c.Status != model.Done || c.SnoozedUntil != nil || !c.Pinned || !slices.Equal(c.Labels, []string{"vip"}) || *c.Assignee != w.cat.Ref() {
			t.Errorf("got %+v", c)
		}
		w.triage(w.ann, hanako, model.Triage{})
		if w.conversation(hanako).Seq != c.Seq {
			t.Error("a change of nothing was stored")
		}
	})
}

func TestTriageRefusesWhatMakesNoSense(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		head := w.head()
		for field, c := range map[string]model.Triage{
			"status": model.ToStatus("gone"), "snoozed_until": model.Snooze(now()),
			"labels": model.Label(""), "assignee": model.Assign("nobody"),
		} {
			c.Pinned = model.Pin().Pinned // which is not kept either
			var invalid *model.InvalidError
			if err := w.hub.Triage(w.ctx, w.ann, conversationWith(hanako), c); !errors.As(err, &invalid) || invalid.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if w.head() != head || w.conversation(hanako).Pinned {
			t.Error("something was stored")
		}
	})
}

// Nobody is given a conversation that they can't see; who has it keeps it.
func TestAssigneeSeesThePage(t *testing.T) {
	inBareWorld(t, func(t *testing.T, w *world) {
		w.connect(w.ann, model.Private)
		w.customerWrites(hanako)
		id := conversationWith(hanako)
		var invalid *model.InvalidError
		if err := w.hub.Triage(w.ctx, w.ann, id, model.Assign(w.ben.ID)); !errors.As(err, &invalid) || invalid.Field != "assignee" {
			t.Errorf("assigned to who can't see it: %v", err)
		}
		w.hidden(w.hub.Triage(w.ctx, w.ben, id, model.Assign(w.ben.ID)))
		w.triage(w.ann, hanako, model.Assign(w.ann.ID))
		if _, err := w.hub.SetVisibility(w.ctx, w.ann, page, model.Shared); err != nil {
			t.Fatal(err)
		}
		w.triage(w.ann, hanako, model.Assign(w.ben.ID))
		if _, err := w.hub.SetVisibility(w.ctx, w.ann, page, model.Private); err != nil {
			t.Fatal(err)
		}
		w.triage(w.ann, hanako, model.Pin())
		if a := w.conversation(hanako).Assignee; a == nil || *a != w.ben.Ref() {
			t.Errorf("assigned to %+v", a)
		}
		w.hidden(w.hub.Triage(w.ctx, w.ann, conversationWith(ken), model.Pin()))
		w.hidden(w.hub.Triage(w.ctx, w.ann, "nonsense", model.Pin()))
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
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.triage(w.cat, hanako, put(now()))
				status := w.conversation(hanako).Status
				w.receive(event("read", hanako, now(), model.ReadUpTo{Watermark: now()}))
				w.reply(hanako, "from us")
				if c := w.conversation(hanako); c.Status != status {
					t.Errorf("it came back by itself: %s", c.Status)
				}
				w.receive(wrote(hanako, "m_again", "one more thing", now()))
				if c := w.conversation(hanako); c.Status != model.Open || c.SnoozedUntil != nil {
					t.Errorf("%s until %v after the customer wrote", c.Status, c.SnoozedUntil)
				}
			})
		})
	}
}

func TestMarkUnread(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.receive(wrote(hanako, "m1", "one", ago(3*time.Minute)), wrote(hanako, "m2", "two", ago(2*time.Minute)))
		w.reply(hanako, "from us")
		id := conversationWith(hanako)
		head := w.head()
		w.must(w.hub.MarkUnread(w.ctx, w.cat, id))
		if w.head() != head || w.conversation(hanako).Unread != 2 {
			t.Errorf("what is unread was marked: %d unread", w.conversation(hanako).Unread)
		}
		for range 2 { // a mark moves there and back
			ms := w.messages(hanako)
			w.must(w.hub.MarkRead(w.ctx, w.ann, id, ms[len(ms)-1].ID))
			if n := w.conversation(hanako).Unread; n != 0 {
				t.Fatalf("%d unread after reading all", n)
			}
			head = w.head()
			w.must(w.hub.MarkUnread(w.ctx, w.cat, id))
			if n := w.conversation(hanako).Unread; n != 1 {
				t.Fatalf("%d unread after marking", n)
			}
			if rows := w.changes(head); len(rows) != 1 || rows[0].Kind != store.KindConversation {
				t.Fatalf("logged %+v", rows)
			}
		}
		w.receive(wrote(hanako, "m3", "three", now()))
		if n := w.conversation(hanako).Unread; n != 2 {
			t.Errorf("%d unread after one more", n)
		}
	})
}

// Messages of the same time are told apart by which came first.
func TestMarkUnreadAmongEquals(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(time.Minute)
		w.receive(wrote(hanako, "m1", "one", at), wrote(hanako, "m2", "two", at), wrote(hanako, "m3", "three", at))
		w.must(w.hub.MarkRead(w.ctx, w.ann, conversationWith(hanako), w.byMID("m3").ID))
		w.must(w.hub.MarkUnread(w.ctx, w.ann, conversationWith(hanako)))
		if n := w.conversation(hanako).Unread; n != 1 {
			t.Errorf("%d unread, want the last", n)
		}
	})
}

// A conversation in which the customer wrote nothing has nothing to be unread.
func TestMarkUnreadWithoutAMessage(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.receive(echoed(hanako, now(), model.Echo{MID: "e1", AppID: pageInbox, Text: "hello"}))
		head := w.head()
		w.must(w.hub.MarkUnread(w.ctx, w.ann, conversationWith(hanako)))
		if c := w.conversation(hanako); c.Unread != 0 || w.head() != head {
			t.Errorf("%d unread", c.Unread)
		}
		w.hidden(w.hub.MarkUnread(w.ctx, w.ann, conversationWith(ken)))
		w.hidden(w.hub.MarkUnread(w.ctx, w.ann, "nonsense"))
	})
}
