package accounts

import (
	"errors"
	"time"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
)

var errDeviceKey = errors.New("no such key of a device login")

// DeviceLoginReader reads sign-ins through a browser.
type DeviceLoginReader struct{ *pgdb.Session }

// DeviceLogin implements [store.Reader].
func (r DeviceLoginReader) DeviceLogin(by store.DeviceKey, hash []byte) (store.DeviceLogin, error) {
	var query string
	switch by {
	case store.ByDeviceCode:
		query = `SELECT doc FROM device_logins WHERE hash = ?`
	case store.ByShortCode:
		query = `SELECT doc FROM device_logins WHERE code_hash = ?`
	case store.ByState:
		query = `SELECT doc FROM device_logins WHERE state_hash = ?`
	default:
		return store.DeviceLogin{}, errDeviceKey
	}
	d, err := pgdb.One[store.DeviceLogin](r.Session, query, hash)
	return d, pgdb.Wrap(err, "read device login")
}

// DeviceLoginWriter writes sign-ins through a browser.
type DeviceLoginWriter struct{ *pgdb.Session }

// AddDeviceLogin implements [store.AccountTx].
func (t DeviceLoginWriter) AddDeviceLogin(d store.DeviceLogin) error {
	doc, err := encodeDevice(&d)
	if err == nil {
		err = t.Run(`INSERT INTO device_logins (hash, code_hash, state_hash, expires, doc) VALUES (?, ?, ?, ?, ?)`,
			d.Hash, d.CodeHash, orNull(d.StateHash), engine.Micros(d.Expires), doc)
	}
	return pgdb.Wrap(err, "add device login")
}

// ChangeDeviceLogin implements [store.AccountTx].
func (t DeviceLoginWriter) ChangeDeviceLogin(d store.DeviceLogin) error {
	doc, err := encodeDevice(&d)
	if err == nil {
		err = t.RunOne(`UPDATE device_logins SET state_hash = ?, doc = ? WHERE hash = ?`, orNull(d.StateHash), doc, d.Hash)
	}
	return pgdb.Wrap(err, "change device login")
}

// RemoveDeviceLogin implements [store.AccountTx].
func (t DeviceLoginWriter) RemoveDeviceLogin(hash []byte) error {
	return pgdb.Wrap(t.RunOne(`DELETE FROM device_logins WHERE hash = ?`, hash), "remove device login")
}

// ForgetDeviceLogins implements [store.AccountTx].
func (t DeviceLoginWriter) ForgetDeviceLogins(before time.Time) error {
	return pgdb.Wrap(t.Run(`DELETE FROM device_logins WHERE expires <= ?`, engine.Micros(before)), "forget device logins")
}

func encodeDevice(d *store.DeviceLogin) ([]byte, error) {
	d.Expires = engine.Exact(d.Expires)
	return pgdb.Encode(*d)
}

// orNull keeps a missing value out of a unique index.
func orNull(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}
