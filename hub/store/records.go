package store

import (
	"time"

	"parley/model"
)

// RecordReader reads what is stored about CRM records, and who may see them.
type RecordReader interface {
	// SeesRecord reports whether the viewer may see a record, as far as recently checked.
	SeesRecord(record model.RecordRef, viewer Viewer) (bool, error)
	// RecordTitle returns a record's last known title.
	RecordTitle(record model.RecordRef) (model.Untrusted, error)
	// RecordState returns a record's last known state, the zero value if there is none.
	RecordState(record model.RecordRef) (RecordState, error)
}

// RecordWriter stores what the CRM says about its records.
type RecordWriter interface {
	// SetRecordTitle keeps what a record is called.
	SetRecordTitle(record model.RecordRef, title model.Untrusted) error
	// SetRecordState keeps how a record stands.
	SetRecordState(record model.RecordRef, s RecordState) error
	// SetPermissions stores who may see a record until the given time: these users and nobody
	// else. Permissions are removed with their users.
	SetPermissions(record model.RecordRef, users []model.UserID, until time.Time) error
	// SetPermission stores that a user may see a record until the given time; with a zero time,
	// that they may not.
	SetPermission(record model.RecordRef, user model.UserID, until time.Time) error
	// ForgetPermissions removes permissions that ended before the given time.
	ForgetPermissions(before time.Time) error
}

// RecordState is the last known state of a CRM record. Zero fields are unknown, or have no
// value.
type RecordState struct {
	Stage  int64            `json:"stage,omitempty"`
	Status model.DealStatus `json:"status,omitempty"`
	Value  *model.Money     `json:"value,omitempty"`
	Owner  int64            `json:"owner,omitempty"`
	// Person is the id of a lead's or deal's person.
	Person string `json:"person,omitempty"`
	// UpdatedAt is when it was last changed, by the CRM's clock.
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	// EventAt is the time of its newest event, by the CRM's clock.
	EventAt time.Time `json:"event_at,omitzero"`
	// ToldAt is when an event last said who may see it, by the hub's clock: the CRM's clock may
	// differ, and has whole seconds.
	ToldAt time.Time `json:"told_at,omitzero"`
	// AskedAt is when we last asked the CRM who may see it.
	AskedAt time.Time `json:"asked_at,omitzero"`
	// Gone: the record no longer exists.
	Gone bool `json:"gone,omitempty"`
}

// ToldSince reports whether an event said who may see the record after somebody began to ask
// for that: their answer may be older.
func (s RecordState) ToldSince(asked time.Time) bool {
	return s.EventAt.After(asked) || !s.ToldAt.IsZero() && !s.ToldAt.Before(asked)
}

// Viewer is the user for whom something is read, and when: it decides which CRM records are
// seen. The zero Viewer sees none.
type Viewer struct {
	User model.UserID
	Now  time.Time
}
