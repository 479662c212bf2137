package view_test

import (
	"slices"
	"testing"

	"parley/hub/hubtest"
	"parley/model"
)

// note stores a note of a user's.
func note(w *hubtest.World, by model.User, text string) model.Message {
	w.Helper()
	d := hubtest.Draft(hanako, text)
	d.Note = true
	return w.Accept(by, d)
}

// TestAMentionStandsUntilItIsOpened: who is named in a note is mentioned, by whatever client it
// was written, and listed until they read it; nobody is mentioned by themselves, nor who may not
// see the Page, of whom the note says so.
func TestAMentionStandsUntilItIsOpened(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		id := hubtest.ConversationWith(hanako)
		mentioned := func(who model.User, want int) {
			t.Helper()
			counts, _, err := w.Hub.Counts(w.Ctx, who, "")
			w.Must(err)
			if got := filtered(w, who, "mentioned"); len(got) != want || counts.Mentioned != want {
				t.Errorf("%s: %v are listed and %d counted, want %d", who.Name, got, counts.Mentioned, want)
			}
		}
		m := note(w, w.Ann, "@"+w.Cat.Name+" and @"+w.Ann.Name+", look")
		if len(m.Mentions) != 2 || len(m.Unseen) != 0 {
			t.Errorf("the note mentions %v and not %v", m.Mentions, m.Unseen)
		}
		mentioned(w.Cat, 1)
		mentioned(w.Ann, 0)
		w.Must(w.Hub.MarkRead(w.Ctx, w.Ann, id, m.ID))
		mentioned(w.Cat, 1)
		w.Must(w.Hub.MarkRead(w.Ctx, w.Cat, id, m.ID))
		mentioned(w.Cat, 0)

		note(w, w.Ann, "@"+w.Cat.Name)
		mentioned(w.Cat, 1)
		_, err := w.Hub.SetVisibility(w.Ctx, w.Ann, page, model.Private)
		w.Must(err)
		mentioned(w.Cat, 0)
		m = note(w, w.Ann, "@"+w.Cat.Name+" can't see this")
		if len(m.Mentions) != 0 || len(m.Unseen) != 1 || m.Unseen[0].ID != w.Cat.ID {
			t.Errorf("the note mentions %v and not %v", m.Mentions, m.Unseen)
		}
		// A reply to the customer mentions nobody.
		if m := w.Accept(w.Ann, hubtest.Draft(hanako, "@"+w.Cat.Name)); len(m.Mentions)+len(m.Unseen) != 0 {
			t.Errorf("a reply mentions %v, %v", m.Mentions, m.Unseen)
		}
	})
}

// TestWhoAssigned: a conversation says who assigned it, until nobody has it.
func TestWhoAssigned(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		by := func() model.UserID {
			c, err := w.Hub.Conversation(w.Ctx, w.Ann, hubtest.ConversationWith(hanako))
			w.Must(err)
			if c.AssignedBy == nil {
				return ""
			}
			return c.AssignedBy.ID
		}
		triage(w, w.Ann, hanako, model.Assign(w.Cat.ID))
		got := []model.UserID{by()}
		triage(w, w.Cat, hanako, model.Assign(w.Cat.ID)) // changes nothing
		triage(w, w.Cat, hanako, model.Pin())
		got = append(got, by())
		triage(w, w.Cat, hanako, model.Assign(w.Ann.ID))
		got = append(got, by())
		triage(w, w.Cat, hanako, model.Unassign())
		if got = append(got, by()); !slices.Equal(got, []model.UserID{w.Ann.ID, w.Ann.ID, w.Cat.ID, ""}) {
			t.Errorf("assigned by %q", got)
		}
	})
}
