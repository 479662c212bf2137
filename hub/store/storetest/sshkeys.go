package storetest

import (
	"errors"
	"testing"

	"parley/hub/store"
	"parley/model"
)

// testSSHKeys: a key belongs to one user, is removed alone, and is removed with its user.
func testSSHKeys(t *testing.T, s store.Store) {
	users := []model.User{{ID: "u1", Name: "Aki"}, {ID: "u2", Name: "Bo"}}
	laptop := store.SSHKey{Fingerprint: "SHA256:a", User: "u1", Comment: "laptop", At: at(1)}
	phone := store.SSHKey{Fingerprint: "SHA256:b", User: "u1", At: at(2)}
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.CreateUser(users[0]), tx.CreateUser(users[1]), tx.AddSSHKey(phone), tx.AddSSHKey(laptop))
	})
	holder := func(fingerprint string) (u model.User, err error) {
		err = s.Read(t.Context(), func(r store.Reader) (err error) {
			u, err = r.UserBySSHKey(fingerprint)
			return err
		})
		return u, err
	}
	read(t, s, func(r store.Reader) error {
		list, err := r.SSHKeys("u1")
		same(t, "keys", []store.SSHKey{laptop, phone}, list)
		none, err2 := r.SSHKeys("u2")
		if len(none) != 0 {
			t.Errorf("keys of another: %v", none)
		}
		return errors.Join(err, err2)
	})
	if u, err := holder("SHA256:a"); err != nil || u != users[0] {
		t.Errorf("the key is of %v (%v)", u, err)
	}
	for want, f := range map[error]func(store.AccountTx) error{
		store.ErrConflict: func(tx store.AccountTx) error {
			return tx.AddSSHKey(store.SSHKey{Fingerprint: "SHA256:a", User: "u2", At: at(3)})
		},
		store.ErrNotFound: func(tx store.AccountTx) error { return tx.RemoveSSHKey("SHA256:other") },
	} {
		if err := s.Accounts(t.Context(), f); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	accounts(t, s, func(tx store.AccountTx) error { return tx.RemoveSSHKey("SHA256:a") })
	if _, err := holder("SHA256:a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a key that was removed: %v", err)
	}
	if _, err := holder("SHA256:b"); err != nil {
		t.Errorf("the other key: %v", err)
	}
	accounts(t, s, func(tx store.AccountTx) error { return tx.RemoveUser("u1") })
	if _, err := holder("SHA256:b"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a key of a user who was removed: %v", err)
	}
}
