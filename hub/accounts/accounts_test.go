package accounts_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parley/hub/accounts"
	"parley/hub/hubtest"
	"parley/model"
)

func TestLoginCodeLetsInOnce(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		a := w.AddAccount(accounts.NewUser{Name: " Dan ", Email: " dan@example.com ", Admin: true})
		if a.Token != "" || a.User.Name != "Dan" || a.User.Email != "dan@example.com" || !a.User.Admin {
			t.Errorf("added %+v", a.User)
		}
		token, u, err := w.Hub.Login(w.Ctx, a.LoginCode)
		w.Must(err)
		if u != a.User || len(token) < 43 {
			t.Errorf("let in %+v with a token of %d letters", u, len(token))
		}
		got, err := w.Hub.Authenticate(w.Ctx, token)
		w.Must(err)
		if got != a.User {
			t.Errorf("the token is of %+v", got)
		}
		w.WantNoSignIn(a.LoginCode)
		w.Restart()
		if _, err := w.Hub.Authenticate(w.Ctx, token); err != nil {
			t.Errorf("the token is lost by a restart: %v", err)
		}
	})
}

func TestLoginCodeLetsOneIn(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		a := w.AddAccount(accounts.NewUser{Name: "Dan"})
		results := make(chan error, 10)
		for range cap(results) {
			go func() {
				_, _, err := w.Hub.Login(w.Ctx, a.LoginCode)
				results <- err
			}()
		}
		in := 0
		for range cap(results) {
			if err := <-results; err == nil {
				in++
			} else if !errors.Is(err, accounts.ErrSignIn) {
				t.Errorf("login: %v", err)
			}
		}
		if in != 1 {
			t.Errorf("one code let %d in", in)
		}
	})
}

func TestLoginCodeExpires(t *testing.T) {
	hubtest.InBareWorld(t, func(_ *testing.T, w *hubtest.World) {
		early, late := w.AddAccount(accounts.NewUser{Name: "Early"}), w.AddAccount(accounts.NewUser{Name: "Late"})
		w.Pass(10*time.Minute - time.Millisecond)
		_, _, err := w.Hub.Login(w.Ctx, early.LoginCode)
		w.Must(err)
		w.Pass(time.Millisecond)
		w.WantNoSignIn(late.LoginCode)
	})
}

func TestLoginCodeAsPeopleTypeIt(t *testing.T) {
	spellings := map[string]func(string) string{
		"as shown":      func(s string) string { return s },
		"lower case":    strings.ToLower,
		"no hyphens":    func(s string) string { return strings.ReplaceAll(s, "-", "") },
		"spaces":        func(s string) string { return "  " + strings.ReplaceAll(s, "-", " ") + "\n" },
		"odd hyphens":   func(s string) string { return strings.ReplaceAll(s, "-", "–") },
		"all of it":     func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "-", " ")) },
		"a final point": func(s string) string { return s + "." },
	}
	for name, spell := range spellings {
		t.Run(name, func(t *testing.T) {
			hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
				a := w.AddAccount(accounts.NewUser{Name: "Dan"})
				_, u, err := w.Hub.Login(w.Ctx, spell(a.LoginCode))
				w.Must(err)
				if u.ID != a.User.ID {
					t.Errorf("let in %q", u.Name)
				}
			})
		})
	}
}

func TestWhatIsNoLoginCode(t *testing.T) {
	hubtest.InBareWorld(t, func(_ *testing.T, w *hubtest.World) {
		a := w.AddAccount(accounts.NewUser{Name: "Dan", Token: true})
		half := a.LoginCode[:len(a.LoginCode)/2]
		for _, code := range []string{"", "-", "AAAA-AAAA-AAAA-AAAA", half, a.LoginCode + "A", a.Token, "' OR 1=1 --", "あ"} {
			w.WantNoSignIn(code)
		}
		_, _, err := w.Hub.Login(w.Ctx, a.LoginCode)
		w.Must(err)
	})
}

func TestTokens(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		a, b := w.AddAccount(accounts.NewUser{Name: "Dan", Token: true}), w.AddAccount(accounts.NewUser{Name: "Eve", Token: true})
		if a.Token == b.Token || a.LoginCode == b.LoginCode {
			t.Fatal("two users share a secret")
		}
		for _, added := range []accounts.Added{a, b} {
			u, err := w.Hub.Authenticate(w.Ctx, added.Token)
			w.Must(err)
			if u != added.User {
				t.Errorf("the token is of %+v", u)
			}
		}
		for _, token := range []string{"", a.Token + "x", a.Token[1:], strings.ToLower(a.Token), a.LoginCode, string(a.User.ID)} {
			if _, err := w.Hub.Authenticate(w.Ctx, token); !errors.Is(err, accounts.ErrSignIn) {
				t.Errorf("%d letters let somebody in: %v", len(token), err)
			}
		}
	})
}

func TestUsersNeedAName(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		for _, name := range []string{"", " \t"} {
			_, err := accounts.AddUser(w.Ctx, w.Store, accounts.NewUser{Name: name}, time.Now())
			var invalid *model.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != "name" {
				t.Errorf("name %q: %v", name, err)
			}
		}
	})
}

// A user who was never added has no rights, whatever they claim.
func TestStrangersAreNobody(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		stranger := model.User{ID: "0192f0c1-0000-7000-8000-00000000ffff", Name: "Mallory", Admin: true}
		_, _, err := w.Hub.ConnectPage(w.Ctx, stranger, hubtest.Connection(""))
		w.WantHidden(err)
		_, err = w.Hub.Uninstall(w.Ctx, stranger, page)
		w.WantHidden(err)
		_, err = w.Hub.SetVisibility(w.Ctx, stranger, page, model.Private)
		w.WantRefused(err, model.NotInstaller)
	})
}
