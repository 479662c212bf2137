package accounts

import (
	"time"

	"github.com/jackc/pgx/v5"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// CredentialReader reads users' credentials.
type CredentialReader struct{ *pgdb.Session }

// UserByToken implements [store.Reader].
func (r CredentialReader) UserByToken(hash []byte) (model.User, error) {
	u, err := pgdb.One[model.User](r.Session, `SELECT u.doc FROM tokens t JOIN users u ON u.id = t.user_id
		WHERE t.hash = ?`, hash)
	return u, pgdb.Wrap(err, "read user by token")
}

// Tokens implements [store.Reader].
func (r CredentialReader) Tokens(user model.UserID) ([]store.Token, error) {
	var list []store.Token
	err := r.Each(`SELECT hash, at, used_at FROM tokens WHERE user_id = ? ORDER BY at, hash`, pgdb.Args{user},
		func(rows pgx.Rows) error {
			t := store.Token{User: user}
			var at, used int64
			err := rows.Scan(&t.Hash, &at, &used)
			t.At, t.UsedAt = engine.FromMicros(at), engine.FromMicros(used)
			list = append(list, t)
			return err
		})
	return list, pgdb.Wrap(err, "read tokens of user %s", user)
}

// LoginCodeWaits implements [store.Reader].
func (r CredentialReader) LoginCodeWaits(hash []byte, now time.Time) (bool, error) {
	var waits bool
	err := r.Get(`SELECT EXISTS (SELECT 1 FROM login_codes WHERE hash = ? AND expires > ?)`, pgdb.Args{hash, engine.Micros(now)}, &waits)
	return waits, pgdb.Wrap(err, "look for login code")
}

// UserBySSHKey implements [store.Reader].
func (r CredentialReader) UserBySSHKey(fingerprint string) (model.User, error) {
	u, err := pgdb.One[model.User](r.Session, `SELECT u.doc FROM ssh_keys k JOIN users u ON u.id = k.user_id
		WHERE k.fingerprint = ?`, fingerprint)
	return u, pgdb.Wrap(err, "read user by SSH key")
}

// SSHKeys implements [store.Reader].
func (r CredentialReader) SSHKeys(user model.UserID) ([]store.SSHKey, error) {
	var list []store.SSHKey
	err := r.Each(`SELECT fingerprint, comment, at FROM ssh_keys WHERE user_id = ? ORDER BY at, fingerprint`, pgdb.Args{user},
		func(rows pgx.Rows) error {
			k := store.SSHKey{User: user}
			var at int64
			var comment []byte
			err := rows.Scan(&k.Fingerprint, &comment, &at)
			k.Comment = string(comment)
			k.At = engine.FromMicros(at)
			list = append(list, k)
			return err
		})
	return list, pgdb.Wrap(err, "read SSH keys of user %s", user)
}

// CredentialWriter writes users' credentials.
type CredentialWriter struct{ *pgdb.Session }

// AddToken implements [store.AccountTx].
func (t CredentialWriter) AddToken(hash []byte, user model.UserID, at time.Time) error {
	err := t.Run(`INSERT INTO tokens (hash, user_id, at) VALUES (?, ?, ?)`, hash, user, engine.Micros(at))
	return pgdb.Wrap(err, "add token of user %s", user)
}

// UseToken implements [store.AccountTx].
func (t CredentialWriter) UseToken(hash []byte, at time.Time) error {
	err := t.Run(`UPDATE tokens SET used_at = ? WHERE hash = ? AND used_at < ?`, engine.Micros(at), hash, engine.Micros(at))
	return pgdb.Wrap(err, "note use of token")
}

// RemoveToken implements [store.AccountTx].
func (t CredentialWriter) RemoveToken(hash []byte) error {
	return pgdb.Wrap(t.RunOne(`DELETE FROM tokens WHERE hash = ?`, hash), "remove token")
}

// AddLoginCode implements [store.AccountTx].
func (t CredentialWriter) AddLoginCode(hash []byte, user model.UserID, expires time.Time) error {
	err := t.Run(`INSERT INTO login_codes (hash, user_id, expires) VALUES (?, ?, ?)`, hash, user, engine.Micros(expires))
	return pgdb.Wrap(err, "add login code of user %s", user)
}

// UseLoginCode implements [store.AccountTx].
func (t CredentialWriter) UseLoginCode(hash []byte, now time.Time) (model.User, error) {
	var user model.UserID
	t.Writes()
	err := t.Get(`DELETE FROM login_codes WHERE hash = ? AND expires > ? RETURNING user_id`,
		pgdb.Args{hash, engine.Micros(now)}, &user)
	if err != nil {
		return model.User{}, pgdb.Wrap(err, "take login code")
	}
	return UserReader(t).User(user)
}

// AddSSHKey implements [store.AccountTx].
func (t CredentialWriter) AddSSHKey(k store.SSHKey) error {
	err := t.Run(`INSERT INTO ssh_keys (fingerprint, user_id, comment, at) VALUES (?, ?, ?, ?)`, k.Fingerprint, k.User, []byte(k.Comment), engine.Micros(k.At))
	return pgdb.Wrap(err, "add SSH key of user %s", k.User)
}

// RemoveSSHKey implements [store.AccountTx].
func (t CredentialWriter) RemoveSSHKey(fingerprint string) error {
	return pgdb.Wrap(t.RunOne(`DELETE FROM ssh_keys WHERE fingerprint = ?`, fingerprint), "remove SSH key")
}
