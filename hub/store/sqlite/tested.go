package sqlite

import (
	"errors"
	"time"

	"parley/hub/store"
)

// testedName is when Meta last tried our address, in the table store.
const testedName = "tested_at"

// TestedAt implements [store.Reader].
func (r reader) TestedAt() (time.Time, error) {
	at, err := one[time.Time](r.session, `SELECT value FROM store WHERE name = ?`, testedName)
	err = wrap(err, "read when webhooks were tested")
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, nil
	}
	return at, err
}

// SetTestedAt implements [store.AccountTx].
func (t accountTx) SetTestedAt(at time.Time) error {
	doc, err := encode(exact(at))
	if err == nil {
		err = t.run(`INSERT INTO store (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, testedName, doc)
	}
	return wrap(err, "set when webhooks were tested")
}
