package store

import (
	"time"

	"parley/model"
)

// CRMReader reads what is stored about the CRM's company and its users.
type CRMReader interface {
	// CRMCompany returns the CRM company that the store belongs to.
	CRMCompany() (model.CRMCompany, error)
	CRMUser(user model.UserID) (CRMUser, error)
	// CRMUsers returns what is stored about all users from the CRM, ordered by id.
	CRMUsers() ([]CRMUser, error)
}

// CRMWriter stores what the CRM says about its company and its users.
type CRMWriter interface {
	// SetCRMCompany makes the store belong to a CRM company.
	SetCRMCompany(c model.CRMCompany) error
	// PutCRMUser stores what the CRM says about a user; it is removed with the user.
	PutCRMUser(c CRMUser) error
}

// CRMUser is what the CRM says about a user.
type CRMUser struct {
	User model.UserID
	// Admin is what the CRM said last, CheckedAt when.
	Admin     bool
	CheckedAt time.Time
	// Inactive: the CRM says that they no longer work there. They can't sign in until it says
	// otherwise.
	Inactive bool `json:",omitempty"`
	// SealedGrant is the user's grant in the CRM, sealed by the hub's key; empty if there is
	// none. It must not appear in a log or an answer.
	SealedGrant string
	// GrantOver: the CRM no longer accepts the last grant, until the user signs in again.
	GrantOver bool `json:",omitempty"`
}
