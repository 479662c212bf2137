package sqlite

import (
	"database/sql"
	"errors"
	"time"

	"parley/hub/store"
	"parley/model"
)

// accountTx is a transaction on users and what signs them in.
type accountTx struct{ reader }

var _ store.AccountTx = accountTx{}

// User implements [store.Reader].
func (r reader) User(id model.UserID) (model.User, error) {
	u, err := one[model.User](r.session, `SELECT doc FROM users WHERE id = ?`, id)
	return u, wrap(err, "read user %s", id)
}

// Users implements [store.Reader].
func (r reader) Users() ([]model.User, error) {
	list, err := many[model.User](r.session, `SELECT doc FROM users ORDER BY id`)
	return list, wrap(err, "read users")
}

// UserByToken implements [store.Reader].
func (r reader) UserByToken(hash []byte) (model.User, error) {
	u, err := one[model.User](r.session, `SELECT u.doc FROM tokens t JOIN users u ON u.id = t.user_id
		WHERE t.hash = ?`, hash)
	return u, wrap(err, "read user by token")
}

// LoginCodeWaits implements [store.Reader].
func (r reader) LoginCodeWaits(hash []byte, now time.Time) (bool, error) {
	var waits bool
	err := r.get(`SELECT EXISTS (SELECT 1 FROM login_codes WHERE hash = ? AND expires > ?)`, arguments{hash, micros(now)}, &waits)
	return waits, wrap(err, "look for login code")
}

// Tokens implements [store.Reader].
func (r reader) Tokens(user model.UserID) ([]store.Token, error) {
	var list []store.Token
	err := r.each(`SELECT hash, at, used_at FROM tokens WHERE user_id = ? ORDER BY at, hash`, arguments{user},
		func(rows *sql.Rows) error {
			t := store.Token{User: user}
			var at, used int64
			err := rows.Scan(&t.Hash, &at, &used)
			t.At, t.UsedAt = fromMicros(at), fromMicros(used)
			list = append(list, t)
			return err
		})
	return list, wrap(err, "read tokens of user %s", user)
}

// CreateUser implements [store.AccountTx].
func (t accountTx) CreateUser(u model.User) error {
	if u.ID == "" {
		return errors.New("create user: no id")
	}
	doc, err := encode(u)
	if err == nil {
		err = t.run(`INSERT INTO users (id, doc) VALUES (?, ?)`, u.ID, doc)
	}
	return wrap(err, "create user %s", u.ID)
}

// ChangeUser implements [store.AccountTx].
func (t accountTx) ChangeUser(u model.User) error {
	doc, err := encode(u)
	if err == nil {
		err = t.one(`UPDATE users SET doc = ? WHERE id = ?`, doc, u.ID)
	}
	return wrap(err, "change user %s", u.ID)
}

// RemoveUser implements [store.AccountTx].
func (t accountTx) RemoveUser(id model.UserID) error {
	for _, query := range []string{
		`DELETE FROM tokens WHERE user_id = ?`,
		`DELETE FROM login_codes WHERE user_id = ?`,
	} {
		if err := t.run(query, id); err != nil {
			return wrap(err, "remove user %s", id)
		}
	}
	return wrap(t.one(`DELETE FROM users WHERE id = ?`, id), "remove user %s", id)
}

// one runs a statement that changes one row; none is [store.ErrNotFound].
func (t accountTx) one(query string, args ...any) error {
	n, err := t.exec(query, args...)
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	return err
}

// AddToken implements [store.AccountTx].
func (t accountTx) AddToken(hash []byte, user model.UserID, at time.Time) error {
	err := t.run(`INSERT INTO tokens (hash, user_id, at) VALUES (?, ?, ?)`, hash, user, micros(at))
	return wrap(err, "add token of user %s", user)
}

// UseToken implements [store.AccountTx].
func (t accountTx) UseToken(hash []byte, at time.Time) error {
	err := t.run(`UPDATE tokens SET used_at = ? WHERE hash = ? AND used_at < ?`, micros(at), hash, micros(at))
	return wrap(err, "note use of token")
}

// RemoveToken implements [store.AccountTx].
func (t accountTx) RemoveToken(hash []byte) error {
	return wrap(t.one(`DELETE FROM tokens WHERE hash = ?`, hash), "remove token")
}

// AddLoginCode implements [store.AccountTx].
func (t accountTx) AddLoginCode(hash []byte, user model.UserID, expires time.Time) error {
	err := t.run(`INSERT INTO login_codes (hash, user_id, expires) VALUES (?, ?, ?)`, hash, user, micros(expires))
	return wrap(err, "add login code of user %s", user)
}

// TakeLoginCode implements [store.AccountTx].
func (t accountTx) TakeLoginCode(hash []byte, now time.Time) (model.User, error) {
	var user model.UserID
	err := t.get(`DELETE FROM login_codes WHERE hash = ? AND expires > ? RETURNING user_id`,
		arguments{hash, micros(now)}, &user)
	if err != nil {
		return model.User{}, wrap(err, "take login code")
	}
	return t.User(user)
}
