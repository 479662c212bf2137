package sqlite

import (
	"errors"

	"parley/model"
)

// userReader reads users.
type userReader struct{ *session }

// User implements [store.Reader].
func (r userReader) User(id model.UserID) (model.User, error) {
	u, err := one[model.User](r.session, `SELECT doc FROM users WHERE id = ?`, id)
	return u, wrap(err, "read user %s", id)
}

// Users implements [store.Reader].
func (r userReader) Users() ([]model.User, error) {
	list, err := many[model.User](r.session, `SELECT doc FROM users ORDER BY id`)
	return list, wrap(err, "read users")
}

// userWriter writes users.
type userWriter struct{ *session }

// CreateUser implements [store.AccountTx].
func (t userWriter) CreateUser(u model.User) error {
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
func (t userWriter) ChangeUser(u model.User) error {
	doc, err := encode(u)
	if err == nil {
		err = t.runOne(`UPDATE users SET doc = ? WHERE id = ?`, doc, u.ID)
	}
	return wrap(err, "change user %s", u.ID)
}

// RemoveUser implements [store.AccountTx].
func (t userWriter) RemoveUser(id model.UserID) error {
	for _, query := range []string{
		`DELETE FROM tokens WHERE user_id = ?`,
		`DELETE FROM login_codes WHERE user_id = ?`,
	} {
		if err := t.run(query, id); err != nil {
			return wrap(err, "remove user %s", id)
		}
	}
	return wrap(t.runOne(`DELETE FROM users WHERE id = ?`, id), "remove user %s", id)
}
