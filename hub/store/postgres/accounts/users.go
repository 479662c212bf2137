package accounts

import (
	"errors"

	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// UserReader reads users.
type UserReader struct{ *pgdb.Session }

// User implements [store.Reader].
func (r UserReader) User(id model.UserID) (model.User, error) {
	u, err := pgdb.One[model.User](r.Session, `SELECT doc FROM users WHERE id = ?`, id)
	return u, pgdb.Wrap(err, "read user %s", id)
}

// Users implements [store.Reader].
func (r UserReader) Users() ([]model.User, error) {
	list, err := pgdb.Many[model.User](r.Session, `SELECT doc FROM users ORDER BY id`)
	return list, pgdb.Wrap(err, "read users")
}

// UserWriter writes users.
type UserWriter struct{ *pgdb.Session }

// CreateUser implements [store.AccountTx].
func (t UserWriter) CreateUser(u model.User) error {
	if u.ID == "" {
		return errors.New("create user: no id")
	}
	doc, err := pgdb.Encode(u)
	if err == nil {
		err = t.Run(`INSERT INTO users (id, doc) VALUES (?, ?)`, u.ID, doc)
	}
	return pgdb.Wrap(err, "create user %s", u.ID)
}

// ChangeUser implements [store.AccountTx].
func (t UserWriter) ChangeUser(u model.User) error {
	doc, err := pgdb.Encode(u)
	if err == nil {
		err = t.RunOne(`UPDATE users SET doc = ? WHERE id = ?`, doc, u.ID)
	}
	return pgdb.Wrap(err, "change user %s", u.ID)
}

// RemoveUser implements [store.AccountTx].
func (t UserWriter) RemoveUser(id model.UserID) error {
	for _, query := range []string{
		`DELETE FROM tokens WHERE user_id = ?`,
		`DELETE FROM login_codes WHERE user_id = ?`,
		`DELETE FROM notification_preferences WHERE user_id = ?`,
		`DELETE FROM snippets WHERE owner = ?`,
	} {
		if err := t.Run(query, id); err != nil {
			return pgdb.Wrap(err, "remove user %s", id)
		}
	}
	return pgdb.Wrap(t.RunOne(`DELETE FROM users WHERE id = ?`, id), "remove user %s", id)
}
