package sqlite

import (
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

// AddToken implements [store.AccountTx].
func (t accountTx) AddToken(hash []byte, user model.UserID, at time.Time) error {
	err := t.run(`INSERT INTO tokens (hash, user_id, at) VALUES (?, ?, ?)`, hash, user, micros(at))
	return wrap(err, "add token of user %s", user)
}

// RemoveToken implements [store.AccountTx].
func (t accountTx) RemoveToken(hash []byte) error {
	n, err := t.exec(`DELETE FROM tokens WHERE hash = ?`, hash)
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	return wrap(err, "remove token")
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
