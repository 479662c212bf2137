package hub_test

import (
	"slices"
	"testing"
	"time"

	"parley/hub/store"
	"parley/hub/view"
	"parley/model"
)

// deletes has a user delete a conversation.
func (w *world) deletes(u model.User, customer model.PSID) {
	w.Helper()
	w.must(w.hub.DeleteConversation(w.ctx, u, conversationWith(customer)))
	w.settle()
}

// gone expects that nothing of a customer is left, but what the audit log tells.
func (w *world) gone(customer model.PSID, words ...string) {
	w.Helper()
	id := conversationWith(customer)
	_, err := w.hub.Conversation(w.ctx, w.ann, id)
	w.hidden(err)
	_, _, _, err = w.hub.Messages(w.ctx, w.ann, id, "", 10)
	w.hidden(err)
	for _, word := range words {
		l, err := w.hub.Conversations(w.ctx, w.ann, view.ListQuery{Filter: store.FilterAll, Search: word, Limit: 10})
		w.must(err)
		for _, c := range l.Conversations {
			if c.ID == id {
				w.Fatalf("%q still finds it", word)
			}
		}
	}
	w.read(func(r store.Reader) error {
		held, err := r.HeldUpTo(id)
		if !held.IsZero() {
			w.Fatalf("something of %s is still held", held)
		}
		return err
	})
}

func TestDeleteConversation(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(ken)
		at := ago(time.Hour)
		old := []model.Inbound{
			wrote(hanako, "m1", "strawberry", at),
			event("reaction", hanako, at.Add(time.Second), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love"}),
			event("message_edit", hanako, at.Add(2*time.Second), model.Edit{Target: "m9", Text: "never came", Number: 1}),
			event("postback", hanako, at.Add(3*time.Second), model.Postback{Title: "Start"}),
		}
		w.receive(old...)
		sent := w.reply(hanako, "answered")
		note := draft(hanako, "a note about her")
		note.Note = true
		w.accept(w.cat, note)
		w.settle()
		before := w.head()
		w.deletes(w.ann, hanako)

		if got := w.removed(before); !slices.Equal(got, []string{string(conversationWith(hanako))}) {
			t.Errorf("removed %q", got)
		}
		w.gone(hanako, "strawberry", "answered", "note")
		w.receive(append(old, echoOf(w.graph.last(), "m_out_1"))...)
		if got := w.changes(before + 1); len(got) != 0 {
			t.Fatalf("came back: %v", got)
		}
		for _, err := range []error{
			func() error { _, err := w.hub.Message(w.ctx, w.ann, conversationWith(hanako), sent); return err }(),
			w.hub.MarkUnread(w.ctx, w.ann, conversationWith(hanako)),
			w.hub.DeleteConversation(w.ctx, w.ann, conversationWith(hanako)),
		} {
			w.hidden(err)
		}
		all := w.audit(w.ann)
		last := all[len(all)-1]
		if last.Kind != model.AuditDeleted || last.By.ID != w.ann.ID || last.Conversation != conversationWith(hanako) || last.Page != page {
			t.Errorf("the audit log says %+v", last)
		}
		if c := w.conversation(ken); c.Unread != 1 {
			t.Errorf("the other conversation is %+v", c)
		}

		w.receive(wrote(hanako, "m2", "hello again", now()))
		if got := w.textsOf(hanako); !slices.Equal(got, []string{"hello again"}) {
			t.Errorf("the new conversation holds %q", got)
		}
	})
}

// Only the installer may; whoever doesn't see it learns that there is none.
func TestWhoMayDeleteAConversation(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		id := conversationWith(hanako)
		for _, u := range []model.User{w.ben, w.cat} {
			w.refused(w.hub.DeleteConversation(w.ctx, u, id), model.NotInstaller)
		}
		_, err := w.hub.SetVisibility(w.ctx, w.ann, page, model.Private)
		w.must(err)
		for _, u := range []model.User{w.ben, w.cat} {
			w.hidden(w.hub.DeleteConversation(w.ctx, u, id))
		}
		for _, none := range []model.ConversationID{"", "x", "100_", conversationWith(ken), "200_7001"} {
			w.hidden(w.hub.DeleteConversation(w.ctx, w.ann, none))
		}
		w.conversation(hanako) // still there

		_, err = w.hub.Uninstall(w.ctx, w.ben, page)
		w.must(err)
		w.deletes(w.ann, hanako) // an uninstalled Page's, too
		w.gone(hanako, "hello")
	})
}

// What waits to be sent goes with the conversation, and never leaves; the id by which a
// client handed it in is worth nothing in the conversation that follows.
func TestQueuedRepliesGoWithTheirConversation(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(asksToWait(time.Minute))
		d := draft(hanako, "queued")
		m := w.accept(w.cat, d)
		w.settle()
		w.wantState(m.ID, model.Queued)
		w.deletes(w.ann, hanako)
		w.pass(time.Hour)
		w.wantSent(1)
		w.receive(wrote(hanako, "m2", "new", now()))
		_, err := w.hub.Reply(w.ctx, w.cat, d)
		w.hidden(err)
		w.pass(time.Minute)
		w.wantSent(1)
		w.accept(w.cat, draft(hanako, "queued")) // typed anew, it is another
		w.settle()
		w.wantSent(2)
	})
}

// A reply that is being posted while its conversation is deleted can't be called back:
// whatever its outcome and whenever it is echoed, it brings nothing back and isn't sent
// again.
func TestDeletedWhileAReplyIsPosted(t *testing.T) {
	for name, out := range map[string]answer{
		"accepted": accepts(), "refused": refuses(model.Unreachable), "no answer": staysSilent(), "limited": asksToWait(time.Second),
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.plays(after(2*time.Second, out))
				m := w.accept(w.ann, draft(hanako, "on its way"))
				w.settle()
				w.wantState(m.ID, model.Posting)
				w.deletes(w.ann, hanako)
				before := w.head()
				w.pass(time.Hour)
				w.receive(echoOf(w.graph.last(), "m_out_1"))
				if name == "accepted" { // its mid is known from the answer
					w.receive(bareEchoOf(w.graph.last(), "m_out_1"))
				}
				if got := w.changes(before); len(got) != 0 {
					t.Errorf("came back: %v", got)
				}
				w.wantSent(1)
				w.gone(hanako, "way")
			})
		})
	}
}

// So it is with a reply of unknown outcome, whose checks end.
func TestDeletedWhileAReplysOutcomeIsUnknown(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(staysSilent())
		w.wantState(w.reply(hanako, "perhaps"), model.Unknown)
		w.deletes(w.ann, hanako)
		before := w.head()
		w.pass(time.Hour)
		w.receive(echoOf(w.graph.last(), "m_late"))
		if got := w.changes(before); len(got) != 0 {
			t.Errorf("came back: %v", got)
		}
		w.wantSent(1)
	})
}

// A message known from an import, to the second, is the same when it is delivered with
// its milliseconds.
func TestDeletedSecondsHideMilliseconds(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(time.Hour).Truncate(time.Second)
		w.receive(wrote(hanako, "m1", "imported", at))
		w.deletes(w.ann, hanako)
		w.receive(wrote(hanako, "m1", "imported", at.Add(500*time.Millisecond)))
		w.gone(hanako, "imported")
		w.receive(wrote(hanako, "m2", "right after it", at.Add(501*time.Millisecond)))
		if got := w.textsOf(hanako); !slices.Equal(got, []string{"right after it"}) {
			t.Errorf("the new conversation holds %q", got)
		}
	})
}

// A time far ahead of the hub's clock does not keep away what comes tomorrow.
func TestDeletedAheadOfTime(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.receive(wrote(hanako, "m1", "from the future", now().Add(24*365*time.Hour)))
		w.deletes(w.ann, hanako)
		w.pass(2 * time.Minute)
		w.receive(wrote(hanako, "m1", "from the future", now().Add(24*365*time.Hour)))
		w.gone(hanako, "future")
		w.receive(wrote(hanako, "m2", "of today", now()))
		if got := w.textsOf(hanako); !slices.Equal(got, []string{"of today"}) {
			t.Errorf("the new conversation holds %q", got)
		}
	})
}
