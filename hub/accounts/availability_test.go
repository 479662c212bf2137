package accounts_test

import (
	"testing"

	"parley/hub/accounts"
	"parley/hub/hubtest"
)

// It is stored, told of in the list, and none of what others may not know goes with it.
func TestAvailabilityIsToldToAll(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		_, err := w.Hub.SetAvailable(w.Ctx, w.Ben, false)
		w.Must(err)
		_, err = w.Hub.SetAvailable(w.Ctx, w.Ben, false) // again, which changes nothing
		w.Must(err)
		all, err := w.Hub.Users(w.Ctx, w.Cat)
		w.Must(err)
		for _, u := range all {
			if bool(u.Away) != (u.ID == w.Ben.ID) || u.Email != "" || u.Admin != nil {
				t.Errorf("told %+v", u)
			}
		}
		gone := w.AddUser("Dan", false)
		_, err = accounts.RemoveUser(w.Ctx, w.Store, string(gone.ID), hubtest.Now())
		w.Must(err)
		if _, err := w.Hub.SetAvailable(w.Ctx, gone, false); err != accounts.ErrSignIn { //nolint:errorlint // exactly this one
			t.Errorf("who was removed: %v", err)
		}
	})
}
