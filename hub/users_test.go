package hub_test

import (
	"errors"
	"testing"
	"time"

	"parley/hub/accounts"
	"parley/model"
)

func TestUsers(t *testing.T) {
	inBareWorld(t, func(t *testing.T, w *world) {
		for _, who := range []model.User{w.ann, w.cat} {
			all, err := w.hub.Users(w.ctx, who)
			w.must(err)
			if len(all) != 3 {
				t.Fatalf("told of %d users", len(all))
			}
			for i, u := range []model.User{w.ann, w.ben, w.cat} {
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
	inBareWorld(t, func(t *testing.T, w *world) {
		dan := w.add(accounts.NewUser{Name: "Dan", Token: true})
		_, err := w.hub.Authenticate(w.ctx, dan.Token)
		w.must(err)
		removed, err := accounts.RemoveUser(w.ctx, w.store, " Dan", time.Now())
		w.must(err)
		if removed != dan.User {
			t.Errorf("removed %+v", removed)
		}
		if _, err := w.hub.Authenticate(w.ctx, dan.Token); !errors.Is(err, accounts.ErrSignIn) {
			t.Errorf("the token still lets in: %v", err)
		}
		w.wantSignInRefused(dan.LoginCode)
		for _, who := range []string{"Dan", string(dan.User.ID), "", "dan"} {
			_, err := accounts.RemoveUser(w.ctx, w.store, who, time.Now())
			w.hidden(err)
		}
	})
}

// A name that two have is nobody's; an id always is somebody's.
func TestUsersOfOneName(t *testing.T) {
	inBareWorld(t, func(t *testing.T, w *world) {
		one, two := w.addUser("Dan", false), w.addUser("Dan", false)
		if _, err := accounts.RemoveUser(w.ctx, w.store, "Dan", time.Now()); !errors.Is(err, accounts.ErrAmbiguous) {
			t.Errorf("removed one of two: %v", err)
		}
		if _, err := accounts.SetAdmin(w.ctx, w.store, "Dan", true, time.Now()); !errors.Is(err, accounts.ErrAmbiguous) {
			t.Errorf("changed one of two: %v", err)
		}
		removed, err := accounts.RemoveUser(w.ctx, w.store, string(two.ID), time.Now())
		w.must(err)
		left, err := accounts.SetAdmin(w.ctx, w.store, "Dan", true, time.Now())
		w.must(err)
		if removed.ID != two.ID || left.ID != one.ID || !left.Admin {
			t.Errorf("removed %+v, left %+v", removed, left)
		}
	})
}

// Whoever installed a Page stays until it is uninstalled.
func TestInstallersStay(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		_, err := accounts.RemoveUser(w.ctx, w.store, "Ann", time.Now())
		w.refused(err, model.StillInstaller)
		_, err = w.hub.Uninstall(w.ctx, w.ben, page)
		w.must(err)
		_, err = accounts.RemoveUser(w.ctx, w.store, "Ann", time.Now())
		w.must(err)
		if p := w.pageNow(); p.Installer != w.ann.Ref() {
			t.Errorf("the Page was installed by %+v", p.Installer)
		}
	})
}

// Somebody who is removed while they connect a Page does not become its installer.
func TestRemovedWhileConnecting(t *testing.T) {
	inBareWorld(t, func(t *testing.T, w *world) {
		w.graph.onGrant = func() {
			_, err := accounts.RemoveUser(w.ctx, w.store, "Ann", time.Now())
			w.must(err)
		}
		_, _, err := w.hub.ConnectPage(w.ctx, w.ann, connection(""))
		w.hidden(err)
		pages, _, err := w.hub.Pages(w.ctx, w.ben)
		w.must(err)
		if len(pages) > 0 {
			t.Errorf("connected as %+v", pages)
		}
	})
}

func TestSetAdmin(t *testing.T) {
	inBareWorld(t, func(t *testing.T, w *world) {
		for _, admin := range []bool{true, true, false, false} {
			u, err := accounts.SetAdmin(w.ctx, w.store, string(w.cat.ID), admin, time.Now())
			w.must(err)
			if u.Admin != admin || u.Email != w.cat.Email {
				t.Errorf("became %+v", u)
			}
			_, _, err = w.hub.ConnectPage(w.ctx, w.cat, connection(""))
			if admin {
				w.must(err)
			} else {
				w.refused(err, model.NotAdmin)
			}
		}
		_, err := accounts.SetAdmin(w.ctx, w.store, "Nobody", true, time.Now())
		w.hidden(err)
	})
}

func TestOwnTokens(t *testing.T) {
	inBareWorld(t, func(t *testing.T, w *world) {
		dan, eve := w.add(accounts.NewUser{Name: "Dan", Token: true}), w.add(accounts.NewUser{Name: "Eve", Token: true})
		w.pass(time.Hour)
		_, err := w.hub.Authenticate(w.ctx, dan.Token)
		w.must(err)
		used := time.Now()
		for range 2 { // from memory, then from the store
			list, err := w.hub.Tokens(w.ctx, dan.User, dan.Token)
			w.must(err)
			if len(list) != 1 || !list[0].Current || list[0].LastUsedAt == nil || !list[0].LastUsedAt.Equal(used) ||
				!list[0].CreatedAt.Equal(used.Add(-time.Hour)) {
				t.Fatalf("Dan's tokens: %+v", list)
			}
			w.pass(2 * time.Minute)
			w.restart()
		}
		hers, err := w.hub.Tokens(w.ctx, eve.User, "")
		w.must(err)
		if len(hers) != 1 || hers[0].Current || hers[0].LastUsedAt != nil {
			t.Fatalf("Eve's tokens: %+v", hers)
		}
		w.hidden(w.hub.RevokeToken(w.ctx, dan.User, hers[0].ID))
		w.must(w.hub.RevokeToken(w.ctx, eve.User, hers[0].ID))
		if _, err := w.hub.Authenticate(w.ctx, eve.Token); !errors.Is(err, accounts.ErrSignIn) {
			t.Errorf("a revoked token lets in: %v", err)
		}
		_, err = w.hub.Authenticate(w.ctx, dan.Token)
		w.must(err)
	})
}
