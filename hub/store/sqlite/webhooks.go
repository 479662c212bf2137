package sqlite

import (
	"errors"
	"time"

	"parley/hub/store"
)

// testedName is when Meta last tried our address, in the table store.
const testedName = "tested_at"

// webhookReader reads what is known of our address for webhooks.
type webhookReader struct{ *session }

// TestedAt implements [store.Reader].
func (r webhookReader) TestedAt() (time.Time, error) {
	at, err := one[time.Time](r.session, `SELECT value FROM store WHERE name = ?`, testedName)
	err = wrap(err, "read when webhooks were tested")
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, nil
	}
	return at, err
}

// webhookWriter keeps what is known of our address for webhooks.
type webhookWriter struct{ *session }

// SetTestedAt implements [store.AccountTx].
func (t webhookWriter) SetTestedAt(at time.Time) error {
	doc, err := encode(exact(at))
	if err == nil {
		err = t.run(setStore, testedName, doc)
	}
	return wrap(err, "set when webhooks were tested")
}
