package store

import (
	"time"

	"parley/model"
)

// RecordReader reads what is kept of records of the CRM, and who may see them.
type RecordReader interface {
	// SeesRecord tells whether the viewer was found to see a record, and not too long ago.
	SeesRecord(record model.RecordRef, viewer Viewer) (bool, error)
	// RecordTitle returns a record's title as last known.
	RecordTitle(record model.RecordRef) (model.Untrusted, error)
	// RecordState returns how a record stood when it was last told of; zero: nothing is
	// known.
	RecordState(record model.RecordRef) (RecordState, error)
}

// RecordWriter keeps what the CRM told of its records.
type RecordWriter interface {
	// SetRecordTitle keeps what a record is called.
	SetRecordTitle(record model.RecordRef, title model.Untrusted) error
	// SetRecordState keeps how a record stands.
	SetRecordState(record model.RecordRef, s RecordState) error
	// SetSights keeps who may see a record until then: these users and nobody else. They go
	// with the users.
	SetSights(record model.RecordRef, users []model.UserID, until time.Time) error
	// SetSight keeps that one user may see a record until then; a zero time: may not.
	SetSight(record model.RecordRef, user model.UserID, until time.Time) error
	// ForgetSights removes what was found that held until before at the latest.
	ForgetSights(before time.Time) error
}

// RecordState is how a record of the CRM stood when it was last told of. What is zero is
// not known, or there is none.
type RecordState struct {
	Stage  int64            `json:"stage,omitempty"`
	Status model.DealStatus `json:"status,omitempty"`
	Value  *model.Money     `json:"value,omitempty"`
	Owner  int64            `json:"owner,omitempty"`
	// Person is whom a lead or deal is with.
	Person string `json:"person,omitempty"`
	// UpdatedAt is when it was last changed, by the CRM's clock.
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	// EventAt is the time of the newest event of it, by the CRM's clock.
	EventAt time.Time `json:"event_at,omitzero"`
	// ToldAt is when an event of it told last who may see it, by the hub's clock: the CRM's
	// may go otherwise, and tells whole seconds.
	ToldAt time.Time `json:"told_at,omitzero"`
	// AskedAt is when it was last asked who may see it.
	AskedAt time.Time `json:"asked_at,omitzero"`
	// Gone: there is no such record any more.
	Gone bool `json:"gone,omitempty"`
}

// ToldSince tells whether an event told who may see the record after somebody began to ask
// that: what they were answered may be older.
func (s RecordState) ToldSince(asked time.Time) bool {
	return s.EventAt.After(asked) || !s.ToldAt.IsZero() && !s.ToldAt.Before(asked)
}

// Viewer is who looks, and when: by it the store tells which records of the CRM they may
// see. The zero Viewer sees none.
type Viewer struct {
	User model.UserID
	Now  time.Time
}
