package crm

import (
	"context"

	"parley/hub/store"
	"parley/model"
)

// Records is the CRM's API for persons, leads and deals. as is the grant with which it is
// called; nil means the company token. Errors are [model.ErrCRMRefused],
// [model.ErrCRMUnavailable], [model.ErrCRMNotFound], [model.ErrCRMForbidden],
// [model.ErrCRMInvalid] and [*model.CRMLimit].
type Records interface {
	Finder
	RecordReader
	RecordWriter
	// Budget returns what the CRM last said about the company's daily budget.
	Budget() model.CRMBudget
}

// Finder finds records.
type Finder interface {
	// Search returns at most limit records that contain term, the best match first.
	Search(ctx context.Context, as *model.CRMGrant, term string, types []model.RecordType, limit int) ([]model.Record, error)
	// SearchField returns the persons whose custom field with that code holds the value.
	SearchField(ctx context.Context, as *model.CRMGrant, field, value string) ([]model.Record, error)
	// PersonField returns the code of the persons' custom field with that name, or
	// [model.ErrCRMNotFound]. CreatePersonField creates one, SetPersonField sets its value.
	PersonField(ctx context.Context, name string) (string, error)
	CreatePersonField(ctx context.Context, name string) (string, error)
	SetPersonField(ctx context.Context, as *model.CRMGrant, person, field, value string) error
}

// RecordReader reads records and who may see them.
type RecordReader interface {
	// Record returns a record; with a person also their open leads and deals.
	Record(ctx context.Context, as *model.CRMGrant, ref model.RecordRef) (model.Record, error)
	// PermittedUsers returns the ids of the CRM users who may see a record.
	PermittedUsers(ctx context.Context, ref model.RecordRef) ([]int64, error)
	// OrganizationUsers returns the ids of those who may see an organisation.
	OrganizationUsers(ctx context.Context, organization int64) ([]int64, error)
	Stages(ctx context.Context, as *model.CRMGrant) ([]model.Stage, error)
	// Brief returns a record alone, with the company token: only the ids of its stage and
	// person, without names.
	Brief(ctx context.Context, ref model.RecordRef) (model.Record, error)
	// DealOfLead returns which of a person's deals a lead became, with the company token, or
	// [model.ErrCRMNotFound].
	DealOfLead(ctx context.Context, lead, person string) (model.RecordRef, error)
}

// RecordWriter creates and changes records.
type RecordWriter interface {
	CreatePerson(ctx context.Context, as *model.CRMGrant, p model.NewRecord) (model.Record, error)
	CreateLead(ctx context.Context, as *model.CRMGrant, l model.NewRecord) (model.Record, error)
	CreateDeal(ctx context.Context, as *model.CRMGrant, d model.NewRecord) (model.Record, error)
	SetStage(ctx context.Context, as *model.CRMGrant, deal string, stage int64) (model.Record, error)
	SetStatus(ctx context.Context, as *model.CRMGrant, deal string, status model.DealStatus, reason string) (model.Record, error)
	// ConvertLead turns a lead into a deal.
	ConvertLead(ctx context.Context, as *model.CRMGrant, lead string) (model.RecordRef, error)
}

// Notes reads the CRM's notes. The note of a transcript moves to the deal that a lead becomes.
type Notes interface {
	Note(ctx context.Context, as *model.CRMGrant, id int64) (model.CRMNote, error)
}

// Transcripts keeps the transcripts of linked conversations.
type Transcripts interface {
	// WriteSoon has a conversation's transcript written at once, because a record was linked.
	WriteSoon(tx store.PageTx, id model.ConversationID) error
	// Detach leaves the notes on an unlinked record as they are.
	Detach(tx store.PageTx, id model.ConversationID, ref model.RecordRef) error
}
