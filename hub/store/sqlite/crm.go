package sqlite

import (
	"errors"
	"time"

	"parley/hub/store"
	"parley/model"
)

// companyName is the CRM's company in the table store.
const companyName = "crm_company"

// CRMCompany implements [store.Reader].
func (r reader) CRMCompany() (model.CRMCompany, error) {
	c, err := one[model.CRMCompany](r.session, `SELECT value FROM store WHERE name = ?`, companyName)
	return c, wrap(err, "read CRM company")
}

// SetCRMCompany implements [store.AccountTx].
func (t accountTx) SetCRMCompany(c model.CRMCompany) error {
	doc, err := encode(c)
	if err == nil {
		err = t.run(`INSERT INTO store (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, companyName, doc)
	}
	return wrap(err, "set CRM company")
}

// CRMUser implements [store.Reader].
func (r reader) CRMUser(user model.UserID) (store.CRMUser, error) {
	c, err := one[store.CRMUser](r.session, `SELECT doc FROM crm_users WHERE user_id = ?`, user)
	return c, wrap(err, "read CRM user %s", user)
}

// CRMUsers implements [store.Reader].
func (r reader) CRMUsers() ([]store.CRMUser, error) {
	list, err := many[store.CRMUser](r.session, `SELECT doc FROM crm_users ORDER BY user_id`)
	return list, wrap(err, "read CRM users")
}

// PutCRMUser implements [store.AccountTx].
func (t accountTx) PutCRMUser(c store.CRMUser) error {
	c.CheckedAt = exact(c.CheckedAt)
	doc, err := encode(c)
	if err == nil {
		err = t.run(`INSERT INTO crm_users (user_id, doc) VALUES (?, ?)
			ON CONFLICT (user_id) DO UPDATE SET doc = excluded.doc`, c.User, doc)
	}
	return wrap(err, "put CRM user %s", c.User)
}

var errDeviceKey = errors.New("no such key of a device login")

// DeviceLogin implements [store.Reader].
func (r reader) DeviceLogin(by store.DeviceKey, hash []byte) (store.DeviceLogin, error) {
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
	d, err := one[store.DeviceLogin](r.session, query, hash)
	return d, wrap(err, "read device login")
}

// AddDeviceLogin implements [store.AccountTx].
func (t accountTx) AddDeviceLogin(d store.DeviceLogin) error {
	doc, err := encodeDevice(&d)
	if err == nil {
		err = t.run(`INSERT INTO device_logins (hash, code_hash, state_hash, expires, doc) VALUES (?, ?, ?, ?, ?)`,
			d.Hash, d.CodeHash, orNull(d.StateHash), micros(d.Expires), doc)
	}
	return wrap(err, "add device login")
}

// ChangeDeviceLogin implements [store.AccountTx].
func (t accountTx) ChangeDeviceLogin(d store.DeviceLogin) error {
	doc, err := encodeDevice(&d)
	if err == nil {
		err = t.one(`UPDATE device_logins SET state_hash = ?, doc = ? WHERE hash = ?`, orNull(d.StateHash), doc, d.Hash)
	}
	return wrap(err, "change device login")
}

// RemoveDeviceLogin implements [store.AccountTx].
func (t accountTx) RemoveDeviceLogin(hash []byte) error {
	return wrap(t.one(`DELETE FROM device_logins WHERE hash = ?`, hash), "remove device login")
}

// ForgetDeviceLogins implements [store.AccountTx].
func (t accountTx) ForgetDeviceLogins(before time.Time) error {
	return wrap(t.run(`DELETE FROM device_logins WHERE expires <= ?`, micros(before)), "forget device logins")
}

func encodeDevice(d *store.DeviceLogin) (string, error) {
	d.Expires = exact(d.Expires)
	return encode(*d)
}

// orNull keeps what is not there out of a unique index.
func orNull(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}
