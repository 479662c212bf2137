package store

import (
	"time"

	"parley/model"
)

// DeviceLoginReader reads the sign-ins through a browser.
type DeviceLoginReader interface {
	// DeviceLogin finds a sign-in through a browser by the hash of one of its secrets; one
	// that has expired may be there or not.
	DeviceLogin(by DeviceKey, hash []byte) (DeviceLogin, error)
}

// DeviceLoginWriter changes the sign-ins through a browser.
type DeviceLoginWriter interface {
	// AddDeviceLogin begins a sign-in through a browser. A secret that another one has is
	// [ErrConflict].
	AddDeviceLogin(d DeviceLogin) error
	// ChangeDeviceLogin stores one that is there as it is now; when it expires stays.
	ChangeDeviceLogin(d DeviceLogin) error
	RemoveDeviceLogin(hash []byte) error
	// ForgetDeviceLogins removes those that expired by then.
	ForgetDeviceLogins(before time.Time) error
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
