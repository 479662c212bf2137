package storetest

import (
	"errors"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// testCRMUsers: what the CRM says about a user is replaced as a whole, and removed with the
// user; the store belongs to one company.
func testCRMUsers(t *testing.T, s store.Store) {
	ann := store.CRMUser{User: "a", Admin: true, CheckedAt: at(1), SealedGrant: "sealed"}
	ben := store.CRMUser{User: "b", CheckedAt: at(2)}
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.CreateUser(model.User{ID: "a", Name: "A"}), tx.CreateUser(model.User{ID: "b", Name: "B"}),
			tx.PutCRMUser(ben), tx.PutCRMUser(store.CRMUser{User: "a", SealedGrant: "old"}), tx.PutCRMUser(ann))
	})
	same(t, "all", []store.CRMUser{ann, ben}, value(t, s, store.Reader.CRMUsers))
	same(t, "one", ann, value(t, s, func(r store.Reader) (store.CRMUser, error) { return r.CRMUser("a") }))
	if err := s.Accounts(t.Context(), func(tx store.AccountTx) error { return tx.PutCRMUser(store.CRMUser{User: "nobody"}) }); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of nobody: %v", err)
	}
	accounts(t, s, func(tx store.AccountTx) error { return tx.RemoveUser("a") })
	same(t, "left", []store.CRMUser{ben}, value(t, s, store.Reader.CRMUsers))

	if err := s.Read(t.Context(), func(r store.Reader) error { _, err := r.CRMCompany(); return err }); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("company of a new store: %v", err)
	}
	company := model.CRMCompany{ID: 7, Name: "青山", Domain: "aoyama"}
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.SetCRMCompany(model.CRMCompany{ID: 6}), tx.SetCRMCompany(company))
	})
	same(t, "company", company, value(t, s, store.Reader.CRMCompany))
}

// testTested: the time when Meta's dashboard last tried our address is stored; at first there
// is none.
func testTested(t *testing.T, s store.Store) {
	same(t, "at first", time.Time{}, value(t, s, store.Reader.TestedAt))
	accounts(t, s, func(tx store.AccountTx) error { return errors.Join(tx.SetTestedAt(at(1)), tx.SetTestedAt(at(2))) })
	same(t, "then", at(2), value(t, s, store.Reader.TestedAt))
}

// testDeviceLogins: a sign-in is found by each of its secrets, and not by another's or a former
// one.
func testDeviceLogins(t *testing.T, s store.Store) {
	one := store.DeviceLogin{Hash: []byte("d1"), CodeHash: []byte("c1"), Expires: at(10)}
	two := store.DeviceLogin{
		Hash: []byte("d2"), CodeHash: []byte("c2"), Expires: at(20), StateHash: []byte("s2"), BrowserHash: []byte("b"),
		User: "u", Refused: model.NotAdmin,
	}
	three := store.DeviceLogin{Hash: []byte("d3"), CodeHash: []byte("c3"), Expires: at(20)}
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.AddDeviceLogin(one), tx.AddDeviceLogin(two), tx.AddDeviceLogin(three))
	})
	find := func(by store.DeviceKey, hash string) (d store.DeviceLogin, err error) {
		err = s.Read(t.Context(), func(r store.Reader) (err error) {
			d, err = r.DeviceLogin(by, []byte(hash))
			return err
		})
		return d, err
	}
	finds := func(by store.DeviceKey, hash string, want store.DeviceLogin) {
		t.Helper()
		d, err := find(by, hash)
		if err != nil {
			t.Errorf("%d %s: %v", by, hash, err)
		}
		same(t, hash, want, d)
	}
	lacks := func(by store.DeviceKey, hash string) {
		t.Helper()
		if d, err := find(by, hash); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%d %q: found %v, %v", by, hash, d, err)
		}
	}
	finds(store.ByDeviceCode, "d1", one)
	finds(store.ByShortCode, "c1", one)
	finds(store.ByState, "s2", two)
	lacks(store.ByShortCode, "d1")
	lacks(store.ByState, "")
	if _, err := find(0, "d1"); err == nil {
		t.Error("found by no key")
	}
	for _, taken := range []store.DeviceLogin{
		{Hash: []byte("d1"), CodeHash: []byte("x"), Expires: at(9)},
		{Hash: []byte("x"), CodeHash: []byte("c2"), Expires: at(9)},
		{Hash: []byte("x"), CodeHash: []byte("y"), StateHash: []byte("s2"), Expires: at(9)},
	} {
		if err := s.Accounts(t.Context(), func(tx store.AccountTx) error { return tx.AddDeviceLogin(taken) }); !errors.Is(err, store.ErrConflict) {
			t.Errorf("a secret of another: %v", err)
		}
	}
	two.StateHash, two.User, two.Refused = nil, "v", ""
	accounts(t, s, func(tx store.AccountTx) error { return tx.ChangeDeviceLogin(two) })
	lacks(store.ByState, "s2")
	finds(store.ByShortCode, "c2", two)
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.ForgetDeviceLogins(at(10)), tx.RemoveDeviceLogin([]byte("d3")))
	})
	lacks(store.ByDeviceCode, "d1")
	lacks(store.ByDeviceCode, "d3")
	finds(store.ByDeviceCode, "d2", two)
	for _, f := range []func(store.AccountTx) error{
		func(tx store.AccountTx) error { return tx.RemoveDeviceLogin([]byte("d3")) },
		func(tx store.AccountTx) error { return tx.ChangeDeviceLogin(one) },
	} {
		if err := s.Accounts(t.Context(), f); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("of one that is gone: %v", err)
		}
	}
}
