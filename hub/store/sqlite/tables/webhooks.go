package tables

import (
	"errors"
	"time"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
)

// testedName is when Meta last tried our address, in the table store.
const testedName = "tested_at"

// webhookReader reads what is known of our address for webhooks.
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

// webhookWriter keeps what is known of our address for webhooks.
type webhookWriter struct{ *sqldb.Session }

// SetTestedAt implements [store.AccountTx].
func (t webhookWriter) SetTestedAt(at time.Time) error {
	doc, err := sqldb.Encode(sqldb.Exact(at))
	if err == nil {
		err = t.Run(setStore, testedName, doc)
	}
	return sqldb.Wrap(err, "set when webhooks were tested")
}
