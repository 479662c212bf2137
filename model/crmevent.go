package model

import (
	"log/slog"
	"time"
)

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
