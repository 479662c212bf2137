package hub_test

import (
	"testing"
	"time"

	"parley/model"
)

// resend has a person send a reply again that asks or failed.
func (w *world) resend(id model.MessageID) {
	w.Helper()
	_, err := w.hub.Retry(w.ctx, w.ann, id, conversationWith(hanako), w.message(id).Attempt, nil)
	w.must(err)
	w.settle()
}

// waitingResend makes a reply that may have arrived by its first attempt, and that a
// person sent again; Facebook asks to wait with that.
func waitingResend(w *world) (id model.MessageID, attempt model.Outgoing, at time.Time) {
	w.Helper()
	w.customerWrites(hanako)
	w.graph.plays(staysSilent(), asksToWait(time.Minute))
	id, at = w.reply(hanako, "hello"), now()
	attempt = w.graph.last()
	w.pass(3 * time.Minute)
	w.wantError(id, model.Ask, model.OutcomeUnknown)
	w.resend(id)
	w.wantState(id, model.Queued)
	return id, attempt, at
}

func TestBareEchoOfAnEarlierAttemptCancelsTheResend(t *testing.T) {
	for name, created := range map[string]time.Duration{"created at the attempt": 0, "clocks that differ": -time.Minute, "created later": time.Minute} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				id, o, at := waitingResend(w)
				w.receive(echoed(hanako, at.Add(created), model.Echo{MID: "m1", AppID: ourApp, Text: o.Text}))
				if m := w.wantState(id, model.Sent); m.MID != "m1" || m.DeliveredTwice || m.Error != nil {
					t.Errorf("sent as %+v", m.Message)
				}
				w.wantRows(1)
				w.pass(time.Hour)
				w.wantSent(2) // the second was refused before it left
				if w.graph.reached["hello"] != 1 {
					t.Errorf("reached %d times", w.graph.reached["hello"])
				}
			})
		})
	}
}

func TestBareEchoBeforeTheFirstAttemptIsAnothers(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		id, o, at := waitingResend(w)
		w.receive(echoed(hanako, at.Add(-time.Minute-time.Millisecond), model.Echo{MID: "m1", AppID: ourApp, Text: o.Text}))
		w.wantState(id, model.Queued)
		w.wantRows(2)
	})
}

// Of two replies that may both be meant, none is.
func TestBareEchoOfTwoCandidatesCancelsNothing(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(refuses(model.GraphRefused), staysSilent(), staysSilent(), asksToWait(time.Minute))
		one, two := w.reply(hanako, "hello"), w.reply(hanako, "hello")
		w.pass(3 * time.Minute)
		w.wantState(two, model.Ask)
		w.resend(one)
		w.pass(3 * time.Minute)
		w.wantState(one, model.Ask)
		w.resend(two) // both may have arrived
		w.receive(bareEchoOf(w.graph.last(), "m1"))
		w.wantState(one, model.Ask)
		w.wantState(two, model.Queued)
		w.wantRows(3)
	})
}

// One that waits behind the resend and never left is no candidate.
func TestBareEchoPassesOverWhatNeverLeft(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(staysSilent(), asksToWait(time.Minute))
		one, two := w.reply(hanako, "hello"), w.reply(hanako, "hello")
		w.pass(3 * time.Minute)
		w.resend(one)
		w.wantState(one, model.Queued)
		w.wantState(two, model.Queued)
		w.receive(bareEchoOf(w.graph.sent()[0], "m1"))
		w.wantState(one, model.Sent)
		w.wantState(two, model.Queued)
		w.wantRows(2)
		w.pass(2 * time.Minute)
		w.wantState(two, model.Sent)
		w.wantSent(3)
	})
}

// What certainly did not leave is not what an echo tells of.
func TestBareEchoDoesNotCancelWhatWasRefused(t *testing.T) {
	for name, a := range map[string]answer{"refused": refuses(model.GraphRefused), "nothing written": writesNothing()} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(_ *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.plays(a, asksToWait(time.Minute))
				id := w.reply(hanako, "hello")
				if w.state(id) == model.Failed {
					w.resend(id)
				}
				w.pass(time.Second)
				w.wantState(id, model.Queued)
				w.receive(bareEchoOf(w.graph.last(), "m1"))
				w.wantState(id, model.Queued)
				w.wantRows(2)
			})
		})
	}
}

// A resend that was never sent asks; the echo of what it repeats still settles it.
func TestBareEchoWhileTheResendAsks(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(staysSilent())
		id, at := w.reply(hanako, "hello"), now()
		w.pass(3 * time.Minute)
		w.graph.mu.Lock()
		w.graph.byDefault = writesNothing()
		w.graph.mu.Unlock()
		w.resend(id)
		w.pass(11 * time.Minute)
		w.wantError(id, model.Ask, model.NotSent)
		w.receive(echoed(hanako, at, model.Echo{MID: "m1", AppID: ourApp, Text: "hello"}))
		w.wantState(id, model.Sent)
		w.wantRows(1)
	})
}
