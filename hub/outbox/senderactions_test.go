package outbox_test

import (
	"strconv"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/hub/stream"
	"parley/model"
)

// TestTheCustomerIsShownTyping: once in ten seconds, not after it ended, not where no reply
// is allowed, and by nobody who may not see the Page.
func TestTheCustomerIsShownTyping(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		ann, cat := w.Session(w.Ann), w.Session(w.Cat)
		for range 3 {
			ann.Relay(w.Ctx, hubtest.Typing(true))
			w.Settle()
		}
		w.WantActions(hanako, model.TypingOn)
		w.Pass(11 * time.Second)
		ann.Relay(w.Ctx, hubtest.Typing(true))
		w.Settle()
		ann.Relay(w.Ctx, hubtest.Typing(false))
		w.Settle()
		ann.Relay(w.Ctx, hubtest.Typing(false))
		w.Settle()
		w.WantActions(hanako, model.TypingOn, model.TypingOn, model.TypingOff)
		looking := hubtest.Typing(true)
		looking.Type = model.FramePresence
		ann.Relay(w.Ctx, looking)
		w.Pass(time.Minute)
		if _, err := w.Hub.SetVisibility(w.Ctx, w.Ann, page, model.Private); err != nil {
			w.Fatalf("%v", err)
		}
		cat.Relay(w.Ctx, hubtest.Typing(true))
		w.Settle()
		w.Receive(hubtest.Policy("block", "spam", hubtest.Now()))
		ann.Relay(w.Ctx, hubtest.Typing(true))
		w.Settle()
		w.WantActions(hanako, model.TypingOn, model.TypingOn, model.TypingOff)
	})
}

// TestTypingInTurnIsBounded: whoever types and stops in turn, in one conversation or in many,
// by one connection or by several, has Meta told of the first at once, and then of few.
func TestTypingInTurnIsBounded(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		customers := make([]model.PSID, 100)
		for i := range customers {
			customers[i] = model.PSID("60" + strconv.Itoa(100+i))
		}
		w.CustomerWrites(customers...)
		w.CustomerWrites(hanako)
		ann, second, cat := w.Session(w.Ann), w.Session(w.Ann), w.Session(w.Cat)
		for range 250 { // in 5 s
			ann.Relay(w.Ctx, hubtest.Typing(true))
			w.Pass(10 * time.Millisecond)
			second.Relay(w.Ctx, hubtest.Typing(false))
			w.Pass(10 * time.Millisecond)
		}
		w.WantActions(hanako, model.TypingOn, model.TypingOff)
		w.Pass(5 * time.Second)
		ann.Relay(w.Ctx, hubtest.Typing(true)) // it is shown again when it has a right to be
		w.Settle()
		w.WantActions(hanako, model.TypingOn, model.TypingOff, model.TypingOn)
		w.Pass(time.Minute)

		before := len(w.Graph.Did())
		for range 5 {
			for i, c := range customers {
				for _, active := range []bool{true, false} {
					f := hubtest.Typing(active)
					f.Conversation = hubtest.ConversationWith(c)
					[]*stream.Session{ann, second}[i%2].Relay(w.Ctx, f)
				}
				w.Pass(5 * time.Millisecond)
			}
		}
		if n := len(w.Graph.Did()) - before; n == 0 || n > 10 {
			t.Errorf("one user, everywhere in turn: %d calls in 2.5 s", n)
		}
		cat.Relay(w.Ctx, hubtest.Typing(true)) // a colleague's share is the colleague's
		w.Settle()
		if n := len(w.Actions(hanako)); n != 4 {
			t.Errorf("a colleague's typing is shown %d times", n-3)
		}
		w.Pass(time.Minute)

		before = len(w.Graph.Did())
		for i, c := range customers {
			f := hubtest.Typing(true)
			f.Conversation = hubtest.ConversationWith(c)
			[]*stream.Session{ann, cat, w.Session(w.Ben)}[i%3].Relay(w.Ctx, f)
			w.Pass(5 * time.Millisecond)
		}
		if n := len(w.Graph.Did()) - before; n <= 10 || n > 20 {
			t.Errorf("three users at once: %d calls in half a second", n)
		}
	})
}

// TestTheCustomerIsShownSeen when the read mark moves, and only then; a failure is told to
// nobody, and where Meta asks to wait nothing more is asked of it.
func TestTheCustomerIsShownSeen(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		id := w.ByMID("m_in_7001").ID
		for range 2 {
			w.Must(w.Hub.MarkRead(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), id))
			w.Settle()
		}
		w.WantActions(hanako, model.MarkSeen)
		head := w.Head()
		w.Graph.ActsLike(hubtest.AnswersAct(model.Outcome{Kind: model.OutcomeRateLimited, RetryAfter: time.Hour}))
		w.CustomerWrites(ken)
		w.Must(w.Hub.MarkRead(w.Ctx, w.Ann, hubtest.ConversationWith(ken), w.ByMID("m_in_7002").ID))
		w.Settle()
		w.Session(w.Ann).Relay(w.Ctx, hubtest.Typing(true))
		w.Pass(time.Minute)
		w.WantActions(ken, model.MarkSeen)
		w.WantActions(hanako, model.MarkSeen)
		w.WantVerdict(hanako, "")
		for _, row := range w.Changes(head) {
			if row.Kind == "page" {
				w.Fatalf("the Page learnt of it: %+v", row)
			}
		}
	})
}

// TestSeenIsTakenBackAndShownAgain: however often, Meta is told once; and again of what the
// customer wrote since.
func TestSeenIsTakenBackAndShownAgain(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.Receive(hubtest.Wrote(hanako, "m_one", "hello", hubtest.Ago(time.Minute)))
		for range 20 {
			w.Must(w.Hub.MarkRead(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), w.ByMID("m_one").ID))
			w.Settle()
			w.Must(w.Hub.MarkUnread(w.Ctx, w.Ann, hubtest.ConversationWith(hanako)))
		}
		w.WantActions(hanako, model.MarkSeen)
		w.Receive(hubtest.Wrote(hanako, "m_two", "hello?", hubtest.Now()))
		w.Must(w.Hub.MarkRead(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), w.ByMID("m_two").ID))
		w.Settle()
		w.WantActions(hanako, model.MarkSeen, model.MarkSeen)
	})
}

// TestSenderActionsCanBeSwitchedOff.
func TestSenderActionsCanBeSwitchedOff(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.Quiet = true
		w.Restart()
		w.CustomerWrites(hanako)
		w.Session(w.Ann).Relay(w.Ctx, hubtest.Typing(true))
		w.Must(w.Hub.MarkRead(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), w.ByMID("m_in_7001").ID))
		w.Settle()
		w.WantActions(hanako)
	})
}
