package store

import (
	"strings"
	"time"

	"parley/model"
)

// Link ties a conversation to a record of the CRM.
type Link struct {
	Conversation model.ConversationID
	Record       model.RecordRef
	// By is who linked it, At when.
	By model.UserID
	At time.Time
}

// LinkID names a link in a row of the log.
func LinkID(c model.ConversationID, r model.RecordRef) string { return string(c) + " " + r.String() }

// ParseLinkID reads what [LinkID] wrote; what is none gives no record.
func ParseLinkID(id string) (model.ConversationID, model.RecordRef) {
	c, r, _ := strings.Cut(id, " ")
	kind, record, _ := strings.Cut(r, ":")
	return model.ConversationID(c), model.RecordRef{Type: model.RecordType(kind), ID: record}
}

// ToldSince tells whether an event told who may see the record after somebody began to ask
// that: what they were answered may be older.
func (s RecordState) ToldSince(asked time.Time) bool {
	return s.EventAt.After(asked) || !s.ToldAt.IsZero() && !s.ToldAt.Before(asked)
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

// Viewer is who looks, and when: by it the store tells which records of the CRM they may
// see. The zero Viewer sees none.
type Viewer struct {
	User model.UserID
	Now  time.Time
}

// SeenLink is a link whose record somebody may see, with its title as last known.
type SeenLink struct {
	Conversation model.ConversationID
	model.Link
	// Synced is how the conversation's transcript stands; nil: nothing is known of it.
	Synced *Sync
}
