package model

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// What keeps a CRM from doing something with a record, by errors.Is; besides
// [ErrCRMRefused] and [ErrCRMUnavailable]. A [CRMLimit] is an ErrCRMUnavailable, too.
var (
	// ErrCRMNotFound: there is no such record, or whoever asks may not see it. The CRM
	// answers both alike.
	ErrCRMNotFound = errors.New("no such record in the CRM")
	// ErrCRMForbidden: whoever asks may not do it: a permission, the company's plan. The
	// token itself is good.
	ErrCRMForbidden = errors.New("forbidden by the CRM")
	// ErrCRMInvalid: the CRM does not take what it was given, and will not later.
	ErrCRMInvalid = errors.New("not accepted by the CRM")
)

// CRMLimit is a budget of the CRM that is used up, by errors.As.
type CRMLimit struct {
	// Until is when it is worth asking again.
	Until time.Time
	// Daily: it is the company's budget of the day, not that of a few seconds.
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

// CRMBudget is what the CRM told last of the company's budget of the day, in tokens; nil
// where it told nothing.
type CRMBudget struct {
	DailyLeft  *int64
	DailyLimit *int64
	// At is when it was told; zero: never.
	At time.Time
}

// LowBudget is below how many percent of the day the CRM's budget is told to users: what is
// left is everybody's of the company, and a search costs 20 of it.
const LowBudget = 10

// budgetHolds is how long it counts what was told of a budget: each day there is a new one.
const budgetHolds = 12 * time.Hour

// Low returns how many percent of the day's budget are left, rounded down, where these are
// fewer than [LowBudget]; nil: enough, or nobody knows.
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

// PSIDField is what the custom field of persons is called in the CRM that holds a
// customer's PSID.
const PSIDField = "Messenger PSID"

// NewRecord is a record to be made.
type NewRecord struct {
	// Title is a lead's or deal's title, a person's name. It must not be empty.
	Title string `json:"title"`
	// PersonID and OrganizationID are whom a lead or deal is with; a lead needs one of
	// them. A person has an OrganizationID alone.
	PersonID       string `json:"person_id,omitempty"`
	OrganizationID string `json:"organization_id,omitempty"`
	// Email and Phone are a person's.
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
	// Value and ExpectedClose (2026-12-31) are a lead's or deal's, StageID a deal's; 0: the
	// first stage.
	Value         *Money `json:"value,omitempty"`
	ExpectedClose string `json:"expected_close,omitempty"`
	StageID       int64  `json:"stage_id,omitempty"`
	// OwnerID is the CRM's id of its owner; 0: whose token it is.
	OwnerID int64 `json:"-"`
}

// LogValue implements [slog.LogValuer]: names and addresses are for no log.
func (NewRecord) LogValue() slog.Value { return slog.StringValue("[new record]") }

// CRMNote is a note on records.
type CRMNote struct {
	ID int64
	// Content is HTML. The CRM cleans what it is given, so that what comes back can
	// differ from what was written.
	Content Untrusted
	// Person, Deal and Lead are the ids of the records that it stands on; empty: none.
	Person, Deal, Lead string
	AddedAt            time.Time
	UpdatedAt          time.Time
	// LastUser is the CRM's id of who changed it last.
	LastUser int64
}

// LogValue implements [slog.LogValuer].
func (n CRMNote) LogValue() slog.Value { return slog.Int64Value(n.ID) }
