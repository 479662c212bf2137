package model

import (
	"errors"
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

// RecordTypes returns all types.
func RecordTypes() []RecordType { return []RecordType{Person, Lead, Deal} }

// Valid reports whether t is one of them.
func (t RecordType) Valid() bool { return slices.Contains(RecordTypes(), t) }

// RecordRef identifies a record: persons and deals have numbers, leads UUIDs (Pipedrive API
// reference, "Leads").
type RecordRef struct {
	Type RecordType `json:"type"`
	ID   string     `json:"id"`
}

// String formats it as on the command line: person:12, lead:UUID, deal:42.
func (r RecordRef) String() string { return string(r.Type) + ":" + r.ID }

// ParseRecordRef parses what [RecordRef.String] returns, or the URL of a record's page in
// Pipedrive as copied from a browser.
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

// recordAt parses the URLs https://COMPANY.pipedrive.com/person/12, /deal/42 and
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

// mostRecordDigits keeps a record's number within 64 bits.
const mostRecordDigits = 18

// Valid reports whether the id has the form of its type.
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

// isUUID reports whether s is a UUID in lower case.
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

// DealStatus is the status of a deal.
type DealStatus string

// The statuses of a deal.
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
	// Title is the title of a lead or deal, or a person's name.
	Title Untrusted `json:"title"`
	// URL is its page in the CRM.
	URL          string      `json:"url,omitempty"`
	Organization Untrusted   `json:"organization,omitempty"`
	Emails       []Untrusted `json:"emails,omitempty"`
	Phones       []Untrusted `json:"phones,omitempty"`
	Owner        Untrusted   `json:"owner,omitempty"`
	// OwnerID and OrganizationID are the CRM's ids of the owner and the organisation; they
	// stay in the hub.
	OwnerID        int64 `json:"-"`
	OrganizationID int64 `json:"-"`
	// UpdatedAt is when it was last changed, by the CRM's clock; it stays in the hub.
	UpdatedAt time.Time `json:"-"`
	// Mine: the owner is the requesting user.
	Mine bool `json:"mine,omitempty"`
	// Locked: we don't know that the CRM lets the requesting user change it (see
	// [CRMEditUnknown]).
	Locked bool `json:"locked,omitempty" doc:"a change of it would be refused as crm_edit_unknown"`
	// Person is the person of a lead or deal, PersonName their name.
	Person     *RecordRef `json:"person,omitempty"`
	PersonName Untrusted  `json:"person_name,omitempty"`
	// Value, Stage, Status and ExpectedClose are a deal's; a lead has Value and ExpectedClose.
	// ExpectedClose is a day, 2026-12-31.
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
	// Match is why it is suggested; empty: a search found it.
	Match Match `json:"match,omitempty"`
	// Found is what matched in the chat: the address, the number, the name.
	Found Untrusted `json:"found,omitempty"`
}

// RecordView is a record with what its own screen shows besides.
type RecordView struct {
	Record Record `json:"record"`
	// Others is how many other users of the company may see the record; nil: it was not
	// requested, or is not known (it takes the company token).
	Others *int `json:"others,omitempty"`
	// Transcripts are the transcripts on the record, newest day first. Cursor asks for the
	// next ones; empty at the end.
	Transcripts []Transcript `json:"transcripts,omitempty"`
	Cursor      string       `json:"cursor,omitempty"`
}

// SyncState is the state of a linked conversation's transcript in the CRM.
type SyncState string

// The states of a transcript.
const (
	SyncOff     SyncState = "off"     // switched off for the conversation or the Page
	SyncWaiting SyncState = "waiting" // something is still to be written
	SyncDone    SyncState = "done"    // all of it is there
	SyncFailed  SyncState = "failed"  // it could not be written; it is tried again
)

// Sync is the state of a conversation's transcript in the CRM.
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

// Errors of the CRM about a record, by errors.Is; besides [ErrCRMRefused] and
// [ErrCRMUnavailable]. A [CRMLimit] is also an ErrCRMUnavailable.
var (
	// ErrCRMNotFound: there is no such record, or the caller may not see it. The CRM does not
	// distinguish the two.
	ErrCRMNotFound = errors.New("no such record in the CRM")
	// ErrCRMForbidden: the caller may not do it, by a permission or the company's plan. The
	// token itself is good.
	ErrCRMForbidden = errors.New("forbidden by the CRM")
	// ErrCRMInvalid: the CRM rejects the values, and will not accept them later.
	ErrCRMInvalid = errors.New("not accepted by the CRM")
)

// CRMLimit says that a budget of the CRM is used up, by errors.As.
type CRMLimit struct {
	// Until is when it is worth asking again.
	Until time.Time
	// Daily: the company's daily budget is used up, not that of a few seconds.
	Daily bool
}

func (l *CRMLimit) Error() string {
	what := "CRM budget of seconds"
	if l.Daily {
		what = "CRM budget of the day"
	}
	return fmt.Sprintf("%s used up until %s", what, l.Until.UTC().Format(time.RFC3339))
}

// Unwrap makes it an [ErrCRMUnavailable].
func (l *CRMLimit) Unwrap() error { return ErrCRMUnavailable }

// CRMBudget is the company's daily budget as the CRM last reported it, in tokens; nil if it
// did not.
type CRMBudget struct {
	DailyLeft  *int64
	DailyLimit *int64
	// At is when it was reported; zero: never.
	At time.Time
}

// LowBudget is the percentage of the daily budget below which users are told: the whole
// company shares the rest, and a search costs 20 tokens.
const LowBudget = 10

// budgetHolds is how long a report counts: each day has a new budget.
const budgetHolds = 12 * time.Hour

// Low returns the percentage left of the daily budget, rounded down, if it is below
// [LowBudget]; nil: enough is left, or we don't know.
func (b CRMBudget) Low(now time.Time) *int {
	if b.DailyLeft == nil || b.DailyLimit == nil || *b.DailyLimit <= 0 || now.Sub(b.At) > budgetHolds {
		return nil
	}
	percent := int(float64(max(*b.DailyLeft, 0)) / float64(*b.DailyLimit) * 100)
	if percent >= LowBudget {
		return nil
	}
	return &percent
}

// PSIDField is the name of the CRM's custom field of persons that holds a customer's PSID.
const PSIDField = "Messenger PSID"

// NewRecord holds the values of a record to create.
type NewRecord struct {
	// Title is a lead's or deal's title, or a person's name. It must not be empty.
	Title string `json:"title"`
	// PersonID and OrganizationID are the person and the organisation of a lead or deal; a
	// lead needs one of them. A person has only an OrganizationID.
	PersonID       string `json:"person_id,omitempty"`
	OrganizationID string `json:"organization_id,omitempty"`
	// Email and Phone are a person's.
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
	// Value and ExpectedClose (2026-12-31) belong to a lead or deal, StageID to a deal; 0 is
	// the first stage.
	Value         *Money `json:"value,omitempty"`
	ExpectedClose string `json:"expected_close,omitempty"`
	StageID       int64  `json:"stage_id,omitempty"`
	// OwnerID is the CRM's id of the owner; 0: the token's user.
	OwnerID int64 `json:"-"`
}

// LogValue implements [slog.LogValuer]: names and addresses must not be logged.
func (NewRecord) LogValue() slog.Value { return slog.StringValue("[new record]") }

// CRMNote is a note on records.
type CRMNote struct {
	ID int64
	// Content is HTML. The CRM sanitises it, so what comes back can differ from what was
	// written.
	Content Untrusted
	// Person, Deal and Lead are the ids of the records that the note is on; empty: none.
	Person, Deal, Lead string
	AddedAt            time.Time
	UpdatedAt          time.Time
	// LastUser is the CRM's id of the user who changed it last.
	LastUser int64
}

// LogValue implements [slog.LogValuer].
func (n CRMNote) LogValue() slog.Value { return slog.Int64Value(n.ID) }
