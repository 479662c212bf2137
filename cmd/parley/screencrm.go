package main

import (
	"context"

	"parley/model"
)

// The records of the CRM, as the screen needs them of the hub.

func (h *screenHub) SearchCRM(ctx context.Context, words string, types []model.RecordType) ([]model.Candidate, error) {
	return h.client.SearchCRM(ctx, words, types)
}

func (h *screenHub) Suggestions(ctx context.Context, id model.ConversationID) ([]model.Candidate, error) {
	return h.client.Suggestions(ctx, id)
}

func (h *screenHub) CRMBudget() (percent int, low bool) { return h.client.CRMBudget() }

func (h *screenHub) MakePSIDField(ctx context.Context) (made bool, err error) {
	return h.client.MakePSIDField(ctx)
}

func (h *screenHub) Record(ctx context.Context, ref model.RecordRef) (model.Record, error) {
	return h.client.Record(ctx, ref)
}

func (h *screenHub) RecordFor(ctx context.Context, ref model.RecordRef, id model.ConversationID) (model.RecordView, error) {
	return h.client.RecordFor(ctx, ref, id)
}

func (h *screenHub) RecordTranscripts(ctx context.Context, ref model.RecordRef, cursor string) (model.RecordView, error) {
	return h.client.RecordTranscripts(ctx, ref, cursor)
}

func (h *screenHub) SyncNow(ctx context.Context, id model.ConversationID) (model.Conversation, error) {
	return h.client.SyncNow(ctx, id)
}

func (h *screenHub) SetSync(ctx context.Context, id model.ConversationID, on bool) (model.Conversation, error) {
	return h.client.SetSync(ctx, id, on)
}

func (h *screenHub) SetPageSync(ctx context.Context, id model.PageID, on bool) error {
	_, err := h.client.SetPageSync(ctx, id, on)
	return err
}

func (h *screenHub) CreateRecord(ctx context.Context, t model.RecordType, r model.NewRecord) (model.Record, error) {
	return h.client.CreateRecord(ctx, t, r)
}

func (h *screenHub) Link(ctx context.Context, id model.ConversationID, ref model.RecordRef) (model.Conversation, error) {
	return h.client.Link(ctx, id, ref)
}

func (h *screenHub) Unlink(ctx context.Context, id model.ConversationID, ref model.RecordRef) (model.Conversation, error) {
	return h.client.Unlink(ctx, id, ref)
}

func (h *screenHub) Stages(ctx context.Context) ([]model.Stage, error) { return h.client.Stages(ctx) }

func (h *screenHub) SetStage(ctx context.Context, deal string, stage int64) (model.Record, error) {
	return h.client.SetStage(ctx, deal, stage)
}

func (h *screenHub) SetDealStatus(ctx context.Context, deal string, status model.DealStatus, reason string) (model.Record, error) {
	return h.client.SetDealStatus(ctx, deal, status, reason)
}

func (h *screenHub) ConvertLead(ctx context.Context, lead string) (model.RecordRef, error) {
	return h.client.ConvertLead(ctx, lead)
}
