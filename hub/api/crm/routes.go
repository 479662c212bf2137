// Package crm serves CRM records over HTTP, and their links to conversations.
package crm

import (
	"context"

	"parley/hub/api/door"
	"parley/hub/crm"
	"parley/model"
)

// Hub is what these routes need of the hub.
type Hub interface {
	SearchCRM(ctx context.Context, user model.User, q string, types []model.RecordType) ([]model.Candidate, error)
	CRMBudgetLow() *int
	Suggestions(ctx context.Context, user model.User, id model.ConversationID) ([]model.Candidate, error)
	Stages(ctx context.Context, user model.User) ([]model.Stage, error)
	MakePSIDField(ctx context.Context, user model.User) (made bool, err error)

	Record(ctx context.Context, user model.User, ref model.RecordRef, q crm.RecordQuery) (model.RecordView, error)
	CreateRecord(ctx context.Context, user model.User, t model.RecordType, n model.NewRecord) (model.Record, error)
	ChangeDeal(ctx context.Context, user model.User, ref model.RecordRef, to crm.DealChange) (model.Record, error)
	ConvertLead(ctx context.Context, user model.User, ref model.RecordRef) (deal model.RecordRef, err error)

	Conversation(ctx context.Context, user model.User, id model.ConversationID) (model.Conversation, error)
	Link(ctx context.Context, user model.User, id model.ConversationID, ref model.RecordRef) error
	Unlink(ctx context.Context, user model.User, id model.ConversationID, ref model.RecordRef) error
	SetSync(ctx context.Context, user model.User, id model.ConversationID, on bool) error
	SyncNow(ctx context.Context, user model.User, id model.ConversationID) error
	SetPageSync(ctx context.Context, user model.User, id model.PageID, on bool) (model.Page, error)
}

// Routes are the routes about CRM records and their links to conversations.
type Routes struct {
	hub  Hub
	door *door.Door
}

// New returns the routes.
func New(hub Hub, d *door.Door) *Routes { return &Routes{hub: hub, door: d} }

// conversation answers with a conversation as it is after a change.
func (s *Routes) conversation(ctx context.Context, id model.ConversationID) (*door.Body[model.Conversation], error) {
	c, err := s.hub.Conversation(ctx, door.User(ctx), id)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[model.Conversation]{Body: c}, nil
}
