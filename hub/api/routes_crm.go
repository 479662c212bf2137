package api

import (
	"context"

	"parley/hub"
	"parley/model"
)

// crmHub is what these routes need of the hub.
type crmHub interface {
	SearchCRM(ctx context.Context, user model.User, q string, types []model.RecordType) ([]model.Candidate, error)
	CRMBudgetLow() *int
	Suggestions(ctx context.Context, user model.User, id model.ConversationID) ([]model.Candidate, error)
	Stages(ctx context.Context, user model.User) ([]model.Stage, error)
	MakePSIDField(ctx context.Context, user model.User) (made bool, err error)

	Record(ctx context.Context, user model.User, ref model.RecordRef, q hub.RecordQuery) (model.RecordView, error)
	CreateRecord(ctx context.Context, user model.User, t model.RecordType, n model.NewRecord) (model.Record, error)
	ChangeDeal(ctx context.Context, user model.User, ref model.RecordRef, to hub.DealChange) (model.Record, error)
	ConvertLead(ctx context.Context, user model.User, ref model.RecordRef) (deal model.RecordRef, err error)

	Conversation(ctx context.Context, user model.User, id model.ConversationID) (model.Conversation, error)
	Link(ctx context.Context, user model.User, id model.ConversationID, ref model.RecordRef) error
	Unlink(ctx context.Context, user model.User, id model.ConversationID, ref model.RecordRef) error
	SetSync(ctx context.Context, user model.User, id model.ConversationID, on bool) error
	SyncNow(ctx context.Context, user model.User, id model.ConversationID) error
	SetPageSync(ctx context.Context, user model.User, id model.PageID, on bool) (model.Page, error)
}

// crmRoutes are the routes about records of the CRM, and what conversations have to do with
// them.
type crmRoutes struct {
	hub  crmHub
	door *Door
}

// newCRMRoutes serves the CRM.
func newCRMRoutes(hub crmHub, door *Door) *crmRoutes { return &crmRoutes{hub: hub, door: door} }

// conversation answers with a conversation as it is after it was changed.
func (s *crmRoutes) conversation(ctx context.Context, id model.ConversationID) (*body[model.Conversation], error) {
	c, err := s.hub.Conversation(ctx, user(ctx), id)
	if err != nil {
		return nil, s.door.problem(ctx, err)
	}
	return &body[model.Conversation]{Body: c}, nil
}
