package tables

import (
	"errors"

	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// userReader reads users.
type userReader struct{ *sqldb.Session }

// User implements [store.Reader].
func (r userReader) User(id model.UserID) (model.User, error) {
	u, err := sqldb.One[model.User](r.Session, `SELECT doc FROM users WHERE id = ?`, id)
	return u, sqldb.Wrap(err, "read user %s", id)
}

// Users implements [store.Reader].
func (r userReader) Users() ([]model.User, error) {
	list, err := sqldb.Many[model.User](r.Session, `SELECT doc FROM users ORDER BY id`)
	return list, sqldb.Wrap(err, "read users")
}

// userWriter writes users.
type userWriter struct{ *sqldb.Session }

// CreateUser implements [store.AccountTx].
func (t userWriter) CreateUser(u model.User) error {
	if u.ID == "" {
		return errors.New("create user: no id")
	}
	doc, err := sqldb.Encode(u)
	if err == nil {
		err = t.Run(`INSERT INTO users (id, doc) VALUES (?, ?)`, u.ID, doc)
	}
	return sqldb.Wrap(err, "create user %s", u.ID)
}

// ChangeUser implements [store.AccountTx].
func (t userWriter) ChangeUser(u model.User) error {
	doc, err := sqldb.Encode(u)
	if err == nil {
		err = t.RunOne(`UPDATE users SET doc = ? WHERE id = ?`, doc, u.ID)
	}
	return sqldb.Wrap(err, "change user %s", u.ID)
}

// RemoveUser implements [store.AccountTx].
func (t userWriter) RemoveUser(id model.UserID) error {
	for _, query := range []string{
		`DELETE FROM tokens WHERE user_id = ?`,
		`DELETE FROM login_codes WHERE user_id = ?`,
		`DELETE FROM notification_preferences WHERE user_id = ?`,
		`DELETE FROM snippets WHERE owner = ?`,
	} {
		if err := t.Run(query, id); err != nil {
			return sqldb.Wrap(err, "remove user %s", id)
		}
	}
	return sqldb.Wrap(t.RunOne(`DELETE FROM users WHERE id = ?`, id), "remove user %s", id)
}
