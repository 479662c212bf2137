package store

import (
	"time"

	"parley/model"
)

// CRMReader reads what is kept of the CRM's company and its users.
type CRMReader interface {
	// CRMCompany returns the CRM's company that the store belongs to.
	CRMCompany() (model.CRMCompany, error)
	CRMUser(user model.UserID) (CRMUser, error)
	// CRMUsers returns what is kept of all users from the CRM, by their ids.
	CRMUsers() ([]CRMUser, error)
}

// CRMWriter keeps what the CRM told of its company and its users.
type CRMWriter interface {
	// SetCRMCompany makes the store belong to a company of the CRM.
	SetCRMCompany(c model.CRMCompany) error
	// PutCRMUser stores what is known of a user from the CRM; it goes with them.
	PutCRMUser(c CRMUser) error
}

// CRMUser is what the hub keeps of a user from the CRM.
type CRMUser struct {
	User model.UserID
	// Admin is what the CRM said last, CheckedAt when.
	Admin     bool
	CheckedAt time.Time
	// Inactive: the CRM takes them for nobody who works there any more. They are let in
	// nowhere until it does again.
	Inactive bool `json:",omitempty"`
	// SealedGrant is what the user granted us in the CRM, sealed by the hub's key; empty:
	// nothing, or it is over. Never in a log or an answer.
	SealedGrant string
	// GrantOver: the CRM took the last grant no more; a new sign-in ends that.
	GrantOver bool `json:",omitempty"`
}
