package model

import "time"

// CheckState is how a part of the way between Facebook and the inbox stands.
type CheckState string

// The states of a check.
const (
	CheckOK CheckState = "ok"
	// CheckWrong: something has to be done.
	CheckWrong CheckState = "wrong"
	// CheckUnknown: it could not be found out.
	CheckUnknown CheckState = "unknown"
	// CheckOff: it is not set up, and need not be.
	CheckOff CheckState = "off"
)

// Check is one line of what the doctor found.
type Check struct {
	// ID names what was looked at: token, scopes, expiry, messages, subscription, fields,
	// policy, webhook, clock, news, test, raw, store, mail, crm, files.
	ID    string     `json:"id"`
	State CheckState `json:"state" enum:"ok,wrong,unknown,off"`
	// Detail is what is missing or counted, or why; a time is RFC 3339.
	Detail Untrusted `json:"detail"`
}

// PageExam is what Facebook tells of a connected Page and its token. A part that could
// not be asked is an error, in words without secrets.
type PageExam struct {
	TokenErr  error
	Valid     bool
	Missing   []string // scopes
	ExpiresAt time.Time

	SettingsErr error
	// MessagesOn: messaging is switched on; nil where Facebook does not tell.
	MessagesOn *bool

	SubscriptionErr error
	Subscribed      bool
	MissingFields   []string

	// Time is Facebook's clock; zero: it did not tell.
	Time time.Time
}
