package model

import (
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"
)

// RecordType is a kind of record of the CRM that a conversation can be linked to.
type RecordType string

// The kinds of records.
const (
	Person RecordType = "person"
	Lead   RecordType = "lead"
	Deal   RecordType = "deal"
)

// RecordTypes are all of them.
func RecordTypes() []RecordType { return []RecordType{Person, Lead, Deal} }

// Valid tells whether it is one of them.
func (t RecordType) Valid() bool { return slices.Contains(RecordTypes(), t) }

// RecordRef names a record: persons and deals have numbers, leads UUIDs (Pipedrive API
// reference, "Leads").
type RecordRef struct {
	Type RecordType `json:"type"`
	ID   string     `json:"id"`
}

// String writes it as on the command line: person:12, lead:UUID, deal:42.
func (r RecordRef) String() string { return string(r.Type) + ":" + r.ID }

// ParseRecordRef reads what [RecordRef.String] writes, or the address of a record's page
// in Pipedrive, as it is copied from a browser.
func ParseRecordRef(s string) (RecordRef, error) {
	s = strings.TrimSpace(s)
	if u, err := url.Parse(s); err == nil && (u.Scheme == "https" || u.Scheme == "http") {
		return recordAt(u)
	}
	kind, id, _ := strings.Cut(s, ":")
	r := RecordRef{Type: RecordType(kind), ID: strings.ToLower(id)}
	if !r.Valid() {
		return RecordRef{}, fmt.Errorf("no record: %q", s)
	}
	return r, nil
}

// recordAt reads the addresses https://COMPANY.pipedrive.com/person/12, /deal/42 and
// /leads/inbox/UUID.
func recordAt(u *url.URL) (RecordRef, error) {
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	var r RecordRef
	switch {
	case len(parts) >= 2 && (parts[0] == "person" || parts[0] == "deal"):
		r = RecordRef{Type: RecordType(parts[0]), ID: parts[1]}
	case len(parts) >= 3 && parts[0] == "leads" && parts[1] == "inbox":
		r = RecordRef{Type: Lead, ID: strings.ToLower(parts[2])}
	}
	if !r.Valid() {
		return RecordRef{}, fmt.Errorf("no record at %s", u.Redacted())
	}
	return r, nil
}

// mostRecordDigits is how long a number may be: more would not be one of 64 bits.
const mostRecordDigits = 18

// Valid tells whether its id is one of its type.
func (r RecordRef) Valid() bool {
	switch r.Type {
	case Person, Deal:
		digits := strings.Trim(r.ID, "0123456789") == ""
		return digits && r.ID != "" && r.ID[0] != '0' && len(r.ID) <= mostRecordDigits
	case Lead:
		return isUUID(r.ID)
	}
	return false
}

// isUUID tells whether s has the form of a UUID in lower case.
func isUUID(s string) bool {
	const form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
	if len(s) != len(form) {
		return false
	}
	for i := range len(s) {
		if form[i] == '-' != (s[i] == '-') || form[i] != '-' && !strings.ContainsRune("0123456789abcdef", rune(s[i])) {
			return false
		}
	}
	return true
}

// DealStatus is how a deal stands.
type DealStatus string

// How deals stand.
const (
	DealOpen DealStatus = "open"
	DealWon  DealStatus = "won"
	DealLost DealStatus = "lost"
)

// Money is an amount in a currency (ISO 4217).
type Money struct {
	Amount   float64 `json:"amount"`
	Currency string  `json:"currency"`
}

// Stage is a stage of a pipeline.
type Stage struct {
	ID         int64     `json:"id"`
	Name       Untrusted `json:"name"`
	PipelineID int64     `json:"pipeline_id,omitempty"`
	Pipeline   Untrusted `json:"pipeline,omitempty"`
}

// Record is a person, a lead or a deal as the CRM shows it to one user.
type Record struct {
	RecordRef
	// Title is a lead's or deal's title, a person's name.
	Title Untrusted `json:"title"`
	// URL is its page in the CRM.
	URL          string      `json:"url,omitempty"`
	Organization Untrusted   `json:"organization,omitempty"`
	Emails       []Untrusted `json:"emails,omitempty"`
	Phones       []Untrusted `json:"phones,omitempty"`
	Owner        Untrusted   `json:"owner,omitempty"`
	// OwnerID and OrganizationID are the CRM's ids of the owner and of the organisation;
	// they stay in the hub.
	OwnerID        int64 `json:"-"`
	OrganizationID int64 `json:"-"`
	// UpdatedAt is when it was last changed, by the CRM's clock; it stays in the hub.
	UpdatedAt time.Time `json:"-"`
	// Mine: the owner is the user who asks.
	Mine bool `json:"mine,omitempty"`
	// Locked: nothing tells that the CRM lets the user who asks change it (see
	// [CRMEditUnknown]).
	Locked bool `json:"locked,omitempty" doc:"a change of it would be refused as crm_edit_unknown"`
	// Person is who a lead or deal is with, PersonName their name.
	Person     *RecordRef `json:"person,omitempty"`
	PersonName Untrusted  `json:"person_name,omitempty"`
	// Value, Stage, Status and ExpectedClose are a deal's; a lead has Value and
	// ExpectedClose. ExpectedClose is a day, 2026-12-31.
	Value         *Money     `json:"value,omitempty"`
	Stage         *Stage     `json:"stage,omitempty"`
	Status        DealStatus `json:"status,omitempty"`
	ExpectedClose string     `json:"expected_close,omitempty"`
	// Open are a person's open deals and leads, newest first; each without its own Open.
	Open []Record `json:"open,omitempty"`
}

// Match is why a record is suggested for a conversation.
type Match string

// Why a record is suggested, the surest first.
const (
	MatchLink     Match = "link"      // it is linked to another conversation of this customer
	MatchPSID     Match = "psid"      // the person's custom field holds the customer's PSID
	MatchEmail    Match = "email"     // an e-mail address found in the chat
	MatchPhone    Match = "phone"     // a phone number found in the chat
	MatchName     Match = "name"      // the very name
	MatchNearName Match = "near_name" // a name like it
	MatchOfPerson Match = "of_person" // an open lead or deal of the linked person
	MatchAddress  Match = "address"   // its address was pasted
)

// Candidate is a record that a search found or that is suggested.
type Candidate struct {
	Record
	// Match is why it is suggested; empty: what was typed stands in it.
	Match Match `json:"match,omitempty"`
	// Found is what of the chat matched: the address, the number, the name.
	Found Untrusted `json:"found,omitempty"`
}

// RecordView is a record as its own screen shows it.
type RecordView struct {
	Record Record `json:"record"`
	// Others is how many others of the company may see the record; nil: it was not asked
	// for, or can't be told (it takes the company's token).
	Others *int `json:"others,omitempty"`
	// Transcripts are what of conversations stands on the record, the newest day first, and
	// Cursor asks for those after them; empty: the end.
	Transcripts []Transcript `json:"transcripts,omitempty"`
	Cursor      string       `json:"cursor,omitempty"`
}

// SyncState is how the transcript of a linked conversation stands in the CRM.
type SyncState string

// How a transcript stands.
const (
	SyncOff     SyncState = "off"     // switched off for the conversation or the Page
	SyncWaiting SyncState = "waiting" // something is still to be written
	SyncDone    SyncState = "done"    // all of it is there
	SyncFailed  SyncState = "failed"  // it could not be written; it is tried again
)

// Sync tells how a conversation's transcript stands in the CRM.
type Sync struct {
	State SyncState `json:"state"`
	// At is when it was last written.
	At *time.Time `json:"at,omitempty"`
	// Reason is why it failed or waits.
	Reason Code `json:"reason,omitempty"`
}

// LogValue implements [slog.LogValuer].
func (r Record) LogValue() slog.Value { return slog.StringValue(r.RecordRef.String()) }

// LogValue implements [slog.LogValuer].
func (c Candidate) LogValue() slog.Value {
	return slog.GroupValue(slog.String("record", c.RecordRef.String()), slog.String("match", string(c.Match)))
}

// LogValue implements [slog.LogValuer].
func (s Stage) LogValue() slog.Value { return slog.Int64Value(s.ID) }
