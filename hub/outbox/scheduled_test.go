package outbox_test

import (
	"testing"
	"time"

	"parley/hub/accounts"
	"parley/hub/hubtest"
	"parley/hub/outbox"
	"parley/hub/store"
	"parley/model"
)

// later is a draft to be sent after some time, by somebody who has seen everything.
func later(w *hubtest.World, text string, in time.Duration) outbox.Draft {
	d := hubtest.Draft(hanako, text)
	at, seen := hubtest.Now().Add(in), w.Head()
	d.SendAt, d.SeenSeq = &at, &seen
	return d
}

// TestSendLater: a scheduled reply waits for its time, holds up no other, and leaves once.
func TestSendLater(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		d := later(w, "later", 20*time.Minute)
		m := w.Accept(w.Ann, d)
		if m.State != model.Scheduled || m.SendAt == nil || !m.SendAt.Equal(*d.SendAt) {
			t.Fatalf("accepted as %+v", m)
		}
		if c := w.Conversation(hanako); c.Scheduled == nil || !c.Scheduled.Equal(*d.SendAt) || c.Waits != model.WaitsNobody {
			t.Errorf("the list shows %v, %s waits", c.Scheduled, c.Waits)
		}
		if again := w.Accept(w.Ann, d); again.ID != m.ID {
			t.Error("the same again is another")
		}
		w.WantState(w.Reply(hanako, "now"), model.Sent)
		w.Pass(20*time.Minute - time.Second)
		w.WantState(m.ID, model.Scheduled)
		w.WantSent(1)
		w.Pass(time.Second)
		w.WantState(m.ID, model.Sent)
		w.WantSent(2)
		if got := w.Texts(hanako); got[len(got)-1] != "later" {
			t.Errorf("the conversation is %q", got)
		}
		if c := w.Conversation(hanako); c.Scheduled != nil || c.LastMessage.ID != m.ID {
			t.Errorf("the list shows %v, last %+v", c.Scheduled, c.LastMessage)
		}
		w.Pass(15 * time.Minute)
		w.WantSent(2)
		w.WantNoGaps()
	})
}

// TestSendLaterAcrossARestart: it leaves at its time although the hub was not there meanwhile;
// if it was away then for too long, it asks.
func TestSendLaterAcrossARestart(t *testing.T) {
	for name, c := range map[string]struct {
		away time.Duration
		want model.State
	}{"back in time": {10 * time.Minute, model.Sent}, "a little late": {21 * time.Minute, model.Sent}, "too late": {3 * time.Hour, model.Ask}} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				m := w.Accept(w.Ann, later(w, "later", 20*time.Minute))
				w.Skip(c.away)
				w.Pass(20 * time.Minute)
				got := w.WantState(m.ID, c.want)
				if c.want == model.Ask && got.Error.Code != model.NotSent {
					t.Errorf("it asks with %v", got.Error)
				}
			})
		})
	}
}

// TestScheduledByARemovedUser: it does not leave, and asks the team in the conversation.
func TestScheduledByARemovedUser(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		m := w.Accept(w.Cat, later(w, "later", 20*time.Minute))
		_, err := accounts.RemoveUser(w.Ctx, w.Store, string(w.Cat.ID), hubtest.Now())
		w.Must(err)
		w.Pass(20 * time.Minute)
		if got := w.WantState(m.ID, model.Ask); got.Error.Code != model.WriterRemoved {
			t.Errorf("it asks with %v", got.Error)
		}
		w.WantSent(0)
		if c := w.Conversation(hanako); c.Waits != model.WaitsReply {
			t.Errorf("%s waits", c.Waits)
		}
		if _, err := w.Hub.Drop(w.Ctx, w.Ann, m.ID, hubtest.ConversationWith(hanako), nil); err != nil {
			t.Errorf("a colleague can't decide on it: %v", err)
		}
	})
}

// TestWhatHappensBeforeItsTime: a scheduled reply asks, at once, and nothing leaves by itself;
// its writer sends it then, or drops it.
func TestWhatHappensBeforeItsTime(t *testing.T) {
	wrote := func(w *hubtest.World) { w.Receive(hubtest.Wrote(hanako, "m_more", "one more thing", hubtest.Now())) }
	for name, c := range map[string]struct {
		happens func(w *hubtest.World, id model.MessageID)
		state   model.State
		code    model.Code
	}{
		"the customer writes": {func(w *hubtest.World, _ model.MessageID) { wrote(w) }, model.Ask, model.CustomerWrote},
		"a colleague answers": {func(w *hubtest.World, _ model.MessageID) { w.Accept(w.Cat, hubtest.Draft(hanako, "mine")) }, model.Ask, model.NewerReply},
		"somebody answers elsewhere": {func(w *hubtest.World, _ model.MessageID) {
			w.Receive(hubtest.Echoed(hanako, hubtest.Now(), model.Echo{MID: "m_inbox", Text: "from Facebook"}))
		}, model.Ask, model.NewerReply},
		"its writer writes another": {func(w *hubtest.World, _ model.MessageID) { w.Accept(w.Ann, hubtest.Draft(hanako, "also")) }, model.Scheduled, ""},
		"a colleague schedules":     {func(w *hubtest.World, _ model.MessageID) { w.Accept(w.Cat, later(w, "mine", 30*time.Minute)) }, model.Scheduled, ""},
		"a colleague writes a note": {func(w *hubtest.World, _ model.MessageID) {
			d := hubtest.Draft(hanako, "psst")
			d.Note = true
			w.Accept(w.Cat, d)
		}, model.Scheduled, ""},
		"the Page is uninstalled": {func(w *hubtest.World, _ model.MessageID) {
			_, err := w.Hub.Uninstall(w.Ctx, w.Ann, page)
			w.Must(err)
		}, model.Failed, model.PageDisconnected},
		"it is dropped": {func(w *hubtest.World, id model.MessageID) {
			_, err := w.Hub.Drop(w.Ctx, w.Ann, id, hubtest.ConversationWith(hanako), nil)
			w.Must(err)
		}, model.Dropped, ""},
	} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				m := w.Accept(w.Ann, later(w, "later", 20*time.Minute))
				w.Pass(time.Minute)
				c.happens(w, m.ID)
				w.Settle()
				if c.code != "" {
					w.WantError(m.ID, c.state, c.code)
				} else {
					w.WantState(m.ID, c.state)
				}
				w.Pass(40 * time.Minute)
				if n, want := w.Graph.Reached["later"], map[bool]int{true: 1}[c.state == model.Scheduled]; n != want {
					t.Errorf("the customer got it %d times", n)
				}
			})
		})
	}
}

// TestAScheduledReplyIsSentAtOnce by a key press: before its time, or when it asks.
func TestAScheduledReplyIsSentAtOnce(t *testing.T) {
	for name, asks := range map[string]bool{"before its time": false, "when it asks": true} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				m := w.Accept(w.Ann, later(w, "later", 20*time.Minute))
				w.Pass(time.Minute)
				if asks {
					w.Receive(hubtest.Wrote(hanako, "m_more", "more", hubtest.Now()))
				}
				w.Pass(time.Second)
				w.Resend(m.ID)
				w.Settle()
				if sent := w.WantState(m.ID, model.Sent); sent.SendAt != nil {
					t.Error("it still says when it is to be sent")
				}
				if got := w.Texts(hanako); got[len(got)-1] != "later" {
					t.Errorf("the conversation is %q", got)
				}
				w.Pass(30 * time.Minute)
				w.WantSent(1)
			})
		})
	}
}

// TestSendAtIsRefused: nothing is stored.
func TestSendAtIsRefused(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		for in, want := range map[time.Duration]model.Code{25 * time.Hour: model.SendAtBeyond, -time.Minute: model.SendAtPast} {
			before := w.Head()
			_, err := w.Hub.Reply(w.Ctx, w.Ann, later(w, "later", in))
			w.WantRefused(err, want)
			if w.Head() != before {
				t.Errorf("something was stored for %s", want)
			}
		}
		d := later(w, "later", 20*time.Minute)
		w.Accept(w.Ann, d)
		other := d.SendAt.Add(time.Minute)
		d.SendAt = &other
		_, err := w.Hub.Reply(w.Ctx, w.Ann, d)
		w.WantRefused(err, model.ClientIDReused)
		d = later(w, "a note", time.Hour)
		d.Note = true
		if _, err := w.Hub.Reply(w.Ctx, w.Ann, d); err == nil {
			t.Error("a note was scheduled")
		}
	})
}

// TestTheCustomerWroteUnseen: what its writer had not seen when scheduling it.
func TestTheCustomerWroteUnseen(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		d := later(w, "later", 20*time.Minute)
		w.Receive(hubtest.Wrote(hanako, "m_more", "one more thing", hubtest.Now()))
		m := w.Accept(w.Ann, d)
		w.WantError(m.ID, model.Ask, model.CustomerWrote)
	})
}

// TestADeletedConversationSendsNothing at the time for which a reply was scheduled.
func TestADeletedConversationSendsNothing(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Accept(w.Ann, later(w, "later", 20*time.Minute))
		w.Delete(w.Ann, hanako)
		w.Pass(30 * time.Minute)
		w.WantSent(0)
	})
}

// TestAPageMadePrivateMeanwhile: a colleague's scheduled reply is dropped, and its writer learns
// nothing of the conversation.
func TestAPageMadePrivateMeanwhile(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		m := w.Accept(w.Cat, later(w, "later", 20*time.Minute))
		w.ChangePage(func(p *store.Page) { p.Visibility = model.Private })
		w.Pass(30 * time.Minute)
		w.WantError(m.ID, model.Dropped, model.Hidden)
		w.WantSent(0)
	})
}
