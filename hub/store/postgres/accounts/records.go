package accounts

import (
	"encoding/json"
	"errors"
	"time"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// RecordReader reads what is stored about CRM records.
type RecordReader struct{ *pgdb.Session }

// SeesRecord implements [store.Reader].
func (r RecordReader) SeesRecord(record model.RecordRef, viewer store.Viewer) (bool, error) {
	var sees bool
	err := r.Get(`SELECT EXISTS (SELECT 1 FROM record_sights WHERE user_id = ? AND record_type = ? AND record_id = ? AND until > ?)`,
		pgdb.Args{viewer.User, record.Type, record.ID, engine.Micros(viewer.Now)}, &sees)
	return sees, pgdb.Wrap(err, "read who sees %s", record)
}

// RecordTitle implements [store.Reader].
func (r RecordReader) RecordTitle(record model.RecordRef) (model.Untrusted, error) {
	var title []byte
	err := r.Get(`SELECT title FROM records WHERE record_type = ? AND record_id = ?`, pgdb.Args{record.Type, record.ID}, &title)
	return model.Untrusted(title), pgdb.Wrap(err, "read title of %s", record)
}

// RecordState implements [store.Reader].
func (r RecordReader) RecordState(record model.RecordRef) (store.RecordState, error) {
	var state []byte
	err := r.Get(`SELECT state FROM records WHERE record_type = ? AND record_id = ?`, pgdb.Args{record.Type, record.ID}, &state)
	if errors.Is(err, store.ErrNotFound) || err == nil && len(state) == 0 {
		return store.RecordState{}, nil
	}
	var s store.RecordState
	if err == nil {
		err = json.Unmarshal(state, &s)
	}
	return s, pgdb.Wrap(err, "read state of %s", record)
}

// RecordWriter writes what is stored about CRM records.
type RecordWriter struct{ *pgdb.Session }

// SetRecordTitle implements [store.AccountTx].
func (t RecordWriter) SetRecordTitle(record model.RecordRef, title model.Untrusted) error {
	err := t.Run(`INSERT INTO records (record_type, record_id, title) VALUES (?, ?, ?)
		ON CONFLICT (record_type, record_id) DO UPDATE SET title = excluded.title`, record.Type, record.ID, []byte(title))
	return pgdb.Wrap(err, "set title of %s", record)
}

// SetRecordState implements [store.AccountTx].
func (t RecordWriter) SetRecordState(record model.RecordRef, s store.RecordState) error {
	doc, err := json.Marshal(s)
	if err == nil {
		err = t.Run(`INSERT INTO records (record_type, record_id, title, state) VALUES (?, ?, '', ?)
			ON CONFLICT (record_type, record_id) DO UPDATE SET state = excluded.state`, record.Type, record.ID, doc)
	}
	return pgdb.Wrap(err, "set state of %s", record)
}

// SetPermissions implements [store.AccountTx].
func (t RecordWriter) SetPermissions(record model.RecordRef, users []model.UserID, until time.Time) error {
	err := t.Run(`DELETE FROM record_sights WHERE record_type = ? AND record_id = ?`, record.Type, record.ID)
	for _, u := range users {
		if err == nil {
			err = t.SetPermission(record, u, until)
		}
	}
	return pgdb.Wrap(err, "set who sees %s", record)
}

// SetPermission implements [store.AccountTx].
func (t RecordWriter) SetPermission(record model.RecordRef, user model.UserID, until time.Time) error {
	if until.IsZero() {
		err := t.Run(`DELETE FROM record_sights WHERE user_id = ? AND record_type = ? AND record_id = ?`, user, record.Type, record.ID)
		return pgdb.Wrap(err, "set that %s does not see %s", user, record)
	}
	err := t.Run(`INSERT INTO record_sights (user_id, record_type, record_id, until) VALUES (?, ?, ?, ?)
		ON CONFLICT (user_id, record_type, record_id) DO UPDATE SET until = excluded.until`, user, record.Type, record.ID, engine.Micros(until))
	return pgdb.Wrap(err, "set that %s sees %s", user, record)
}

// ForgetPermissions implements [store.AccountTx].
func (t RecordWriter) ForgetPermissions(before time.Time) error {
	return pgdb.Wrap(t.Run(`DELETE FROM record_sights WHERE until <= ?`, engine.Micros(before)), "forget who saw which record")
}
