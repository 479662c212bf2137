package hub_test

import (
	"testing"

	"parley/hub/accounts"
	"parley/model"
)

// Nobody can assign to who is not available, not even they themselves; what is theirs
// stays, and may be changed otherwise.
func TestNobodyIsAssignedWhoIsNotAvailable(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.customerWrites(ken)
		w.triage(w.ann, hanako, model.Assign(w.cat.ID))

		u, err := w.hub.SetAvailable(w.ctx, w.cat, false)
		w.must(err)
		if !u.Away || u.ID != w.cat.ID || u.Email != w.cat.Email {
			t.Fatalf("made %+v", u)
		}
		for _, who := range []model.User{w.ann, w.cat} {
			w.refused(w.hub.Triage(w.ctx, who, conversationWith(ken), model.Assign(w.cat.ID)), model.NotAvailable)
		}
		if got := w.filtered(w.cat, "mine"); len(got) != 1 || got[0] != hanako {
			t.Errorf("theirs are %s", got)
		}
		done := model.ToStatus(model.Done)
		done.Assignee = model.Assign(w.cat.ID).Assignee
		w.triage(w.ann, hanako, done)
		w.triage(w.ann, hanako, model.Unassign())
		w.refused(w.hub.Triage(w.ctx, w.ann, conversationWith(hanako), model.Assign(w.cat.ID)), model.NotAvailable)
		w.triage(w.ann, ken, model.Assign(w.ann.ID))

		_, err = w.hub.SetAvailable(w.ctx, w.cat, true)
		w.must(err)
		w.triage(w.cat, ken, model.Assign(w.cat.ID))
	})
}

// It is stored, told of in the list, and none of what others may not know goes with it.
func TestAvailabilityIsToldToAll(t *testing.T) {
	inBareWorld(t, func(t *testing.T, w *world) {
		_, err := w.hub.SetAvailable(w.ctx, w.ben, false)
		w.must(err)
		_, err = w.hub.SetAvailable(w.ctx, w.ben, false) // again, which changes nothing
		w.must(err)
		all, err := w.hub.Users(w.ctx, w.cat)
		w.must(err)
		for _, u := range all {
			if bool(u.Away) != (u.ID == w.ben.ID) || u.Email != "" || u.Admin != nil {
				t.Errorf("told %+v", u)
			}
		}
		gone := w.addUser("Dan", false)
		_, err = accounts.RemoveUser(w.ctx, w.store, string(gone.ID), now())
		w.must(err)
		if _, err := w.hub.SetAvailable(w.ctx, gone, false); err != accounts.ErrSignIn { //nolint:errorlint // exactly this one
			t.Errorf("who was removed: %v", err)
		}
	})
}
