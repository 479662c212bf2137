package receive_test

import (
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/hub/receive"
	"parley/model"
)

// What Facebook puts into a thread by itself is nobody's message: it is not unread, the
// customer does not wait for it, and it answers nobody. What could not be read is counted.
func TestNoticesInAThreadAreNobodys(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		notice := model.Happened{Notable: model.Notable{Kind: model.EventAdminText, Payload: "handed back"}}
		odd := model.Happened{Notable: model.Notable{Kind: model.EventUnknown, Action: "ai_summary"}}
		w.Receive(hubtest.Event("message", hanako, hubtest.Ago(time.Hour), notice), hubtest.Event("message", hanako, hubtest.Ago(time.Minute), odd))
		c := w.Conversation(hanako)
		if c.Started || c.Unread != 0 || c.WindowUntil != nil || c.LastMessage.Direction != model.System {
			t.Errorf("the conversation is %+v", c)
		}
		for _, m := range w.Messages(hanako) {
			if m.Direction != model.System || m.Author.Kind == model.ByCustomer {
				t.Errorf("shown as %+v", m)
			}
		}
		if n := w.Counter(receive.CounterNotUnderstood); n != 1 {
			t.Errorf("%d not understood, want 1", n)
		}
	})
}

// What the Page did is not the customer's act: it reaches nobody and opens nothing.
func TestWhatThePageDidIsNotTheCustomers(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Receive(hubtest.Wrote(hanako, "m1", "hi", hubtest.Ago(time.Hour)))
		w.Graph.Plays(hubtest.Refuses(model.Unreachable))
		w.WantError(w.Reply(hanako, "hello"), model.Failed, model.Unreachable)
		edited := hubtest.Event("message_edit", hanako, hubtest.Now(), model.Edit{Target: "m1", Text: "x", Number: 1})
		edited.FromPage = true
		w.Receive(edited)
		w.WantVerdict(hanako, model.Unreachable)
	})
}

// What the Page sent elsewhere and holds nothing that can be shown says what it was; an
// import that was told less is completed by its echo.
func TestEchoThatHoldsNothing(t *testing.T) {
	hubtest.InPastWorld(t, func(t *testing.T, w *hubtest.World, past *hubtest.PastInbox) {
		past.Says(hanako, model.PastMessage{MID: "p1", FromPage: true, Text: " ", CreatedAt: hubtest.Ago(2 * time.Hour)})
		past.Says(hanako, model.PastMessage{MID: "p2", CreatedAt: hubtest.Ago(time.Hour)})
		w.Connect(w.Ann, model.Shared)
		w.Pass(time.Minute)
		w.Receive(hubtest.Echoed(hanako, hubtest.Now(), model.Echo{MID: "e1", AppID: pageInbox, Holds: "template"}), hubtest.Echoed(hanako, hubtest.Now(), model.Echo{MID: "e2", AppID: pageInbox, Text: " \n"}))
		ms := w.Messages(hanako)
		if len(ms) != 4 {
			t.Fatalf("%d messages", len(ms))
		}
		for i, want := range []string{"", "", "template", ""} {
			if e := ms[i].Event; e == nil || e.Kind != model.EventUnknown || e.Action != want {
				t.Errorf("message %d is %+v of %+v", i, ms[i], e)
			}
		}
		w.Receive(hubtest.Echoed(hanako, hubtest.Ago(2*time.Hour), model.Echo{MID: "p1", AppID: pageInbox, Text: "a word"}))
		if m := w.ByMID("p1"); m.Text != "a word" || m.Event != nil {
			t.Errorf("completed to %+v of %+v", m.Message, m.Event)
		}
	})
}
