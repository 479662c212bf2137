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

// CRMEvent is what a webhook of the CRM tells of a record.
type CRMEvent struct {
	// ID is the event's: it comes more than once.
	ID string
	// Company is whose record it is.
	Company int64
	Record  RecordRef
	// Deleted: the record is gone. MergedInto is then, where it was merged, into which one;
	// else it has no id.
	Deleted    bool
	MergedInto RecordRef
	// SourceLead is the lead that a deal was made of; Person whom a lead or deal is with.
	// Empty: not told.
	SourceLead string
	Person     string
	// At is when it happened, by the CRM's clock.
	At time.Time
	// Permitted are who may see the record after it; nil: not told.
	Permitted []int64
}

// LogValue implements [slog.LogValuer].
func (e CRMEvent) LogValue() slog.Value { return slog.StringValue(e.Record.String()) }

// CRMWebhook is a subscription to events of the CRM.
type CRMWebhook struct {
	ID   int64
	Name string
	URL  string
	// Object is of which records it tells: person, lead, deal.
	Object RecordType
	// Active: events are sent.
	Active bool
	// User and Password are what each event comes with; the CRM does not tell them.
	User, Password string
}

// LogValue implements [slog.LogValuer].
func (w CRMWebhook) LogValue() slog.Value { return slog.StringValue(w.Name) }

// Transcript is what of a conversation stands on a record of the CRM: of one day, in the
// zone of the Page. Who may see the record may read it, whoever may see the conversation
// (docs/adr/0006), so it names the conversation by nothing but what the note in the CRM says.
type Transcript struct {
	// Page and Customer are what the Page and the customer were called when it was written.
	Page     Untrusted `json:"page"`
	Customer Untrusted `json:"customer"`
	// Day is the day, 2026-12-31, in Zone, as [LoadZone] has them.
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
	// Author is what who wrote it was called.
	Author Untrusted `json:"author"`
	Text   Untrusted `json:"text"`
	// Attachments are what the attachments are called: their kinds, or their files' names.
	Attachments []Untrusted `json:"attachments,omitempty"`
	// Day is the day that it belongs to where that is another than the transcript's: it
	// came late, or was changed, when that day's note was not ours to write any more.
	Day string `json:"day,omitempty"`
	// Edited: it was changed after it was sent. Unsent: it was taken back; it has no text.
	Edited bool `json:"edited,omitempty"`
	Unsent bool `json:"unsent,omitempty"`
}

// Location is the zone in which its day and times are meant; in a program that does not
// know it, UTC.
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
