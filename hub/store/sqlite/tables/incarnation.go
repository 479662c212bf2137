package tables

import (
	"encoding/json"
	"fmt"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
)

// setStore sets a value of the table store.
const setStore = `INSERT INTO store (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`

// incarnationReader reads the store's incarnation.
type incarnationReader struct{ *sqldb.Session }

// Incarnation implements [store.Reader].
func (r incarnationReader) Incarnation() (life store.Incarnation, err error) {
	var doc string
	err = r.Get(`SELECT COALESCE((SELECT value FROM store WHERE name = 'incarnation'), ''),
		COALESCE((SELECT value FROM store WHERE name = 'life'), '')`, nil, &life.ID, &doc)
	if err == nil && doc != "" {
		err = json.Unmarshal([]byte(doc), &life)
	}
	return life, sqldb.Wrap(err, "read incarnation")
}

// incarnationWriter settles an incarnation.
type incarnationWriter struct{ *sqldb.Session }

// SettleIncarnation implements [store.AccountTx].
func (t incarnationWriter) SettleIncarnation() error {
	life, err := incarnationReader(t).Incarnation()
	if err != nil || life.Settled || !life.Begun() {
		return err
	}
	life.Settled = true
	doc, err := json.Marshal(life)
	if err != nil {
		return fmt.Errorf("encode incarnation: %w", err)
	}
	return sqldb.Wrap(t.Run(setStore, "life", string(doc)), "settle incarnation")
}
