package hub_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"parley/hub/stream"
	"parley/model"
)

// kinds returns what a customer was shown, in order.
func (w *world) kinds(customer model.PSID) []model.ActionKind {
	var out []model.ActionKind
	for _, a := range w.graph.did() {
		if a.To == customer {
			out = append(out, a.Kind)
		}
	}
	return out
}

func (w *world) wantKinds(customer model.PSID, want ...model.ActionKind) {
	w.Helper()
	if got := w.kinds(customer); !slices.Equal(got, want) {
		w.Fatalf("the customer was shown %v, want %v", got, want)
	}
}

func typing(active bool) model.Ephemeral {
	return model.Ephemeral{Type: model.FrameTyping, Page: page, Conversation: conversationWith(hanako), Active: active}
}

// TestTheCustomerIsShownTyping: once in ten seconds, not after it ended, not where no reply
// is allowed, and by nobody who may not see the Page.
func TestTheCustomerIsShownTyping(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		ann, cat := w.session(w.ann), w.session(w.cat)
		for range 3 {
			ann.Relay(w.ctx, typing(true))
			w.settle()
		}
		w.wantKinds(hanako, model.TypingOn)
		w.pass(11 * time.Second)
		ann.Relay(w.ctx, typing(true))
		w.settle()
		ann.Relay(w.ctx, typing(false))
		w.settle()
		ann.Relay(w.ctx, typing(false))
		w.settle()
		w.wantKinds(hanako, model.TypingOn, model.TypingOn, model.TypingOff)
		looking := typing(true)
		looking.Type = model.FramePresence
		ann.Relay(w.ctx, looking)
		w.pass(time.Minute)
		if _, err := w.hub.SetVisibility(w.ctx, w.ann, page, model.Private); err != nil {
			w.Fatalf("%v", err)
		}
		cat.Relay(w.ctx, typing(true))
		w.settle()
		w.receive(policy("block", "spam", now()))
		ann.Relay(w.ctx, typing(true))
		w.settle()
		w.wantKinds(hanako, model.TypingOn, model.TypingOn, model.TypingOff)
	})
}

// TestTypingInTurnIsBounded: whoever types and stops in turn, in one conversation or in many,
// by one connection or by several, has Meta told of the first at once, and then of few.
func TestTypingInTurnIsBounded(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		customers := make([]model.PSID, 100)
		for i := range customers {
			customers[i] = model.PSID("60" + strconv.Itoa(100+i))
			w.customerWrites(customers[i])
		}
		w.customerWrites(hanako)
		ann, second, cat := w.session(w.ann), w.session(w.ann), w.session(w.cat)
		for range 250 { // in 5 s
			ann.Relay(w.ctx, typing(true))
			w.pass(10 * time.Millisecond)
			second.Relay(w.ctx, typing(false))
			w.pass(10 * time.Millisecond)
		}
		w.wantKinds(hanako, model.TypingOn, model.TypingOff)
		w.pass(5 * time.Second)
		ann.Relay(w.ctx, typing(true)) // it is shown again when it has a right to be
		w.settle()
		w.wantKinds(hanako, model.TypingOn, model.TypingOff, model.TypingOn)
		w.pass(time.Minute)

		before := len(w.graph.did())
		for range 5 {
			for i, c := range customers {
				for _, active := range []bool{true, false} {
					f := typing(active)
					f.Conversation = conversationWith(c)
					[]*stream.Session{ann, second}[i%2].Relay(w.ctx, f)
				}
				w.pass(5 * time.Millisecond)
			}
		}
		if n := len(w.graph.did()) - before; n == 0 || n > 10 {
			t.Errorf("one user, everywhere in turn: %d calls in 2.5 s", n)
		}
		cat.Relay(w.ctx, typing(true)) // a colleague's share is the colleague's
		w.settle()
		if n := len(w.kinds(hanako)); n != 4 {
			t.Errorf("a colleague's typing is shown %d times", n-3)
		}
		w.pass(time.Minute)

		before = len(w.graph.did())
		for i, c := range customers {
			f := typing(true)
			f.Conversation = conversationWith(c)
			[]*stream.Session{ann, cat, w.session(w.ben)}[i%3].Relay(w.ctx, f)
			w.pass(5 * time.Millisecond)
		}
		if n := len(w.graph.did()) - before; n <= 10 || n > 20 {
			t.Errorf("three users at once: %d calls in half a second", n)
		}
	})
}

// TestTheCustomerIsShownSeen when the read mark moves, and only then; a failure is told to
// nobody, and where Meta asks to wait nothing more is asked of it.
func TestTheCustomerIsShownSeen(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		id := w.byMID("m_in_7001").ID
		for range 2 {
			w.must(w.hub.MarkRead(w.ctx, w.ann, conversationWith(hanako), id))
			w.settle()
		}
		w.wantKinds(hanako, model.MarkSeen)
		head := w.head()
		w.graph.actsLike(answersAct(model.Outcome{Kind: model.OutcomeRateLimited, RetryAfter: time.Hour}))
		w.customerWrites(ken)
		w.must(w.hub.MarkRead(w.ctx, w.ann, conversationWith(ken), w.byMID("m_in_7002").ID))
		w.settle()
		w.session(w.ann).Relay(w.ctx, typing(true))
		w.pass(time.Minute)
		w.wantKinds(ken, model.MarkSeen)
		w.wantKinds(hanako, model.MarkSeen)
		w.wantVerdict(hanako, "")
		for _, row := range w.changes(head) {
			if row.Kind == "page" {
				w.Fatalf("the Page learnt of it: %+v", row)
			}
		}
	})
}

// TestSeenIsTakenBackAndShownAgain: however often, Meta is told once; and again of what the
// customer wrote since.
func TestSeenIsTakenBackAndShownAgain(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.receive(wrote(hanako, "m_one", "hello", ago(time.Minute)))
		for range 20 {
			w.must(w.hub.MarkRead(w.ctx, w.ann, conversationWith(hanako), w.byMID("m_one").ID))
			w.settle()
			w.must(w.hub.MarkUnread(w.ctx, w.ann, conversationWith(hanako)))
		}
		w.wantKinds(hanako, model.MarkSeen)
		w.receive(wrote(hanako, "m_two", "hello?", now()))
		w.must(w.hub.MarkRead(w.ctx, w.ann, conversationWith(hanako), w.byMID("m_two").ID))
		w.settle()
		w.wantKinds(hanako, model.MarkSeen, model.MarkSeen)
	})
}

// TestSenderActionsCanBeSwitchedOff.
func TestSenderActionsCanBeSwitchedOff(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.quiet = true
		w.restart()
		w.customerWrites(hanako)
		w.session(w.ann).Relay(w.ctx, typing(true))
		w.must(w.hub.MarkRead(w.ctx, w.ann, conversationWith(hanako), w.byMID("m_in_7001").ID))
		w.settle()
		w.wantKinds(hanako)
	})
}

// session is a connection of a user that is never written to.
func (w *world) session(u model.User) *stream.Session { return w.hub.Attach(u, nil, nil) }
