package tables

import (
	"errors"
	"time"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
)

// testedName is the key in the table store of when Meta last tried our webhook address.
const testedName = "tested_at"

// webhookReader reads what is known about our webhook address.
type webhookReader struct{ *sqldb.Session }

// TestedAt implements [store.Reader].
func (r webhookReader) TestedAt() (time.Time, error) {
	at, err := sqldb.One[time.Time](r.Session, `SELECT value FROM store WHERE name = ?`, testedName)
	err = sqldb.Wrap(err, "read when webhooks were tested")
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, nil
	}
	return at, err
}

// webhookWriter stores what is known about our webhook address.
type webhookWriter struct{ *sqldb.Session }

// SetTestedAt implements [store.AccountTx].
func (t webhookWriter) SetTestedAt(at time.Time) error {
	doc, err := sqldb.Encode(sqldb.Exact(at))
	if err == nil {
		err = t.Run(setStore, testedName, doc)
	}
	return sqldb.Wrap(err, "set when webhooks were tested")
}
