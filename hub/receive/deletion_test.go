package receive_test

import (
	"slices"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/model"
)

func TestDeleteConversation(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(ken)
		at := hubtest.Ago(time.Hour)
		old := []model.Inbound{
			hubtest.Wrote(hanako, "m1", "strawberry", at),
			hubtest.Event("reaction", hanako, at.Add(time.Second), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love"}),
			hubtest.Event("message_edit", hanako, at.Add(2*time.Second), model.Edit{Target: "m9", Text: "never came", Number: 1}),
			hubtest.Event("postback", hanako, at.Add(3*time.Second), model.Postback{Title: "Start"}),
		}
		w.Receive(old...)
		sent := w.Reply(hanako, "answered")
		note := hubtest.Draft(hanako, "a note about her")
		note.Note = true
		w.Accept(w.Cat, note)
		w.Settle()
		before := w.Head()
		w.Delete(w.Ann, hanako)

		if got := removed(w, before); !slices.Equal(got, []string{string(hubtest.ConversationWith(hanako))}) {
			t.Errorf("removed %q", got)
		}
		w.WantGone(hanako, "strawberry", "answered", "note")
		w.Receive(append(old, hubtest.EchoOf(w.Graph.Last(), "m_out_1"))...)
		if got := w.Changes(before + 1); len(got) != 0 {
			t.Fatalf("came back: %v", got)
		}
		for _, err := range []error{
			func() error {
				_, err := w.Hub.Message(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), sent)
				return err
			}(),
			w.Hub.MarkUnread(w.Ctx, w.Ann, hubtest.ConversationWith(hanako)),
			w.Hub.DeleteConversation(w.Ctx, w.Ann, hubtest.ConversationWith(hanako)),
		} {
			w.WantHidden(err)
		}
		all := w.Audit(w.Ann)
		last := all[len(all)-1]
		if last.Kind != model.AuditDeleted || last.By.ID != w.Ann.ID || last.Conversation != hubtest.ConversationWith(hanako) || last.Page != page {
			t.Errorf("the audit log says %+v", last)
		}
		if c := w.Conversation(ken); c.Unread != 1 {
			t.Errorf("the other conversation is %+v", c)
		}

		w.Receive(hubtest.Wrote(hanako, "m2", "hello again", hubtest.Now()))
		if got := w.Texts(hanako); !slices.Equal(got, []string{"hello again"}) {
			t.Errorf("the new conversation holds %q", got)
		}
	})
}

// Only the installer may; whoever doesn't see it learns that there is none.
func TestWhoMayDeleteAConversation(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		id := hubtest.ConversationWith(hanako)
		for _, u := range []model.User{w.Ben, w.Cat} {
			w.WantRefused(w.Hub.DeleteConversation(w.Ctx, u, id), model.NotInstaller)
		}
		_, err := w.Hub.SetVisibility(w.Ctx, w.Ann, page, model.Private)
		w.Must(err)
		for _, u := range []model.User{w.Ben, w.Cat} {
			w.WantHidden(w.Hub.DeleteConversation(w.Ctx, u, id))
		}
		for _, none := range []model.ConversationID{"", "x", "100_", hubtest.ConversationWith(ken), "200_7001"} {
			w.WantHidden(w.Hub.DeleteConversation(w.Ctx, w.Ann, none))
		}
		w.Conversation(hanako) // still there

		_, err = w.Hub.Uninstall(w.Ctx, w.Ben, page)
		w.Must(err)
		w.Delete(w.Ann, hanako) // an uninstalled Page's, too
		w.WantGone(hanako, "hello")
	})
}

// What waits to be sent goes with the conversation, and never leaves; the id by which a
// client handed it in is worth nothing in the conversation that follows.
func TestQueuedRepliesGoWithTheirConversation(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.AsksToWait(time.Minute))
		d := hubtest.Draft(hanako, "queued")
		m := w.Accept(w.Cat, d)
		w.Settle()
		w.WantState(m.ID, model.Queued)
		w.Delete(w.Ann, hanako)
		w.Pass(time.Hour)
		w.WantSent(1)
		w.Receive(hubtest.Wrote(hanako, "m2", "new", hubtest.Now()))
		_, err := w.Hub.Reply(w.Ctx, w.Cat, d)
		w.WantHidden(err)
		w.Pass(time.Minute)
		w.WantSent(1)
		w.Accept(w.Cat, hubtest.Draft(hanako, "queued")) // typed anew, it is another
		w.Settle()
		w.WantSent(2)
	})
}

// A reply that is being posted while its conversation is deleted can't be called back:
// whatever its outcome and whenever it is echoed, it brings nothing back and isn't sent
// again.
func TestDeletedWhileAReplyIsPosted(t *testing.T) {
	for name, out := range map[string]hubtest.Answer{
		"accepted": hubtest.Accepts(), "refused": hubtest.Refuses(model.Unreachable), "no answer": hubtest.StaysSilent(), "limited": hubtest.AsksToWait(time.Second),
	} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.Plays(hubtest.After(2*time.Second, out))
				m := w.Accept(w.Ann, hubtest.Draft(hanako, "on its way"))
				w.Settle()
				w.WantState(m.ID, model.Posting)
				w.Delete(w.Ann, hanako)
				before := w.Head()
				w.Pass(time.Hour)
				w.Receive(hubtest.EchoOf(w.Graph.Last(), "m_out_1"))
				if name == "accepted" { // its mid is known from the answer
					w.Receive(hubtest.BareEchoOf(w.Graph.Last(), "m_out_1"))
				}
				if got := w.Changes(before); len(got) != 0 {
					t.Errorf("came back: %v", got)
				}
				w.WantSent(1)
				w.WantGone(hanako, "way")
			})
		})
	}
}

// So it is with a reply of unknown outcome, whose checks end.
func TestDeletedWhileAReplysOutcomeIsUnknown(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.StaysSilent())
		w.WantState(w.Reply(hanako, "perhaps"), model.Unknown)
		w.Delete(w.Ann, hanako)
		before := w.Head()
		w.Pass(time.Hour)
		w.Receive(hubtest.EchoOf(w.Graph.Last(), "m_late"))
		if got := w.Changes(before); len(got) != 0 {
			t.Errorf("came back: %v", got)
		}
		w.WantSent(1)
	})
}

// A message known from an import, to the second, is the same when it is delivered with
// its milliseconds.
func TestDeletedSecondsHideMilliseconds(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(time.Hour).Truncate(time.Second)
		w.Receive(hubtest.Wrote(hanako, "m1", "imported", at))
		w.Delete(w.Ann, hanako)
		w.Receive(hubtest.Wrote(hanako, "m1", "imported", at.Add(500*time.Millisecond)))
		w.WantGone(hanako, "imported")
		w.Receive(hubtest.Wrote(hanako, "m2", "right after it", at.Add(501*time.Millisecond)))
		if got := w.Texts(hanako); !slices.Equal(got, []string{"right after it"}) {
			t.Errorf("the new conversation holds %q", got)
		}
	})
}

// A time far ahead of the hub's clock does not keep away what comes tomorrow.
func TestDeletedAheadOfTime(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Receive(hubtest.Wrote(hanako, "m1", "from the future", hubtest.Now().Add(24*365*time.Hour)))
		w.Delete(w.Ann, hanako)
		w.Pass(2 * time.Minute)
		w.Receive(hubtest.Wrote(hanako, "m1", "from the future", hubtest.Now().Add(24*365*time.Hour)))
		w.WantGone(hanako, "future")
		w.Receive(hubtest.Wrote(hanako, "m2", "of today", hubtest.Now()))
		if got := w.Texts(hanako); !slices.Equal(got, []string{"of today"}) {
			t.Errorf("the new conversation holds %q", got)
		}
	})
}
