package accounts

import (
	"errors"
	"time"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
)

// testedName is the key in the table store of when Meta last tried our webhook address.
const testedName = "tested_at"

// WebhookReader reads what is known about our webhook address.
type WebhookReader struct{ *pgdb.Session }

// TestedAt implements [store.Reader].
func (r WebhookReader) TestedAt() (time.Time, error) {
	at, err := pgdb.One[time.Time](r.Session, `SELECT value FROM store WHERE name = ?`, testedName)
	err = pgdb.Wrap(err, "read when webhooks were tested")
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, nil
	}
	return at, err
}

// WebhookWriter stores what is known about our webhook address.
type WebhookWriter struct{ *pgdb.Session }

// SetTestedAt implements [store.AccountTx].
func (t WebhookWriter) SetTestedAt(at time.Time) error {
	doc, err := pgdb.Encode(engine.Exact(at))
	if err == nil {
		err = t.Run(setStore, testedName, doc)
	}
	return pgdb.Wrap(err, "set when webhooks were tested")
}
