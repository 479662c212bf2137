package store

import (
	"time"

	"parley/model"
)

// DeviceLoginReader reads sign-ins through a browser.
type DeviceLoginReader interface {
	// DeviceLogin returns a sign-in by the hash of one of its secrets. An expired one may still
	// be returned.
	DeviceLogin(by DeviceKey, hash []byte) (DeviceLogin, error)
}

// DeviceLoginWriter changes sign-ins through a browser.
type DeviceLoginWriter interface {
	// AddDeviceLogin adds a sign-in. A secret that another one has is [ErrConflict].
	AddDeviceLogin(d DeviceLogin) error
	// ChangeDeviceLogin stores an existing sign-in as it is now; its expiry stays.
	ChangeDeviceLogin(d DeviceLogin) error
	RemoveDeviceLogin(hash []byte) error
	// ForgetDeviceLogins removes those that expired before the given time.
	ForgetDeviceLogins(before time.Time) error
}

// DeviceLogin is a sign-in through a browser that has not ended. Secrets are kept as hashes
// only.
type DeviceLogin struct {
	// Hash is that of the device code, which the waiting program holds; CodeHash that of the
	// short code, which people type.
	Hash     []byte
	CodeHash []byte
	Expires  time.Time
	// StateHash is that of the state with which a browser was sent to the CRM, BrowserHash that
	// of the browser's own secret; empty if there is none.
	StateHash   []byte
	BrowserHash []byte
	// User is who signed in; empty if nobody did yet. Refused is why nobody will.
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
