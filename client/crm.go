package client

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"parley/model"
)

// CRMCalls are the calls about records of the CRM and about transcripts.
type CRMCalls struct{ caller }

// Results hold only what this user may see in the CRM. A hub without a CRM refuses with
// [model.NoCRM].

// SearchCRM returns the records of those types that contain q, best match first; no types:
// all types. q needs at least two characters.
func (c CRMCalls) SearchCRM(ctx context.Context, q string, types []model.RecordType) ([]model.Candidate, error) {
	v := url.Values{"q": {q}}
	if len(types) > 0 {
		names := make([]string, 0, len(types))
		for _, t := range types {
			names = append(names, string(t))
		}
		v.Set("types", strings.Join(names, ","))
	}
	return c.candidates(ctx, "/v1/crm/search", v)
}

// Suggestions returns the records that a conversation may be about, surest first, each with
// its reason.
func (c CRMCalls) Suggestions(ctx context.Context, conversation model.ConversationID) ([]model.Candidate, error) {
	return c.candidates(ctx, conversationPath(conversation)+"/suggestions", nil)
}

func (c CRMCalls) candidates(ctx context.Context, path string, q url.Values) ([]model.Candidate, error) {
	var out struct {
		Records    []model.Candidate `json:"records"`
		BudgetLeft *int64            `json:"budget_left"`
	}
	err := c.Call(ctx, http.MethodGet, path, q, nil, &out)
	switch {
	case err != nil:
	case out.BudgetLeft == nil:
		c.budget.Store(budgetEnough)
	default:
		c.budget.Store(*out.BudgetLeft)
	}
	return out.Records, err
}

// budgetEnough is the value of budget when it is not low.
const budgetEnough = -1

// CRMBudget reports whether the company's daily budget at the CRM is low, and how many percent
// are left, by the last search or suggestions.
func (c CRMCalls) CRMBudget() (percent int, low bool) {
	n := c.budget.Load()
	return int(n), n != budgetEnough
}

func recordPath(ref model.RecordRef) string {
	return "/v1/crm/" + segment(string(ref.Type)) + "/" + segment(ref.ID)
}

// Record returns a record without its transcripts.
func (c CRMCalls) Record(ctx context.Context, ref model.RecordRef) (model.Record, error) {
	v, err := c.recordView(ctx, ref, url.Values{"transcripts": {"false"}})
	return v.Record, err
}

// RecordFor returns a record with how many others may see it, for the question before a
// conversation is linked to it.
func (c CRMCalls) RecordFor(ctx context.Context, ref model.RecordRef, conversation model.ConversationID) (model.RecordView, error) {
	return c.recordView(ctx, ref, url.Values{"for": {string(conversation)}, "transcripts": {"false"}})
}

// RecordTranscripts returns a record with its transcripts, newest day first; a cursor from
// such an answer gets the next ones.
func (c CRMCalls) RecordTranscripts(ctx context.Context, ref model.RecordRef, cursor string) (model.RecordView, error) {
	q := url.Values{}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	return c.recordView(ctx, ref, q)
}

func (c CRMCalls) recordView(ctx context.Context, ref model.RecordRef, q url.Values) (model.RecordView, error) {
	var out model.RecordView
	err := c.Call(ctx, http.MethodGet, recordPath(ref), q, nil, &out)
	return out, err
}

// CreateRecord creates a person, a lead or a deal, owned by the user.
func (c CRMCalls) CreateRecord(ctx context.Context, t model.RecordType, n model.NewRecord) (model.Record, error) {
	var out model.Record
	err := c.Call(ctx, http.MethodPost, "/v1/crm/"+segment(string(t)), nil, n, &out)
	return out, err
}

// MakePSIDField creates the CRM's field of persons for customers' PSIDs; made is false if
// it exists already. Only an admin may.
func (c CRMCalls) MakePSIDField(ctx context.Context) (made bool, err error) {
	var out struct{ Made bool }
	err = c.Call(ctx, http.MethodPut, "/v1/crm/psid-field", nil, nil, &out)
	return out.Made, err
}

func linkPath(conversation model.ConversationID, ref model.RecordRef) string {
	return conversationPath(conversation) + "/links/" + segment(string(ref.Type)) + "/" + segment(ref.ID)
}

// Link links a conversation to a record, and returns the conversation. A person replaces the
// linked person, a lead or deal the linked lead or deal.
func (c CRMCalls) Link(ctx context.Context, conversation model.ConversationID, ref model.RecordRef) (model.Conversation, error) {
	return c.changed(ctx, http.MethodPut, linkPath(conversation, ref), nil)
}

// Unlink removes a link, and returns the conversation.
func (c CRMCalls) Unlink(ctx context.Context, conversation model.ConversationID, ref model.RecordRef) (model.Conversation, error) {
	return c.changed(ctx, http.MethodDelete, linkPath(conversation, ref), nil)
}

func syncPath(conversation model.ConversationID) string {
	return conversationPath(conversation) + "/sync"
}

// SyncNow makes the hub write a linked conversation's transcript now, and returns the
// conversation.
func (c CRMCalls) SyncNow(ctx context.Context, conversation model.ConversationID) (model.Conversation, error) {
	return c.changed(ctx, http.MethodPost, syncPath(conversation), nil)
}

// switched is the body that sets a switch.
type switched struct {
	On bool `json:"on"`
}

// SetSync switches a conversation's transcript in the CRM on or off.
func (c CRMCalls) SetSync(ctx context.Context, conversation model.ConversationID, on bool) (model.Conversation, error) {
	return c.changed(ctx, http.MethodPut, syncPath(conversation), switched{on})
}

// SetPageSync switches the transcripts of a Page's conversations on or off. Only an admin
// may.
func (c CRMCalls) SetPageSync(ctx context.Context, page model.PageID, on bool) (model.Page, error) {
	var out model.Page
	err := c.Call(ctx, http.MethodPut, "/v1/pages/"+segment(string(page))+"/sync", nil, switched{on}, &out)
	return out, err
}

// Stages returns the stages of all pipelines, in order.
func (c CRMCalls) Stages(ctx context.Context) ([]model.Stage, error) {
	var out struct {
		Stages []model.Stage `json:"stages"`
	}
	err := c.Call(ctx, http.MethodGet, "/v1/crm/stages", nil, nil, &out)
	return out.Stages, err
}

// SetStage moves a deal to a stage.
func (c CRMCalls) SetStage(ctx context.Context, deal string, stage int64) (model.Record, error) {
	return c.changeDeal(ctx, deal, struct {
		Stage int64 `json:"stage"`
	}{stage})
}

// SetDealStatus reopens a deal, or marks it won, or lost for a reason, which may be empty.
func (c CRMCalls) SetDealStatus(ctx context.Context, deal string, status model.DealStatus, reason string) (model.Record, error) {
	return c.changeDeal(ctx, deal, struct {
		Status model.DealStatus `json:"status"`
		Reason string           `json:"lost_reason,omitempty"`
	}{status, reason})
}

func (c CRMCalls) changeDeal(ctx context.Context, deal string, in any) (model.Record, error) {
	var out model.Record
	err := c.Call(ctx, http.MethodPatch, recordPath(model.RecordRef{Type: model.Deal, ID: deal}), nil, in, &out)
	return out, err
}

// ConvertLead turns a lead into a deal; the lead is gone then, and conversations linked to it
// are linked to the deal.
func (c CRMCalls) ConvertLead(ctx context.Context, lead string) (model.RecordRef, error) {
	var out model.RecordRef
	path := recordPath(model.RecordRef{Type: model.Lead, ID: lead}) + "/convert"
	err := c.Call(ctx, http.MethodPost, path, nil, nil, &out)
	return out, err
}
