package store

import (
	"time"

	"parley/model"
)

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

// DeviceLogin is a sign-in through a browser that has not ended. Of the secrets only
// hashes are kept.
type DeviceLogin struct {
	// Hash is that of the device code, which who waits holds; CodeHash that of the short
	// code, which people type.
	Hash     []byte
	CodeHash []byte
	Expires  time.Time
	// StateHash is that of the state with which a browser was sent to the CRM, and
	// BrowserHash that of the browser's own secret; none: it is not there.
	StateHash   []byte
	BrowserHash []byte
	// User is who signed in; empty: nobody yet. Refused is why nobody will.
	User    model.UserID
	Refused model.Code
}

// DeviceKey says by which of its secrets a sign-in is looked up.
type DeviceKey int

// The secrets of a sign-in through a browser.
const (
	ByDeviceCode DeviceKey = iota + 1
	ByShortCode
	ByState
)
