package tables

import (
	"database/sql"
	"time"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// credentialReader reads users' credentials.
type credentialReader struct{ *sqldb.Session }

// UserByToken implements [store.Reader].
func (r credentialReader) UserByToken(hash []byte) (model.User, error) {
	u, err := sqldb.One[model.User](r.Session, `SELECT u.doc FROM tokens t JOIN users u ON u.id = t.user_id
		WHERE t.hash = ?`, hash)
	return u, sqldb.Wrap(err, "read user by token")
}

// Tokens implements [store.Reader].
func (r credentialReader) Tokens(user model.UserID) ([]store.Token, error) {
	var list []store.Token
	err := r.Each(`SELECT hash, at, used_at FROM tokens WHERE user_id = ? ORDER BY at, hash`, sqldb.Args{user},
		func(rows *sql.Rows) error {
			t := store.Token{User: user}
			var at, used int64
			err := rows.Scan(&t.Hash, &at, &used)
			t.At, t.UsedAt = sqldb.FromMicros(at), sqldb.FromMicros(used)
			list = append(list, t)
			return err
		})
	return list, sqldb.Wrap(err, "read tokens of user %s", user)
}

// LoginCodeWaits implements [store.Reader].
func (r credentialReader) LoginCodeWaits(hash []byte, now time.Time) (bool, error) {
	var waits bool
	err := r.Get(`SELECT EXISTS (SELECT 1 FROM login_codes WHERE hash = ? AND expires > ?)`, sqldb.Args{hash, sqldb.Micros(now)}, &waits)
	return waits, sqldb.Wrap(err, "look for login code")
}

// UserBySSHKey implements [store.Reader].
func (r credentialReader) UserBySSHKey(fingerprint string) (model.User, error) {
	u, err := sqldb.One[model.User](r.Session, `SELECT u.doc FROM ssh_keys k JOIN users u ON u.id = k.user_id
		WHERE k.fingerprint = ?`, fingerprint)
	return u, sqldb.Wrap(err, "read user by SSH key")
}

// SSHKeys implements [store.Reader].
func (r credentialReader) SSHKeys(user model.UserID) ([]store.SSHKey, error) {
	var list []store.SSHKey
	err := r.Each(`SELECT fingerprint, comment, at FROM ssh_keys WHERE user_id = ? ORDER BY at, fingerprint`, sqldb.Args{user},
		func(rows *sql.Rows) error {
			k := store.SSHKey{User: user}
			var at int64
			err := rows.Scan(&k.Fingerprint, &k.Comment, &at)
			k.At = sqldb.FromMicros(at)
			list = append(list, k)
			return err
		})
	return list, sqldb.Wrap(err, "read SSH keys of user %s", user)
}

// credentialWriter writes users' credentials.
type credentialWriter struct{ *sqldb.Session }

// AddToken implements [store.AccountTx].
func (t credentialWriter) AddToken(hash []byte, user model.UserID, at time.Time) error {
	err := t.Run(`INSERT INTO tokens (hash, user_id, at) VALUES (?, ?, ?)`, hash, user, sqldb.Micros(at))
	return sqldb.Wrap(err, "add token of user %s", user)
}

// UseToken implements [store.AccountTx].
func (t credentialWriter) UseToken(hash []byte, at time.Time) error {
	err := t.Run(`UPDATE tokens SET used_at = ? WHERE hash = ? AND used_at < ?`, sqldb.Micros(at), hash, sqldb.Micros(at))
	return sqldb.Wrap(err, "note use of token")
}

// RemoveToken implements [store.AccountTx].
func (t credentialWriter) RemoveToken(hash []byte) error {
	return sqldb.Wrap(t.RunOne(`DELETE FROM tokens WHERE hash = ?`, hash), "remove token")
}

// AddLoginCode implements [store.AccountTx].
func (t credentialWriter) AddLoginCode(hash []byte, user model.UserID, expires time.Time) error {
	err := t.Run(`INSERT INTO login_codes (hash, user_id, expires) VALUES (?, ?, ?)`, hash, user, sqldb.Micros(expires))
	return sqldb.Wrap(err, "add login code of user %s", user)
}

// UseLoginCode implements [store.AccountTx].
func (t credentialWriter) UseLoginCode(hash []byte, now time.Time) (model.User, error) {
	var user model.UserID
	err := t.Get(`DELETE FROM login_codes WHERE hash = ? AND expires > ? RETURNING user_id`,
		sqldb.Args{hash, sqldb.Micros(now)}, &user)
	if err != nil {
		return model.User{}, sqldb.Wrap(err, "take login code")
	}
	return userReader(t).User(user)
}

// AddSSHKey implements [store.AccountTx].
func (t credentialWriter) AddSSHKey(k store.SSHKey) error {
	err := t.Run(`INSERT INTO ssh_keys (fingerprint, user_id, comment, at) VALUES (?, ?, ?, ?)`, k.Fingerprint, k.User, k.Comment, sqldb.Micros(k.At))
	return sqldb.Wrap(err, "add SSH key of user %s", k.User)
}

// RemoveSSHKey implements [store.AccountTx].
func (t credentialWriter) RemoveSSHKey(fingerprint string) error {
	return sqldb.Wrap(t.RunOne(`DELETE FROM ssh_keys WHERE fingerprint = ?`, fingerprint), "remove SSH key")
}
