package sqlite

import (
	"database/sql"

	"parley/hub/store"
	"parley/model"
)

// UserBySSHKey implements [store.Reader].
func (r reader) UserBySSHKey(fingerprint string) (model.User, error) {
	u, err := one[model.User](r.session, `SELECT u.doc FROM ssh_keys k JOIN users u ON u.id = k.user_id
		WHERE k.fingerprint = ?`, fingerprint)
	return u, wrap(err, "read user by SSH key")
}

// SSHKeys implements [store.Reader].
func (r reader) SSHKeys(user model.UserID) ([]store.SSHKey, error) {
	var list []store.SSHKey
	err := r.each(`SELECT fingerprint, comment, at FROM ssh_keys WHERE user_id = ? ORDER BY at, fingerprint`, arguments{user},
		func(rows *sql.Rows) error {
			k := store.SSHKey{User: user}
			var at int64
			err := rows.Scan(&k.Fingerprint, &k.Comment, &at)
			k.At = fromMicros(at)
			list = append(list, k)
			return err
		})
	return list, wrap(err, "read SSH keys of user %s", user)
}

// AddSSHKey implements [store.AccountTx].
func (t accountTx) AddSSHKey(k store.SSHKey) error {
	err := t.run(`INSERT INTO ssh_keys (fingerprint, user_id, comment, at) VALUES (?, ?, ?, ?)`, k.Fingerprint, k.User, k.Comment, micros(k.At))
	return wrap(err, "add SSH key of user %s", k.User)
}

// RemoveSSHKey implements [store.AccountTx].
func (t accountTx) RemoveSSHKey(fingerprint string) error {
	return wrap(t.one(`DELETE FROM ssh_keys WHERE fingerprint = ?`, fingerprint), "remove SSH key")
}
