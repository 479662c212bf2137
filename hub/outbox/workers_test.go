package outbox_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/hub/outbox"
	"parley/hub/pages"
	"parley/model"
)

// manyCustomers are more than there are workers of any kind.
const manyCustomers = 100

// crowd has many customers write, and returns them.
func crowd(w *hubtest.World) []model.PSID {
	w.Helper()
	psids := make([]model.PSID, manyCustomers)
	for i := range psids {
		psids[i] = model.PSID(fmt.Sprintf("80%03d", i))
	}
	w.CustomerWrites(psids...)
	return psids
}

// takesItsTime has each question to the Page's inbox wait so long for its turn.
func takesItsTime(g *hubtest.Graph, d time.Duration) {
	g.Set(func() {
		g.OnThread = func(ctx context.Context) {
			select {
			case <-time.After(d):
			case <-ctx.Done():
			}
		}
	})
}

func TestChecksHoldNoReplyUp(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		takesItsTime(w.Graph, 20*time.Second)
		for _, psid := range crowd(w) {
			w.Graph.Plays(hubtest.StaysSilent())
			w.Accept(w.Ann, hubtest.Draft(psid, "lost"))
		}
		w.Pass(10 * time.Second) // all are to be checked, two are being checked
		if n := len(w.Graph.ThreadCalls); n != 2 {
			w.Fatalf("the Page's inbox is asked %d questions at once", n)
		}
		w.WantState(w.Reply(hanako, "at once"), model.Sent)
	})
}

func TestAPagesRepliesHoldNoOtherPageUp(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		const other = model.MetaPageID("200")
		_, _, err := w.Hub.ConnectPage(w.Ctx, w.Ben, pages.Connection{Page: other, Token: "other", Visibility: model.Private})
		w.Must(err)
		w.Must(w.Hub.Receive(w.Ctx, []model.PageEntry{{Page: other, Events: []model.Inbound{hubtest.Wrote(hanako, "m1", "to 200", hubtest.Now())}}}))
		for _, psid := range crowd(w) {
			w.Graph.Plays(hubtest.After(20*time.Second, hubtest.StaysSilent()))
			w.Accept(w.Ann, hubtest.Draft(psid, "slow"))
		}
		w.Settle()
		busy := len(w.Graph.Sent())
		if busy == 0 || busy >= manyCustomers {
			t.Fatalf("%d replies of a Page are on their way at once", busy)
		}
		w.Graph.EndScript()
		m, err := w.Hub.Reply(w.Ctx, w.Ben, outbox.Draft{Conversation: "200_7001", ClientID: hubtest.NewClientID(), Text: "at once"})
		w.Must(err)
		w.Settle()
		w.WantState(m.ID, model.Sent)
		w.WantSent(busy + 1)
	})
}

// The time that a check waits for its turn is none of its call's: it is made, however
// long that takes, and what it then says counts.
func TestACheckWaitsForItsTurn(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Shows()
		takesItsTime(w.Graph, 5*time.Minute)
		w.Graph.Plays(hubtest.StaysSilent())
		id := w.Reply(hanako, "hello")
		w.Pass(5 * time.Minute)
		w.WantState(id, model.Unknown)
		w.Pass(5 * time.Second)
		// By then the times of the other checks had come: one answer serves for all.
		if m := w.WantError(id, model.Ask, model.OutcomeUnknown); m.Error.Unchecked || len(w.Graph.ThreadCalls) != 1 {
			t.Errorf("after %d checks unchecked is %v", len(w.Graph.ThreadCalls), m.Error.Unchecked)
		}
	})
}

// A check that the hub's end kept from being made is made by the next run.
func TestACheckThatNeverLeftDoesNotCount(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		takesItsTime(w.Graph, time.Hour)
		w.Graph.Plays(hubtest.StaysSilent())
		id := w.Reply(hanako, "hello")
		w.Pass(10 * time.Second)
		if n := len(w.Graph.ThreadCalls); n != 1 {
			t.Fatalf("%d checks wait for their turn", n)
		}
		w.Stop()
		if n := w.ReplyRow(id).Checks; n != 0 {
			t.Errorf("%d checks count as made", n)
		}
		takesItsTime(w.Graph, 0)
		w.Graph.Shows(model.SentMessage{MID: "m_found", FromPage: true, Text: "hello", CreatedAt: hubtest.Now()})
		w.Start()
		w.Pass(time.Second)
		w.WantState(id, model.Sent)
	})
}
