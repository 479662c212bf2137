package receive_test

import (
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/model"
)

// waitingResend makes a reply that may have arrived by its first attempt, and that a
// person sent again; Facebook asks to wait with that.
func waitingResend(w *hubtest.World) (id model.MessageID, attempt model.Outgoing, at time.Time) {
	w.Helper()
	w.CustomerWrites(hanako)
	w.Graph.Plays(hubtest.StaysSilent(), hubtest.AsksToWait(time.Minute))
	id, at = w.Reply(hanako, "hello"), hubtest.Now()
	attempt = w.Graph.Last()
	w.Pass(3 * time.Minute)
	w.WantError(id, model.Ask, model.OutcomeUnknown)
	w.Resend(id)
	w.WantState(id, model.Queued)
	return id, attempt, at
}

func TestBareEchoOfAnEarlierAttemptCancelsTheResend(t *testing.T) {
	for name, created := range map[string]time.Duration{"created at the attempt": 0, "clocks that differ": -time.Minute, "created later": time.Minute} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				id, o, at := waitingResend(w)
				w.Receive(hubtest.Echoed(hanako, at.Add(created), model.Echo{MID: "m1", AppID: ourApp, Text: o.Text}))
				if m := w.WantState(id, model.Sent); m.MID != "m1" || m.DeliveredTwice || m.Error != nil {
					t.Errorf("sent as %+v", m.Message)
				}
				wantRows(w, 1)
				w.Pass(time.Hour)
				w.WantSent(2) // the second was refused before it left
				if w.Graph.Reached["hello"] != 1 {
					t.Errorf("reached %d times", w.Graph.Reached["hello"])
				}
			})
		})
	}
}

func TestBareEchoBeforeTheFirstAttemptIsAnothers(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		id, o, at := waitingResend(w)
		w.Receive(hubtest.Echoed(hanako, at.Add(-time.Minute-time.Millisecond), model.Echo{MID: "m1", AppID: ourApp, Text: o.Text}))
		w.WantState(id, model.Queued)
		wantRows(w, 2)
	})
}

// Of two replies that may both be meant, none is.
func TestBareEchoOfTwoCandidatesCancelsNothing(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.Refuses(model.GraphRefused), hubtest.StaysSilent(), hubtest.StaysSilent(), hubtest.AsksToWait(time.Minute))
		one, two := w.Reply(hanako, "hello"), w.Reply(hanako, "hello")
		w.Pass(3 * time.Minute)
		w.WantState(two, model.Ask)
		w.Resend(one)
		w.Pass(3 * time.Minute)
		w.WantState(one, model.Ask)
		w.Resend(two) // both may have arrived
		w.Receive(hubtest.BareEchoOf(w.Graph.Last(), "m1"))
		w.WantState(one, model.Ask)
		w.WantState(two, model.Queued)
		wantRows(w, 3)
	})
}

// One that waits behind the resend and never left is no candidate.
func TestBareEchoPassesOverWhatNeverLeft(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.StaysSilent(), hubtest.AsksToWait(time.Minute))
		one, two := w.Reply(hanako, "hello"), w.Reply(hanako, "hello")
		w.Pass(3 * time.Minute)
		w.Resend(one)
		w.WantState(one, model.Queued)
		w.WantState(two, model.Queued)
		w.Receive(hubtest.BareEchoOf(w.Graph.Sent()[0], "m1"))
		w.WantState(one, model.Sent)
		w.WantState(two, model.Queued)
		wantRows(w, 2)
		w.Pass(2 * time.Minute)
		w.WantState(two, model.Sent)
		w.WantSent(3)
	})
}

// What certainly did not leave is not what an echo tells of.
func TestBareEchoDoesNotCancelWhatWasRefused(t *testing.T) {
	for name, a := range map[string]hubtest.Answer{"refused": hubtest.Refuses(model.GraphRefused), "nothing written": hubtest.WritesNothing()} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.Plays(a, hubtest.AsksToWait(time.Minute))
				id := w.Reply(hanako, "hello")
				if w.State(id) == model.Failed {
					w.Resend(id)
				}
				w.Pass(time.Second)
				w.WantState(id, model.Queued)
				w.Receive(hubtest.BareEchoOf(w.Graph.Last(), "m1"))
				w.WantState(id, model.Queued)
				wantRows(w, 2)
			})
		})
	}
}

// A resend that was never sent asks; the echo of what it repeats still settles it.
func TestBareEchoWhileTheResendAsks(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.StaysSilent())
		id, at := w.Reply(hanako, "hello"), hubtest.Now()
		w.Pass(3 * time.Minute)
		w.Graph.Set(func() { w.Graph.ByDefault = hubtest.WritesNothing() })
		w.Resend(id)
		w.Pass(11 * time.Minute)
		w.WantError(id, model.Ask, model.NotSent)
		w.Receive(hubtest.Echoed(hanako, at, model.Echo{MID: "m1", AppID: ourApp, Text: "hello"}))
		w.WantState(id, model.Sent)
		wantRows(w, 1)
	})
}
