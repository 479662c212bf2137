package view_test

import (
	"testing"

	"parley/hub/hubtest"
	"parley/model"
)

// Nobody can assign to who is not available, not even they themselves; what is theirs
// stays, and may be changed otherwise.
func TestNobodyIsAssignedWhoIsNotAvailable(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.CustomerWrites(ken)
		triage(w, w.Ann, hanako, model.Assign(w.Cat.ID))

		u, err := w.Hub.SetAvailable(w.Ctx, w.Cat, false)
		w.Must(err)
		if !u.Away || u.ID != w.Cat.ID || u.Email != w.Cat.Email {
			t.Fatalf("made %+v", u)
		}
		for _, who := range []model.User{w.Ann, w.Cat} {
			w.WantRefused(w.Hub.Triage(w.Ctx, who, hubtest.ConversationWith(ken), model.Assign(w.Cat.ID)), model.NotAvailable)
		}
		if got := filtered(w, w.Cat, "mine"); len(got) != 1 || got[0] != hanako {
			t.Errorf("theirs are %s", got)
		}
		done := model.ToStatus(model.Done)
		done.Assignee = model.Assign(w.Cat.ID).Assignee
		triage(w, w.Ann, hanako, done)
		triage(w, w.Ann, hanako, model.Unassign())
		w.WantRefused(w.Hub.Triage(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), model.Assign(w.Cat.ID)), model.NotAvailable)
		triage(w, w.Ann, ken, model.Assign(w.Ann.ID))

		_, err = w.Hub.SetAvailable(w.Ctx, w.Cat, true)
		w.Must(err)
		triage(w, w.Cat, ken, model.Assign(w.Cat.ID))
	})
}
