package hub_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"parley/hub/outbox"
	"parley/hub/pages"
	"parley/model"
)

// manyCustomers are more than there are workers of any kind.
const manyCustomers = 100

// crowd has many customers write, and returns them.
func (w *world) crowd() []model.PSID {
	w.Helper()
	psids := make([]model.PSID, manyCustomers)
	events := make([]model.Inbound, manyCustomers)
	for i := range psids {
		psids[i] = model.PSID(fmt.Sprintf("80%03d", i))
		events[i] = wrote(psids[i], "m_in_"+model.MID(psids[i]), "hello", ago(time.Minute))
	}
	w.receive(events...)
	return psids
}

// takesItsTime has each question to the Page's inbox wait so long for its turn.
func (g *fakeGraph) takesItsTime(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.onThread = func(ctx context.Context) {
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
	}
}

func TestChecksHoldNoReplyUp(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.takesItsTime(20 * time.Second)
		for _, psid := range w.crowd() {
			w.graph.plays(staysSilent())
			w.accept(w.ann, draft(psid, "lost"))
		}
		w.pass(10 * time.Second) // all are to be checked, two are being checked
		if n := len(w.graph.threadCalls); n != 2 {
			w.Fatalf("the Page's inbox is asked %d questions at once", n)
		}
		w.wantState(w.reply(hanako, "at once"), model.Sent)
	})
}

func TestAPagesRepliesHoldNoOtherPageUp(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		const other = model.MetaPageID("200")
		_, _, err := w.hub.ConnectPage(w.ctx, w.ben, pages.Connection{Page: other, Token: "other", Visibility: model.Private})
		w.must(err)
		w.must(w.hub.Receive(w.ctx, []model.PageEntry{{Page: other, Events: []model.Inbound{wrote(hanako, "m1", "to 200", now())}}}))
		for _, psid := range w.crowd() {
			w.graph.plays(after(20*time.Second, staysSilent()))
			w.accept(w.ann, draft(psid, "slow"))
		}
		w.settle()
		busy := len(w.graph.sent())
		if busy == 0 || busy >= manyCustomers {
			t.Fatalf("%d replies of a Page are on their way at once", busy)
		}
		w.graph.mu.Lock()
		w.graph.script = nil
		w.graph.mu.Unlock()
		m, err := w.hub.Reply(w.ctx, w.ben, outbox.Draft{Conversation: "200_7001", ClientID: newClientID(), Text: "at once"})
		w.must(err)
		w.settle()
		w.wantState(m.ID, model.Sent)
		w.wantSent(busy + 1)
	})
}

// The time that a check waits for its turn is none of its call's: it is made, however
// long that takes, and what it then says counts.
func TestACheckWaitsForItsTurn(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.shows()
		w.graph.takesItsTime(5 * time.Minute)
		w.graph.plays(staysSilent())
		id := w.reply(hanako, "hello")
		w.pass(5 * time.Minute)
		w.wantState(id, model.Unknown)
		w.pass(5 * time.Second)
		// By then the times of the other checks had come: one answer serves for all.
		if m := w.wantError(id, model.Ask, model.OutcomeUnknown); m.Error.Unchecked || len(w.graph.threadCalls) != 1 {
			t.Errorf("after %d checks unchecked is %v", len(w.graph.threadCalls), m.Error.Unchecked)
		}
	})
}

// A check that the hub's end kept from being made is made by the next run.
func TestACheckThatNeverLeftDoesNotCount(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.takesItsTime(time.Hour)
		w.graph.plays(staysSilent())
		id := w.reply(hanako, "hello")
		w.pass(10 * time.Second)
		if n := len(w.graph.threadCalls); n != 1 {
			t.Fatalf("%d checks wait for their turn", n)
		}
		w.stop()
		if n := w.replyRow(id).Checks; n != 0 {
			t.Errorf("%d checks count as made", n)
		}
		w.graph.takesItsTime(0)
		w.graph.shows(model.SentMessage{MID: "m_found", FromPage: true, Text: "hello", CreatedAt: now()})
		w.start()
		w.pass(time.Second)
		w.wantState(id, model.Sent)
	})
}
