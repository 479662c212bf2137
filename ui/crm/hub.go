package crm

import (
	"context"

	"parley/model"
)

// Hub is what this needs of a client of the hub. Whatever it answers is what this user may
// see in the CRM. Its methods are called in commands, several at once, with a context that
// ends them.
type Hub interface {
	Finder
	Records
	Linker
	Deals
	Transcripts
}

// Finder finds the record that a conversation belongs to.
type Finder interface {
	// SearchCRM returns the records in which the words stand, the best first. Without
	// types all kinds are searched.
	SearchCRM(ctx context.Context, words string, types []model.RecordType) ([]model.Candidate, error)
	// Suggestions returns the records that a conversation may belong to, the surest first.
	Suggestions(ctx context.Context, id model.ConversationID) ([]model.Candidate, error)
	// CRMBudget tells whether what the company may ask the CRM today gets low, and how many
	// percent are left, as the last answer said. It asks nobody.
	CRMBudget() (percent int, low bool)
}

// Records reads records, and makes them.
type Records interface {
	// Record returns a record as it is now.
	Record(ctx context.Context, ref model.RecordRef) (model.Record, error)
	// RecordFor returns a record with how many others may see it, as it is asked before a
	// private conversation is linked to it.
	RecordFor(ctx context.Context, ref model.RecordRef, id model.ConversationID) (model.RecordView, error)
	// RecordTranscripts returns a record with what of conversations stands on it, the newest
	// day first; with the cursor of such an answer, what comes after it.
	RecordTranscripts(ctx context.Context, ref model.RecordRef, cursor string) (model.RecordView, error)
	// CreateRecord makes a record.
	CreateRecord(ctx context.Context, t model.RecordType, r model.NewRecord) (model.Record, error)
	// MakePSIDField makes the persons' field for the ids of customers in Messenger; made is
	// false where there was one.
	MakePSIDField(ctx context.Context) (made bool, err error)
}

// Linker links conversations to records.
type Linker interface {
	// Link links a conversation to a record, in place of one of the same kind: a
	// conversation has one person, and one lead or deal.
	Link(ctx context.Context, id model.ConversationID, ref model.RecordRef) (model.Conversation, error)
	// Unlink takes a link away.
	Unlink(ctx context.Context, id model.ConversationID, ref model.RecordRef) (model.Conversation, error)
}

// Deals changes deals and leads.
type Deals interface {
	// Stages returns the stages of all pipelines, in their order.
	Stages(ctx context.Context) ([]model.Stage, error)
	// SetStage moves a deal to a stage.
	SetStage(ctx context.Context, deal string, stage int64) (model.Record, error)
	// SetDealStatus marks a deal won or lost, or opens it again. Only a lost one has a
	// reason, which may be empty.
	SetDealStatus(ctx context.Context, deal string, status model.DealStatus, reason string) (model.Record, error)
	// ConvertLead makes a lead a deal, and returns that.
	ConvertLead(ctx context.Context, lead string) (model.RecordRef, error)
}

// Transcripts keeps conversations in the CRM.
type Transcripts interface {
	// SyncNow has a linked conversation's transcript written to the CRM now.
	SyncNow(ctx context.Context, id model.ConversationID) (model.Conversation, error)
	// SetSync has a conversation's transcript kept in the CRM, or no longer.
	SetSync(ctx context.Context, id model.ConversationID, on bool) (model.Conversation, error)
	// SetPageSync has those of all conversations of a Page kept there, or no longer; only
	// an admin may.
	SetPageSync(ctx context.Context, id model.PageID, on bool) (model.Page, error)
}
