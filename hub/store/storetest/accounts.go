package storetest

import (
	"errors"
	"sync"
	"testing"

	"parley/hub/store"
	"parley/model"
	"parley/model/notify"
)

func testAccounts(t *testing.T, s store.Store) {
	users := []model.User{
		{ID: "u1", Name: "愛子", Email: "aiko@example.com", Admin: true},
		{ID: "u2", Name: "Bo"},
	}
	hash := []byte{0, 1, 0xff}
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.CreateUser(users[1]), tx.CreateUser(users[0]), tx.AddToken(hash, "u1", at(0)))
	})
	read(t, s, func(r store.Reader) error {
		list, err := r.Users()
		same(t, "users", users, list)
		one, err2 := r.User("u2")
		same(t, "user", users[1], one)
		holder, err3 := r.UserByToken(hash)
		same(t, "holder", users[0], holder)
		return errors.Join(err, err2, err3)
	})
	err := s.Accounts(t.Context(), func(tx store.AccountTx) error {
		return errors.Join(tx.CreateUser(model.User{ID: "u3"}), errStop)
	})
	if !errors.Is(err, errStop) {
		t.Errorf("got %v", err)
	}
	for name, f := range map[string]func(store.AccountTx) error{
		"token": func(tx store.AccountTx) error { return tx.AddToken([]byte("x"), "u3", at(0)) },
		"code":  func(tx store.AccountTx) error { return tx.AddLoginCode([]byte("x"), "u3", at(0)) },
	} {
		if err := s.Accounts(t.Context(), f); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s of nobody: %v", name, err)
		}
	}
}

// testNotificationPreferences: each user has their own, and they go with the user.
func testNotificationPreferences(t *testing.T, s store.Store) {
	loud := notify.Defaults().Turned(notify.NewInOthers, true)
	loud.QuietHours = "19:00-08:00"
	quiet := notify.Preferences{Method: notify.Off, Every: 1}
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(
			tx.CreateUser(model.User{ID: "n1"}), tx.CreateUser(model.User{ID: "n2"}),
			tx.PutNotificationPreferences("n1", quiet), tx.PutNotificationPreferences("n1", loud), tx.PutNotificationPreferences("n2", quiet),
		)
	})
	read(t, s, func(r store.Reader) error {
		p1, err := r.NotificationPreferences("n1")
		same(t, "preferences", loud, p1)
		p2, err2 := r.NotificationPreferences("n2")
		same(t, "preferences of another", quiet, p2)
		if _, err := r.NotificationPreferences("n3"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("of nobody: %v", err)
		}
		return errors.Join(err, err2)
	})
	accounts(t, s, func(tx store.AccountTx) error { return tx.RemoveUser("n1") })
	read(t, s, func(r store.Reader) error {
		if _, err := r.NotificationPreferences("n1"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("of a removed user: %v", err)
		}
		_, err := r.NotificationPreferences("n2")
		return err
	})
}

// testRemovedTokens: removing a token removes that one only, for good.
func testRemovedTokens(t *testing.T, s store.Store) {
	user := model.User{ID: "u", Name: "U"}
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.CreateUser(user), tx.AddToken([]byte("a"), "u", at(0)), tx.AddToken([]byte("b"), "u", at(0)))
	})
	accounts(t, s, func(tx store.AccountTx) error { return tx.RemoveToken([]byte("a")) })
	read(t, s, func(r store.Reader) error {
		if u, err := r.UserByToken([]byte("a")); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a removed token is of %v (%v)", u, err)
		}
		_, err := r.UserByToken([]byte("b"))
		return err
	})
	for _, token := range []string{"a", "unknown", ""} {
		err := s.Accounts(t.Context(), func(tx store.AccountTx) error { return tx.RemoveToken([]byte(token)) })
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("remove %q: %v", token, err)
		}
	}
}

// testLoginCodes: of many attempts to use a code, one succeeds, and only before it expires.
func testLoginCodes(t *testing.T, s store.Store) {
	user := model.User{ID: "u", Name: "U"}
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.CreateUser(user),
			tx.AddLoginCode([]byte("once"), "u", at(10)), tx.AddLoginCode([]byte("late"), "u", at(10)))
	})
	waits := func(code string, now int) (waits bool) {
		err := s.Read(t.Context(), func(r store.Reader) (err error) {
			waits, err = r.LoginCodeWaits([]byte(code), at(now))
			return err
		})
		if err != nil {
			t.Errorf("look for %s: %v", code, err)
		}
		return waits
	}
	if !waits("once", 9) || waits("once", 10) || waits("unknown", 9) {
		t.Errorf("waits: %v, after its end: %v, unknown: %v", waits("once", 9), waits("once", 10), waits("unknown", 9))
	}
	take := func(code string, now int) (model.User, error) {
		var u model.User
		err := s.Accounts(t.Context(), func(tx store.AccountTx) (err error) {
			u, err = tx.UseLoginCode([]byte(code), at(now))
			return err
		})
		return u, err
	}
	var taken int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			u, err := take("once", 9)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && u == user:
				taken++
			case !errors.Is(err, store.ErrNotFound):
				t.Errorf("take: %v %v", u, err)
			}
		})
	}
	wg.Wait()
	if taken != 1 {
		t.Errorf("one code was taken %d times", taken)
	}
	if waits("once", 9) {
		t.Error("a code that was taken waits")
	}
	for _, code := range []string{"once", "late", "unknown"} {
		if _, err := take(code, 10); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// testChangedUsers: changing or removing a user affects that user only, with all their
// credentials.
func testChangedUsers(t *testing.T, s store.Store) {
	ann, ben := model.User{ID: "a", Name: "Ann"}, model.User{ID: "b", Name: "Ben", Admin: true}
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.CreateUser(ann), tx.CreateUser(ben),
			tx.AddToken([]byte("a1"), "a", at(0)), tx.AddToken([]byte("b1"), "b", at(0)),
			tx.AddLoginCode([]byte("code a"), "a", at(99)), tx.AddLoginCode([]byte("code b"), "b", at(99)))
	})
	ann.Admin, ann.Name = true, "Anna"
	accounts(t, s, func(tx store.AccountTx) error { return tx.ChangeUser(ann) })
	same(t, "users", []model.User{ann, ben}, value(t, s, store.Reader.Users))
	accounts(t, s, func(tx store.AccountTx) error { return tx.RemoveUser("a") })
	same(t, "users left", []model.User{ben}, value(t, s, store.Reader.Users))
	read(t, s, func(r store.Reader) error {
		if u, err := r.UserByToken([]byte("a1")); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the token of a removed user is of %v (%v)", u, err)
		}
		_, err := r.UserByToken([]byte("b1"))
		return err
	})
	accounts(t, s, func(tx store.AccountTx) error {
		if u, err := tx.UseLoginCode([]byte("code a"), at(1)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the code of a removed user lets in %v (%v)", u, err)
		}
		_, err := tx.UseLoginCode([]byte("code b"), at(1))
		return err
	})
	for name, f := range map[string]func(store.AccountTx) error{
		"change": func(tx store.AccountTx) error { return tx.ChangeUser(ann) },
		"remove": func(tx store.AccountTx) error { return tx.RemoveUser("a") },
	} {
		if err := s.Accounts(t.Context(), f); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s nobody: %v", name, err)
		}
	}
}

// testTokens: a user's tokens are listed with when each was last used.
func testTokens(t *testing.T, s store.Store) {
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.CreateUser(model.User{ID: "a", Name: "A"}), tx.CreateUser(model.User{ID: "b", Name: "B"}),
			tx.AddToken([]byte("late"), "a", at(9)), tx.AddToken([]byte("early"), "a", at(1)), tx.AddToken([]byte("other"), "b", at(0)),
			tx.UseToken([]byte("late"), at(20)), tx.UseToken([]byte("late"), at(15)), tx.UseToken([]byte("gone"), at(15)))
	})
	tokens := func(r store.Reader) ([]store.Token, error) { return r.Tokens("a") }
	same(t, "tokens", []store.Token{
		{Hash: []byte("early"), User: "a", At: at(1)},
		{Hash: []byte("late"), User: "a", At: at(9), UsedAt: at(20)},
	}, value(t, s, tokens))
}
