package model

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Errors of the CRM, by errors.Is.
var (
	// ErrCRMRefused: the CRM rejects the code or the token for good.
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

// CRMUser is a user of the CRM. Its strings are plain text without control characters.
type CRMUser struct {
	ID    int64
	Name  string
	Email string
	// Active: they can use the CRM now.
	Active bool
	// Admin: they are active, and an admin of the whole account or of its settings.
	Admin bool
	// EditsAll: they are active, and may edit what others own: an admin of the whole account
	// or of sales.
	EditsAll bool
	// Language is a tag such as ja or en; TimeZone a name such as Asia/Tokyo. Empty: the CRM
	// did not say, or we don't know it.
	Language string
	TimeZone string
	// Company is set only when users ask about themselves.
	Company CRMCompany
}

// CRMGrant is a user's OAuth grant: with it we act as them in the CRM.
type CRMGrant struct {
	Access  string    `json:"access"`
	Refresh string    `json:"refresh"`
	Expires time.Time `json:"expires"` // of the access token
	// APIDomain is the host to call with this grant.
	APIDomain string `json:"api_domain"`
	Scope     string `json:"scope"`
}

// Format implements [fmt.Formatter]: no verb shows a token.
func (CRMGrant) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[crm grant]")) }

// LogValue implements [slog.LogValuer].
func (CRMGrant) LogValue() slog.Value { return slog.StringValue("[crm grant]") }

// CRMEvent is a webhook of the CRM about one record.
type CRMEvent struct {
	// ID identifies the event, which may be delivered more than once.
	ID string
	// Company is the company whose record it is.
	Company int64
	Record  RecordRef
	// Deleted: the record is gone. If it was merged, MergedInto is the record it was merged
	// into; else that has no id.
	Deleted    bool
	MergedInto RecordRef
	// SourceLead is the lead that a deal was made from; Person is the person of a lead or deal.
	// Empty: the event does not say.
	SourceLead string
	Person     string
	// At is when it happened, by the CRM's clock.
	At time.Time
	// Permitted are the users who may see the record now; nil: the event does not say.
	Permitted []int64
}

// LogValue implements [slog.LogValuer].
func (e CRMEvent) LogValue() slog.Value { return slog.StringValue(e.Record.String()) }

// CRMWebhook is a subscription to events of the CRM.
type CRMWebhook struct {
	ID   int64
	Name string
	URL  string
	// Object is the type of record that it reports: person, lead, deal.
	Object RecordType
	// Active: events are sent.
	Active bool
	// User and Password are sent with each event; the CRM does not return them.
	User, Password string
}

// LogValue implements [slog.LogValuer].
func (w CRMWebhook) LogValue() slog.Value { return slog.StringValue(w.Name) }

// Transcript is one day of a conversation, in the Page's time zone, as written on a record
// of the CRM. Whoever may see the record may read it, even without seeing the conversation
// (docs/adr/0006), so it identifies the conversation only as the CRM's note does.
type Transcript struct {
	// Page and Customer are the names of Page and customer when it was written.
	Page     Untrusted `json:"page"`
	Customer Untrusted `json:"customer"`
	// Day is the day, 2026-12-31, in Zone, a name for [LoadZone].
	Day  string `json:"day"`
	Zone string `json:"zone"`
	// WrittenAt is when it was last written.
	WrittenAt time.Time        `json:"written_at"`
	Lines     []TranscriptLine `json:"lines"`
}

// TranscriptLine is one message of a transcript.
type TranscriptLine struct {
	At        time.Time `json:"at"`
	Direction Direction `json:"direction" enum:"in,out"`
	// Author is the author's name when it was written.
	Author Untrusted `json:"author"`
	Text   Untrusted `json:"text"`
	// Attachments are the attachments' names: their kinds, or their files' names.
	Attachments []Untrusted `json:"attachments,omitempty"`
	// Day is the day of the message if it is not the transcript's: the message came late or
	// was changed when that day's note was no longer ours to write.
	Day string `json:"day,omitempty"`
	// Edited: it was changed after it was sent. Unsent: it was taken back and has no text.
	Edited bool `json:"edited,omitempty"`
	Unsent bool `json:"unsent,omitempty"`
}

// Location returns the time zone of Day and the lines; UTC if the zone is not known here.
func (t Transcript) Location() *time.Location {
	zone, err := LoadZone(t.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// LogValue implements [slog.LogValuer].
func (t Transcript) LogValue() slog.Value { return slog.StringValue(t.Day) }

// LogValue implements [slog.LogValuer].
func (TranscriptLine) LogValue() slog.Value { return slog.StringValue("[line]") }
