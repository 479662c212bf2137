package hub_test

import (
	"testing"
	"time"

	"parley/hub/receive"
	"parley/model"
)

// What Facebook puts into a thread by itself is nobody's message: it is not unread, the
// customer does not wait for it, and it answers nobody. What could not be read is counted.
func TestNoticesInAThreadAreNobodys(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		notice := model.Happened{Notable: model.Notable{Kind: model.EventAdminText, Payload: "handed back"}}
		odd := model.Happened{Notable: model.Notable{Kind: model.EventUnknown, Action: "ai_summary"}}
		w.receive(event("message", hanako, ago(time.Hour), notice), event("message", hanako, ago(time.Minute), odd))
		c := w.conversation(hanako)
		if c.Started || c.Unread != 0 || c.WindowUntil != nil || c.LastMessage.Direction != model.System {
			t.Errorf("the conversation is %+v", c)
		}
		for _, m := range w.messages(hanako) {
			if m.Direction != model.System || m.Author.Kind == model.ByCustomer {
				t.Errorf("shown as %+v", m)
			}
		}
		if n := w.counter(receive.CounterNotUnderstood); n != 1 {
			t.Errorf("%d not understood, want 1", n)
		}
	})
}

// What the Page did is not the customer's act: it reaches nobody and opens nothing.
func TestWhatThePageDidIsNotTheCustomers(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.receive(wrote(hanako, "m1", "hi", ago(time.Hour)))
		w.graph.plays(refuses(model.Unreachable))
		w.wantError(w.reply(hanako, "hello"), model.Failed, model.Unreachable)
		edited := event("message_edit", hanako, now(), model.Edit{Target: "m1", Text: "x", Number: 1})
		edited.FromPage = true
		w.receive(edited)
		w.wantVerdict(hanako, model.Unreachable)
	})
}

// What the Page sent elsewhere and holds nothing that can be shown says what it was; an
// import that was told less is completed by its echo.
func TestEchoThatHoldsNothing(t *testing.T) {
	inPastWorld(t, func(t *testing.T, w *world, past *fakeInbox) {
		past.said(hanako, model.PastMessage{MID: "p1", FromPage: true, Text: " ", CreatedAt: ago(2 * time.Hour)})
		past.said(hanako, model.PastMessage{MID: "p2", CreatedAt: ago(time.Hour)})
		w.connect(w.ann, model.Shared)
		w.pass(time.Minute)
		w.receive(echoed(hanako, now(), model.Echo{MID: "e1", AppID: pageInbox, Holds: "template"}), echoed(hanako, now(), model.Echo{MID: "e2", AppID: pageInbox, Text: " \n"}))
		ms := w.messages(hanako)
		if len(ms) != 4 {
			t.Fatalf("%d messages", len(ms))
		}
		for i, want := range []string{"", "", "template", ""} {
			if e := ms[i].Event; e == nil || e.Kind != model.EventUnknown || e.Action != want {
				t.Errorf("message %d is %+v of %+v", i, ms[i], e)
			}
		}
		w.receive(echoed(hanako, ago(2*time.Hour), model.Echo{MID: "p1", AppID: pageInbox, Text: "a word"}))
		if m := w.byMID("p1"); m.Text != "a word" || m.Event != nil {
			t.Errorf("completed to %+v of %+v", m.Message, m.Event)
		}
	})
}
