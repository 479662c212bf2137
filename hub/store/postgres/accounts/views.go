package accounts

import (
	"parley/hub/store"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
	"parley/model/query"
)

// ViewReader reads the views that users saved.
type ViewReader struct{ *pgdb.Session }

// ViewWriter writes the views that users saved.
type ViewWriter struct{ *pgdb.Session }

var (
	_ store.ViewReader = ViewReader{}
	_ store.ViewWriter = ViewWriter{}
)

// SavedViews implements [store.Reader].
func (r ViewReader) SavedViews(user model.UserID) ([]query.Saved, error) {
	list, err := pgdb.Many[query.Saved](r.Session, `SELECT doc FROM views WHERE user_id = ? ORDER BY place, id`, user)
	return list, pgdb.Wrap(err, "read views of %s", user)
}

// PutSavedViews implements [store.AccountTx].
func (w ViewWriter) PutSavedViews(user model.UserID, views []query.Saved) error {
	if err := w.Run(`DELETE FROM views WHERE user_id = ?`, user); err != nil {
		return pgdb.Wrap(err, "put views of %s", user)
	}
	for i, v := range views {
		doc, err := pgdb.Encode(v)
		if err == nil {
			err = w.Run(`INSERT INTO views (user_id, id, place, doc) VALUES (?, ?, ?, ?)`, user, v.ID, i, doc)
		}
		if err != nil {
			return w.Spoil(pgdb.Wrap(err, "put views of %s", user))
		}
	}
	return nil
}
