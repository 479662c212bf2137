package view_test

import (
	"slices"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/hub/store"
	"parley/model"
)

// wantWaits expects who waits with hanako, of the conversation, the list and the count alike,
// and which message the list shows.
func wantWaits(w *hubtest.World, step string, who model.Waiting, shown string) {
	w.Helper()
	c := w.Conversation(hanako)
	if c.Waits != who || (c.WaitsSince == nil) != (who == model.WaitsNobody) {
		w.Fatalf("%s: %q waits since %v, want %q", step, c.Waits, c.WaitsSince, who)
	}
	if got := c.Shown(); got == nil || string(got.Text) != shown {
		w.Fatalf("%s: it shows %+v, want %q", step, got, shown)
	}
	listed := slices.Contains(filtered(w, w.Ann, store.FilterWaiting), hanako)
	if n := counts(w, w.Ann).Waiting; listed != c.NeedsYou(hubtest.Now()) || listed != (n == 1) {
		w.Fatalf("%s: %q waits, listed: %t, counted: %d", step, who, listed, n)
	}
}

// TestWhoWaitsIsWhoSpokeLast between customer and Page: notes, lines about something, what
// went to or came from another app, and replies that did not arrive change nothing.
func TestWhoWaitsIsWhoSpokeLast(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		note := func(text string) {
			d := hubtest.Draft(hanako, text)
			d.Note = true
			w.Accept(w.Ann, d)
			w.Settle()
			w.Pass(time.Second)
		}
		w.Receive(hubtest.Wrote(hanako, "m1", "question", hubtest.Ago(time.Minute)))
		wantWaits(w, "asked", model.WaitsCustomer, "question")
		note("who knows?")
		wantWaits(w, "a note", model.WaitsCustomer, "question")
		w.Receive(hubtest.Event("referral", hanako, hubtest.Now(), model.Referral{Entry: model.Entry{Source: "ad"}}))
		wantWaits(w, "a line", model.WaitsCustomer, "question")
		w.Pass(time.Second)
		w.Receive(hubtest.Standby(hubtest.Echoed(hanako, hubtest.Now(), model.Echo{MID: "m_bot", AppID: otherApp, Text: "beep"})))
		wantWaits(w, "another app spoke", model.WaitsCustomer, "question")
		w.Pass(time.Second)
		w.Receive(hubtest.Event("pass_thread_control", hanako, hubtest.Now(), model.ThreadControl{Action: "pass", Owner: ourApp}))

		w.Graph.Plays(hubtest.Refuses(model.GraphRefused))
		failed := w.Reply(hanako, "refused")
		wantWaits(w, "refused", model.WaitsCustomer, "refused") // it says itself that it failed
		w.Pass(time.Second)
		_, err := w.Hub.Drop(w.Ctx, w.Ann, failed, hubtest.ConversationWith(hanako), nil)
		w.Must(err)
		wantWaits(w, "dropped", model.WaitsCustomer, "question")

		w.Reply(hanako, "answer")
		wantWaits(w, "answered", model.WaitsNobody, "answer")
		note("done")
		wantWaits(w, "answered, and a note", model.WaitsNobody, "answer")
		w.Pass(time.Second)
		w.Receive(hubtest.Standby(hubtest.Wrote(hanako, "m2", "to the other app", hubtest.Now())))
		wantWaits(w, "written to another app", model.WaitsNobody, "answer")
		w.Pass(time.Second)
		w.Receive(hubtest.Wrote(hanako, "m3", "and this?", hubtest.Now()))
		wantWaits(w, "asked again", model.WaitsCustomer, "and this?")
		w.Pass(time.Second)
		w.Receive(hubtest.Echoed(hanako, hubtest.Now(), model.Echo{MID: "m_inbox", AppID: pageInbox, Text: "by the inbox"}))
		wantWaits(w, "answered on Facebook", model.WaitsNobody, "by the inbox")
	})
}

// TestAReplyThatAsksWaits whatever came after it, wherever the conversation was put, until it
// is decided.
func TestAReplyThatAsksWaits(t *testing.T) {
	c := hubtest.ConversationWith(hanako)
	for name, decide := range map[string]func(w *hubtest.World, id model.MessageID) (model.Waiting, string){
		"resent": func(w *hubtest.World, id model.MessageID) (model.Waiting, string) {
			_, err := w.Hub.Retry(w.Ctx, w.Ann, id, c, 1, nil)
			w.Must(err)
			return model.WaitsNobody, "later"
		},
		"dropped": func(w *hubtest.World, id model.MessageID) (model.Waiting, string) {
			_, err := w.Hub.Drop(w.Ctx, w.Ann, id, c, nil)
			w.Must(err)
			return model.WaitsNobody, "later"
		},
		"told by its echo": func(w *hubtest.World, _ model.MessageID) (model.Waiting, string) {
			w.Receive(hubtest.EchoOf(w.Graph.Sent()[0], "m_after_all"))
			return model.WaitsNobody, "later"
		},
	} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
				w.Receive(hubtest.Wrote(hanako, "m1", "question", hubtest.Ago(time.Minute)))
				w.Graph.Plays(hubtest.StaysSilent())
				id := w.Reply(hanako, "perhaps")
				wantWaits(w, "on its way", model.WaitsNobody, "perhaps")
				since := w.Message(id).SentAt
				triage(w, w.Ann, hanako, model.ToStatus(model.Done))
				wantWaits(w, "done", model.WaitsNobody, "perhaps")
				w.Pass(3 * time.Minute)
				wantWaits(w, "it asks", model.WaitsReply, "perhaps")
				triage(w, w.Ann, hanako, model.Snooze(hubtest.Now().Add(time.Hour)))
				wantWaits(w, "put away", model.WaitsReply, "perhaps")
				triage(w, w.Ann, hanako, model.ToStatus(model.Open))
				d := hubtest.Draft(hanako, "a note")
				d.Note = true
				w.Accept(w.Ann, d)
				w.Settle()
				wantWaits(w, "a note", model.WaitsReply, "perhaps")
				w.Pass(time.Second)
				w.Reply(hanako, "later")
				wantWaits(w, "another behind it", model.WaitsReply, "later")
				if c := w.Conversation(hanako); !c.WaitsSince.Equal(since) {
					w.Fatalf("it waits since %v, want %v", c.WaitsSince, since)
				}
				who, shown := decide(w, id)
				w.Settle()
				wantWaits(w, name, who, shown)
			})
		})
	}
}
