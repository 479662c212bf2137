package accounts_test

import (
	"errors"
	"testing"
	"time"

	"parley/hub/accounts"
	"parley/hub/hubtest"
	"parley/model"
)

func TestUsers(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		for _, who := range []model.User{w.Ann, w.Cat} {
			all, err := w.Hub.Users(w.Ctx, who)
			w.Must(err)
			if len(all) != 3 {
				t.Fatalf("told of %d users", len(all))
			}
			for i, u := range []model.User{w.Ann, w.Ben, w.Cat} {
				got := all[i]
				if got.ID != u.ID || got.Name != u.Name {
					t.Errorf("user %d is %+v", i, got)
				}
				if told := got.Email != "" || got.Admin != nil; told != who.Admin {
					t.Errorf("%s is told %+v", who.Name, got)
				}
			}
		}
	})
}

func TestRemoveUser(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		dan := w.AddAccount(accounts.NewUser{Name: "Dan", Token: true})
		_, err := w.Hub.Authenticate(w.Ctx, dan.Token)
		w.Must(err)
		removed, err := accounts.RemoveUser(w.Ctx, w.Store, " Dan", time.Now())
		w.Must(err)
		if removed != dan.User {
			t.Errorf("removed %+v", removed)
		}
		if _, err := w.Hub.Authenticate(w.Ctx, dan.Token); !errors.Is(err, accounts.ErrSignIn) {
			t.Errorf("the token still lets in: %v", err)
		}
		w.WantNoSignIn(dan.LoginCode)
		for _, who := range []string{"Dan", string(dan.User.ID), "", "dan"} {
			_, err := accounts.RemoveUser(w.Ctx, w.Store, who, time.Now())
			w.WantHidden(err)
		}
	})
}

// A name that two have is nobody's; an id always is somebody's.
func TestUsersOfOneName(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		one, two := w.AddUser("Dan", false), w.AddUser("Dan", false)
		if _, err := accounts.RemoveUser(w.Ctx, w.Store, "Dan", time.Now()); !errors.Is(err, accounts.ErrAmbiguous) {
			t.Errorf("removed one of two: %v", err)
		}
		if _, err := accounts.SetAdmin(w.Ctx, w.Store, "Dan", true, time.Now()); !errors.Is(err, accounts.ErrAmbiguous) {
			t.Errorf("changed one of two: %v", err)
		}
		removed, err := accounts.RemoveUser(w.Ctx, w.Store, string(two.ID), time.Now())
		w.Must(err)
		left, err := accounts.SetAdmin(w.Ctx, w.Store, "Dan", true, time.Now())
		w.Must(err)
		if removed.ID != two.ID || left.ID != one.ID || !left.Admin {
			t.Errorf("removed %+v, left %+v", removed, left)
		}
	})
}

// Whoever installed a Page stays until it is uninstalled.
func TestInstallersStay(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		_, err := accounts.RemoveUser(w.Ctx, w.Store, "Ann", time.Now())
		w.WantRefused(err, model.StillInstaller)
		_, err = w.Hub.Uninstall(w.Ctx, w.Ben, page)
		w.Must(err)
		_, err = accounts.RemoveUser(w.Ctx, w.Store, "Ann", time.Now())
		w.Must(err)
		if p := w.Page(); p.Installer != w.Ann.Ref() {
			t.Errorf("the Page was installed by %+v", p.Installer)
		}
	})
}

// Somebody who is removed while they connect a Page does not become its installer.
func TestRemovedWhileConnecting(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Graph.OnGrant = func() {
			_, err := accounts.RemoveUser(w.Ctx, w.Store, "Ann", time.Now())
			w.Must(err)
		}
		_, _, err := w.Hub.ConnectPage(w.Ctx, w.Ann, hubtest.Connection(""))
		w.WantHidden(err)
		pages, _, err := w.Hub.Pages(w.Ctx, w.Ben)
		w.Must(err)
		if len(pages) > 0 {
			t.Errorf("connected as %+v", pages)
		}
	})
}

func TestSetAdmin(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		for _, admin := range []bool{true, true, false, false} {
			u, err := accounts.SetAdmin(w.Ctx, w.Store, string(w.Cat.ID), admin, time.Now())
			w.Must(err)
			if u.Admin != admin || u.Email != w.Cat.Email {
				t.Errorf("became %+v", u)
			}
			_, _, err = w.Hub.ConnectPage(w.Ctx, w.Cat, hubtest.Connection(""))
			if admin {
				w.Must(err)
			} else {
				w.WantRefused(err, model.NotAdmin)
			}
		}
		_, err := accounts.SetAdmin(w.Ctx, w.Store, "Nobody", true, time.Now())
		w.WantHidden(err)
	})
}

func TestOwnTokens(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		dan, eve := w.AddAccount(accounts.NewUser{Name: "Dan", Token: true}), w.AddAccount(accounts.NewUser{Name: "Eve", Token: true})
		w.Pass(time.Hour)
		_, err := w.Hub.Authenticate(w.Ctx, dan.Token)
		w.Must(err)
		used := time.Now()
		for range 2 { // from memory, then from the store
			list, err := w.Hub.Tokens(w.Ctx, dan.User, dan.Token)
			w.Must(err)
			if len(list) != 1 || !list[0].Current || list[0].LastUsedAt == nil || !list[0].LastUsedAt.Equal(used) ||
				!list[0].CreatedAt.Equal(used.Add(-time.Hour)) {
				t.Fatalf("Dan's tokens: %+v", list)
			}
			w.Pass(2 * time.Minute)
			w.Restart()
		}
		hers, err := w.Hub.Tokens(w.Ctx, eve.User, "")
		w.Must(err)
		if len(hers) != 1 || hers[0].Current || hers[0].LastUsedAt != nil {
			t.Fatalf("Eve's tokens: %+v", hers)
		}
		w.WantHidden(w.Hub.RevokeToken(w.Ctx, dan.User, hers[0].ID))
		w.Must(w.Hub.RevokeToken(w.Ctx, eve.User, hers[0].ID))
		if _, err := w.Hub.Authenticate(w.Ctx, eve.Token); !errors.Is(err, accounts.ErrSignIn) {
			t.Errorf("a revoked token lets in: %v", err)
		}
		_, err = w.Hub.Authenticate(w.Ctx, dan.Token)
		w.Must(err)
	})
}
