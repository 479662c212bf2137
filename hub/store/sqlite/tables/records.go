package tables

import (
	"encoding/json"
	"errors"
	"time"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// recordReader reads what is stored about CRM records.
type recordReader struct{ *sqldb.Session }

// SeesRecord implements [store.Reader].
func (r recordReader) SeesRecord(record model.RecordRef, viewer store.Viewer) (bool, error) {
	var sees bool
	err := r.Get(`SELECT EXISTS (SELECT 1 FROM record_sights WHERE user_id = ? AND record_type = ? AND record_id = ? AND until > ?)`,
		sqldb.Args{viewer.User, record.Type, record.ID, sqldb.Micros(viewer.Now)}, &sees)
	return sees, sqldb.Wrap(err, "read who sees %s", record)
}

// RecordTitle implements [store.Reader].
func (r recordReader) RecordTitle(record model.RecordRef) (model.Untrusted, error) {
	var title string
	err := r.Get(`SELECT title FROM records WHERE record_type = ? AND record_id = ?`, sqldb.Args{record.Type, record.ID}, &title)
	return model.Untrusted(title), sqldb.Wrap(err, "read title of %s", record)
}

// RecordState implements [store.Reader].
func (r recordReader) RecordState(record model.RecordRef) (store.RecordState, error) {
	var state string
	err := r.Get(`SELECT state FROM records WHERE record_type = ? AND record_id = ?`, sqldb.Args{record.Type, record.ID}, &state)
	if errors.Is(err, store.ErrNotFound) || err == nil && state == "" {
		return store.RecordState{}, nil
	}
	var s store.RecordState
	if err == nil {
		err = json.Unmarshal([]byte(state), &s)
	}
	return s, sqldb.Wrap(err, "read state of %s", record)
}

// recordWriter writes what is stored about CRM records.
type recordWriter struct{ *sqldb.Session }

// SetRecordTitle implements [store.AccountTx].
func (t recordWriter) SetRecordTitle(record model.RecordRef, title model.Untrusted) error {
	err := t.Run(`INSERT INTO records (record_type, record_id, title) VALUES (?, ?, ?)
		ON CONFLICT (record_type, record_id) DO UPDATE SET title = excluded.title`, record.Type, record.ID, string(title))
	return sqldb.Wrap(err, "set title of %s", record)
}

// SetRecordState implements [store.AccountTx].
func (t recordWriter) SetRecordState(record model.RecordRef, s store.RecordState) error {
	doc, err := json.Marshal(s)
	if err == nil {
		err = t.Run(`INSERT INTO records (record_type, record_id, title, state) VALUES (?, ?, '', ?)
			ON CONFLICT (record_type, record_id) DO UPDATE SET state = excluded.state`, record.Type, record.ID, string(doc))
	}
	return sqldb.Wrap(err, "set state of %s", record)
}

// SetPermissions implements [store.AccountTx].
func (t recordWriter) SetPermissions(record model.RecordRef, users []model.UserID, until time.Time) error {
	err := t.Run(`DELETE FROM record_sights WHERE record_type = ? AND record_id = ?`, record.Type, record.ID)
	for _, u := range users {
		if err == nil {
			err = t.SetPermission(record, u, until)
		}
	}
	return sqldb.Wrap(err, "set who sees %s", record)
}

// SetPermission implements [store.AccountTx].
func (t recordWriter) SetPermission(record model.RecordRef, user model.UserID, until time.Time) error {
	if until.IsZero() {
		err := t.Run(`DELETE FROM record_sights WHERE user_id = ? AND record_type = ? AND record_id = ?`, user, record.Type, record.ID)
		return sqldb.Wrap(err, "set that %s does not see %s", user, record)
	}
	err := t.Run(`INSERT INTO record_sights (user_id, record_type, record_id, until) VALUES (?, ?, ?, ?)
		ON CONFLICT (user_id, record_type, record_id) DO UPDATE SET until = excluded.until`, user, record.Type, record.ID, sqldb.Micros(until))
	return sqldb.Wrap(err, "set that %s sees %s", user, record)
}

// ForgetPermissions implements [store.AccountTx].
func (t recordWriter) ForgetPermissions(before time.Time) error {
	return sqldb.Wrap(t.Run(`DELETE FROM record_sights WHERE until <= ?`, sqldb.Micros(before)), "forget who saw which record")
}
