package hub_test

import (
	"slices"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// wantWaits expects who waits with hanako, of the conversation, the list and the count alike,
// and which message the list shows.
func (w *world) wantWaits(step string, who model.Waiting, shown string) {
	w.Helper()
	c := w.conversation(hanako)
	if c.Waits != who || (c.WaitsSince == nil) != (who == model.WaitsNobody) {
		w.Fatalf("%s: %q waits since %v, want %q", step, c.Waits, c.WaitsSince, who)
	}
	if got := c.Shown(); got == nil || string(got.Text) != shown {
		w.Fatalf("%s: it shows %+v, want %q", step, got, shown)
	}
	listed := slices.Contains(w.filtered(w.ann, store.FilterWaiting), hanako)
	if n := w.counts(w.ann).Waiting; listed != c.NeedsYou(now()) || listed != (n == 1) {
		w.Fatalf("%s: %q waits, listed: %t, counted: %d", step, who, listed, n)
	}
}

// TestWhoWaitsIsWhoSpokeLast between customer and Page: notes, lines about something, what
// went to or came from another app, and replies that did not arrive change nothing.
func TestWhoWaitsIsWhoSpokeLast(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		note := func(text string) {
			d := draft(hanako, text)
			d.Note = true
			w.accept(w.ann, d)
			w.settle()
			w.pass(time.Second)
		}
		w.receive(wrote(hanako, "m1", "question", ago(time.Minute)))
		w.wantWaits("asked", model.WaitsCustomer, "question")
		note("who knows?")
		w.wantWaits("a note", model.WaitsCustomer, "question")
		w.receive(event("referral", hanako, now(), model.Referral{Entry: model.Entry{Source: "ad"}}))
		w.wantWaits("a line", model.WaitsCustomer, "question")
		w.pass(time.Second)
		w.receive(standby(echoed(hanako, now(), model.Echo{MID: "m_bot", AppID: otherApp, Text: "beep"})))
		w.wantWaits("another app spoke", model.WaitsCustomer, "question")
		w.pass(time.Second)
		w.receive(event("pass_thread_control", hanako, now(), model.ThreadControl{Action: "pass", Owner: ourApp}))

		w.graph.plays(refuses(model.GraphRefused))
		failed := w.reply(hanako, "refused")
		w.wantWaits("refused", model.WaitsCustomer, "refused") // it says itself that it failed
		w.pass(time.Second)
		_, err := w.hub.Drop(w.ctx, w.ann, failed, conversationWith(hanako), nil)
		w.must(err)
		w.wantWaits("dropped", model.WaitsCustomer, "question")

		w.reply(hanako, "answer")
		w.wantWaits("answered", model.WaitsNobody, "answer")
		note("done")
		w.wantWaits("answered, and a note", model.WaitsNobody, "answer")
		w.pass(time.Second)
		w.receive(standby(wrote(hanako, "m2", "to the other app", now())))
		w.wantWaits("written to another app", model.WaitsNobody, "answer")
		w.pass(time.Second)
		w.receive(wrote(hanako, "m3", "and this?", now()))
		w.wantWaits("asked again", model.WaitsCustomer, "and this?")
		w.pass(time.Second)
		w.receive(echoed(hanako, now(), model.Echo{MID: "m_inbox", AppID: pageInbox, Text: "by the inbox"}))
		w.wantWaits("answered on Facebook", model.WaitsNobody, "by the inbox")
	})
}

// TestAReplyThatAsksWaits whatever came after it, wherever the conversation was put, until it
// is decided.
func TestAReplyThatAsksWaits(t *testing.T) {
	c := conversationWith(hanako)
	for name, decide := range map[string]func(w *world, id model.MessageID) (model.Waiting, string){
		"resent": func(w *world, id model.MessageID) (model.Waiting, string) {
			_, err := w.hub.Retry(w.ctx, w.ann, id, c, 1, nil)
			w.must(err)
			return model.WaitsNobody, "later"
		},
		"dropped": func(w *world, id model.MessageID) (model.Waiting, string) {
			_, err := w.hub.Drop(w.ctx, w.ann, id, c, nil)
			w.must(err)
			return model.WaitsNobody, "later"
		},
		"told by its echo": func(w *world, _ model.MessageID) (model.Waiting, string) {
			w.receive(echoOf(w.graph.sent()[0], "m_after_all"))
			return model.WaitsNobody, "later"
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(_ *testing.T, w *world) {
				w.receive(wrote(hanako, "m1", "question", ago(time.Minute)))
				w.graph.plays(staysSilent())
				id := w.reply(hanako, "perhaps")
				w.wantWaits("on its way", model.WaitsNobody, "perhaps")
				since := w.message(id).SentAt
				w.triage(w.ann, hanako, model.ToStatus(model.Done))
				w.wantWaits("done", model.WaitsNobody, "perhaps")
				w.pass(3 * time.Minute)
				w.wantWaits("it asks", model.WaitsReply, "perhaps")
				w.triage(w.ann, hanako, model.Snooze(now().Add(time.Hour)))
				w.wantWaits("put away", model.WaitsReply, "perhaps")
				w.triage(w.ann, hanako, model.ToStatus(model.Open))
				d := draft(hanako, "a note")
				d.Note = true
				w.accept(w.ann, d)
				w.settle()
				w.wantWaits("a note", model.WaitsReply, "perhaps")
				w.pass(time.Second)
				w.reply(hanako, "later")
				w.wantWaits("another behind it", model.WaitsReply, "later")
				if c := w.conversation(hanako); !c.WaitsSince.Equal(since) {
					w.Fatalf("it waits since %v, want %v", c.WaitsSince, since)
				}
				who, shown := decide(w, id)
				w.settle()
				w.wantWaits(name, who, shown)
			})
		})
	}
}
