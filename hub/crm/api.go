package crm

import (
	"context"

	"parley/hub/store"
	"parley/model"
)

// Records is what is needed of the CRM's persons, leads and deals. as is by whose grant it is
// asked, nil by the company token. Its errors are [model.ErrCRMRefused],
// [model.ErrCRMUnavailable], [model.ErrCRMNotFound], [model.ErrCRMForbidden],
// [model.ErrCRMInvalid] and [*model.CRMLimit].
type Records interface {
	Finder
	RecordReader
	RecordWriter
	// Budget returns what was told last of the company's budget of the day.
	Budget() model.CRMBudget
}

// Finder finds records.
type Finder interface {
	// Search returns at most limit records in which term stands, the best match first.
	Search(ctx context.Context, as *model.CRMGrant, term string, types []model.RecordType, limit int) ([]model.Record, error)
	// SearchField returns the persons whose custom field of that code holds the value.
	SearchField(ctx context.Context, as *model.CRMGrant, field, value string) ([]model.Record, error)
	// PersonField returns the code of the persons' custom field of that name;
	// [model.ErrCRMNotFound]: there is none. CreatePersonField makes one, SetPersonField
	// writes one.
	PersonField(ctx context.Context, name string) (string, error)
	CreatePersonField(ctx context.Context, name string) (string, error)
	SetPersonField(ctx context.Context, as *model.CRMGrant, person, field, value string) error
}

// RecordReader reads records, and who may see them.
type RecordReader interface {
	// Record returns a record; of a person also what of theirs is open.
	Record(ctx context.Context, as *model.CRMGrant, ref model.RecordRef) (model.Record, error)
	// PermittedUsers returns who of the company may see a record, by their ids in the CRM.
	PermittedUsers(ctx context.Context, ref model.RecordRef) ([]int64, error)
	// OrganizationUsers returns who may see an organisation.
	OrganizationUsers(ctx context.Context, organization int64) ([]int64, error)
	Stages(ctx context.Context, as *model.CRMGrant) ([]model.Stage, error)
	// Brief returns a record alone, by the company token: without names, of its stage and
	// its person the ids.
	Brief(ctx context.Context, ref model.RecordRef) (model.Record, error)
	// DealOfLead returns which of a person's deals a lead became, by the company token;
	// [model.ErrCRMNotFound]: none.
	DealOfLead(ctx context.Context, lead, person string) (model.RecordRef, error)
}

// RecordWriter makes and changes records.
type RecordWriter interface {
	CreatePerson(ctx context.Context, as *model.CRMGrant, p model.NewRecord) (model.Record, error)
	CreateLead(ctx context.Context, as *model.CRMGrant, l model.NewRecord) (model.Record, error)
	CreateDeal(ctx context.Context, as *model.CRMGrant, d model.NewRecord) (model.Record, error)
	SetStage(ctx context.Context, as *model.CRMGrant, deal string, stage int64) (model.Record, error)
	SetStatus(ctx context.Context, as *model.CRMGrant, deal string, status model.DealStatus, reason string) (model.Record, error)
	// ConvertLead makes a deal of a lead.
	ConvertLead(ctx context.Context, as *model.CRMGrant, lead string) (model.RecordRef, error)
}

// Notes reads the CRM's notes: a transcript's goes over to the deal that a lead becomes.
type Notes interface {
	Note(ctx context.Context, as *model.CRMGrant, id int64) (model.CRMNote, error)
}

// Transcripts writes down what was said in linked conversations.
type Transcripts interface {
	// Soon has a conversation's transcript written at once: a record was linked.
	Soon(tx store.PageTx, id model.ConversationID) error
	// Leave has the notes on a record that is unlinked stay as they are.
	Leave(tx store.PageTx, id model.ConversationID, ref model.RecordRef) error
}
