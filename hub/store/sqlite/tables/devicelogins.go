package tables

import (
	"errors"
	"time"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
)

var errDeviceKey = errors.New("no such key of a device login")

// deviceLoginReader reads sign-ins through a browser.
type deviceLoginReader struct{ *sqldb.Session }

// DeviceLogin implements [store.Reader].
func (r deviceLoginReader) DeviceLogin(by store.DeviceKey, hash []byte) (store.DeviceLogin, error) {
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
	d, err := sqldb.One[store.DeviceLogin](r.Session, query, hash)
	return d, sqldb.Wrap(err, "read device login")
}

// deviceLoginWriter writes sign-ins through a browser.
type deviceLoginWriter struct{ *sqldb.Session }

// AddDeviceLogin implements [store.AccountTx].
func (t deviceLoginWriter) AddDeviceLogin(d store.DeviceLogin) error {
	doc, err := encodeDevice(&d)
	if err == nil {
		err = t.Run(`INSERT INTO device_logins (hash, code_hash, state_hash, expires, doc) VALUES (?, ?, ?, ?, ?)`,
			d.Hash, d.CodeHash, orNull(d.StateHash), sqldb.Micros(d.Expires), doc)
	}
	return sqldb.Wrap(err, "add device login")
}

// ChangeDeviceLogin implements [store.AccountTx].
func (t deviceLoginWriter) ChangeDeviceLogin(d store.DeviceLogin) error {
	doc, err := encodeDevice(&d)
	if err == nil {
		err = t.RunOne(`UPDATE device_logins SET state_hash = ?, doc = ? WHERE hash = ?`, orNull(d.StateHash), doc, d.Hash)
	}
	return sqldb.Wrap(err, "change device login")
}

// RemoveDeviceLogin implements [store.AccountTx].
func (t deviceLoginWriter) RemoveDeviceLogin(hash []byte) error {
	return sqldb.Wrap(t.RunOne(`DELETE FROM device_logins WHERE hash = ?`, hash), "remove device login")
}

// ForgetDeviceLogins implements [store.AccountTx].
func (t deviceLoginWriter) ForgetDeviceLogins(before time.Time) error {
	return sqldb.Wrap(t.Run(`DELETE FROM device_logins WHERE expires <= ?`, sqldb.Micros(before)), "forget device logins")
}

func encodeDevice(d *store.DeviceLogin) (string, error) {
	d.Expires = sqldb.Exact(d.Expires)
	return sqldb.Encode(*d)
}

// orNull keeps a missing value out of a unique index.
func orNull(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}
