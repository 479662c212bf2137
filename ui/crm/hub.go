package crm

import (
	"context"

	"parley/model"
)

// Hub is what this package needs of a client. Answers hold only what this user may see in the
// CRM. Its methods are called in commands, concurrently, with a context that ends them.
type Hub interface {
	Finder
	Records
	Linker
	Deals
	Transcripts
}

// Finder finds the record that a conversation belongs to.
type Finder interface {
	// SearchCRM returns the records that contain the words, best match first; no types: all
	// types.
	SearchCRM(ctx context.Context, words string, types []model.RecordType) ([]model.Candidate, error)
	// Suggestions returns the records that a conversation may belong to, surest first.
	Suggestions(ctx context.Context, id model.ConversationID) ([]model.Candidate, error)
	// CRMBudget reports whether the company's daily budget at the CRM is low, and how many
	// percent are left, by the last answer. It makes no call.
	CRMBudget() (percent int, low bool)
}

// Records reads and creates records.
type Records interface {
	// Record returns a record as it is now.
	Record(ctx context.Context, ref model.RecordRef) (model.Record, error)
	// RecordFor returns a record with how many others may see it, for the question before a
	// private conversation is linked to it.
	RecordFor(ctx context.Context, ref model.RecordRef, id model.ConversationID) (model.RecordView, error)
	// RecordTranscripts returns a record with its transcripts, newest day first; a cursor from
	// such an answer gets the next ones.
	RecordTranscripts(ctx context.Context, ref model.RecordRef, cursor string) (model.RecordView, error)
	// CreateRecord creates a record.
	CreateRecord(ctx context.Context, t model.RecordType, r model.NewRecord) (model.Record, error)
	// MakePSIDField creates the CRM's field of persons for customers' PSIDs; made is false if
	// it exists already.
	MakePSIDField(ctx context.Context) (made bool, err error)
}

// Linker links conversations to records.
type Linker interface {
	// Link links a conversation to a record, in place of one of the same kind: a conversation
	// has one person, and one lead or deal.
	Link(ctx context.Context, id model.ConversationID, ref model.RecordRef) (model.Conversation, error)
	// Unlink removes a link.
	Unlink(ctx context.Context, id model.ConversationID, ref model.RecordRef) (model.Conversation, error)
}

// Deals changes deals and leads.
type Deals interface {
	// Stages returns the stages of all pipelines, in order.
	Stages(ctx context.Context) ([]model.Stage, error)
	// SetStage moves a deal to a stage.
	SetStage(ctx context.Context, deal string, stage int64) (model.Record, error)
	// SetDealStatus marks a deal won or lost, or reopens it. A lost deal may have a reason.
	SetDealStatus(ctx context.Context, deal string, status model.DealStatus, reason string) (model.Record, error)
	// ConvertLead converts a lead to a deal, and returns the deal.
	ConvertLead(ctx context.Context, lead string) (model.RecordRef, error)
}

// Transcripts controls transcripts in the CRM.
type Transcripts interface {
	// SyncNow makes the hub write a linked conversation's transcript now.
	SyncNow(ctx context.Context, id model.ConversationID) (model.Conversation, error)
	// SetSync switches a conversation's transcript on or off.
	SetSync(ctx context.Context, id model.ConversationID, on bool) (model.Conversation, error)
	// SetPageSync switches the transcripts of all conversations of a Page on or off; only an
	// admin may.
	SetPageSync(ctx context.Context, id model.PageID, on bool) (model.Page, error)
}
