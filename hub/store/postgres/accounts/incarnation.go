package accounts

import (
	"encoding/json"
	"fmt"

	"parley/hub/store"
	"parley/hub/store/postgres/pgdb"
)

// setStore sets a value of the table store.
const setStore = `INSERT INTO store (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`

// IncarnationReader reads the store's incarnation.
type IncarnationReader struct{ *pgdb.Session }

// Incarnation implements [store.Reader].
func (r IncarnationReader) Incarnation() (life store.Incarnation, err error) {
	var id, doc []byte
	err = r.Get(`SELECT COALESCE((SELECT value FROM store WHERE name = 'incarnation'), ''::bytea),
		COALESCE((SELECT value FROM store WHERE name = 'life'), ''::bytea)`, nil, &id, &doc)
	life.ID = string(id)
	if err == nil && len(doc) > 0 {
		err = json.Unmarshal(doc, &life)
	}
	return life, pgdb.Wrap(err, "read incarnation")
}

// IncarnationWriter settles an incarnation.
type IncarnationWriter struct{ *pgdb.Session }

// SettleIncarnation implements [store.AccountTx].
func (t IncarnationWriter) SettleIncarnation() error {
	life, err := IncarnationReader(t).Incarnation()
	if err != nil || life.Settled || !life.Begun() {
		return err
	}
	life.Settled = true
	doc, err := json.Marshal(life)
	if err != nil {
		return fmt.Errorf("encode incarnation: %w", err)
	}
	return pgdb.Wrap(t.Run(setStore, "life", doc), "settle incarnation")
}
