package model

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// What keeps a CRM from telling something, by errors.Is.
var (
	// ErrCRMRefused: the CRM does not accept the code or the token, and will not later.
	ErrCRMRefused = errors.New("refused by the CRM")
	// ErrCRMUnavailable: the CRM could not be reached, or did not answer as it should.
	ErrCRMUnavailable = errors.New("CRM unavailable")
)

// CRMCompany is a company with an account in the CRM. A hub belongs to one.
type CRMCompany struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Domain string `json:"domain"`
}

// CRMUser is somebody as the CRM tells of them. What it holds is plain text without
// control characters.
type CRMUser struct {
	ID    int64
	Name  string
	Email string
	// Active: they may use the CRM now.
	Active bool
	// Admin: they are active, and an admin of the whole account or of its settings.
	Admin bool
	// EditsAll: they are active, and may change what others own: an admin of the whole
	// account or of sales.
	EditsAll bool
	// Language is a tag such as ja or en; TimeZone a name such as Asia/Tokyo. Empty: not
	// told, or not known here.
	Language string
	TimeZone string
	// Company is told of who asks about themselves, and of nobody else.
	Company CRMCompany
}

// CRMGrant is what a user has granted us in the CRM: by it we act as them.
type CRMGrant struct {
	Access  string    `json:"access"`
	Refresh string    `json:"refresh"`
	Expires time.Time `json:"expires"` // of the access token
	// APIDomain is where the API is to be called with it.
	APIDomain string `json:"api_domain"`
	Scope     string `json:"scope"`
}

// Format implements [fmt.Formatter]: no verb shows a token.
func (CRMGrant) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[crm grant]")) }

// LogValue implements [slog.LogValuer].
func (CRMGrant) LogValue() slog.Value { return slog.StringValue("[crm grant]") }
