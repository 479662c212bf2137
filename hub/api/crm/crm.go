package crm

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/hub/crm"
	"parley/model"
)

// Register adds the routes. They return of records what the user may see in the CRM.
func (s *Routes) Register(api huma.API) {
	tags := []string{"crm"}
	register := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: tags, Security: door.SignedIn}
	}
	const record = "/v1/crm/{type}/{record}"
	huma.Register(api, register("search-crm", http.MethodGet, "/v1/crm/search",
		"Records in which something stands, or that an address names"), s.searchCRM)
	huma.Register(api, register("list-stages", http.MethodGet, "/v1/crm/stages", "The stages of all pipelines"), s.listStages)
	huma.Register(api, register("get-record", http.MethodGet, record,
		"A record, with the transcripts that stand on it; with a conversation how many others may see the record"), s.getRecord)
	create := register("create-record", http.MethodPost, "/v1/crm/{type}", "Make a person, a lead or a deal")
	create.DefaultStatus = http.StatusCreated
	huma.Register(api, create, s.createRecord)
	change := register("change-deal", http.MethodPatch, "/v1/crm/deal/{record}", "Move a deal to a stage, or open or close it")
	change.Description = "One of stage and status is named; lost_reason goes with the status lost."
	huma.Register(api, change, s.changeDeal)
	convert := register("convert-lead", http.MethodPost, "/v1/crm/lead/{record}/convert", "Make a deal of a lead")
	convert.DefaultStatus = http.StatusOK
	convert.Description = "The lead is gone then. Conversations that were linked to it are linked to the deal."
	huma.Register(api, convert, s.convertLead)

	field := register("make-psid-field", http.MethodPut, "/v1/crm/psid-field", "Make the persons' field for the ids of customers in Messenger")
	field.Description = "Only an admin may. Linking a conversation writes its customer's id there, by which the person is suggested. made is false where there was one."
	huma.Register(api, field, s.makePSIDField)

	const link = "/v1/conversations/{conversation}/links/{type}/{record}"
	put := register("link", http.MethodPut, link, "Link a conversation to a record")
	put.Description = "A person takes the place of the person linked, a lead or deal that of the lead or deal."
	huma.Register(api, put, s.link)
	unlink := register("unlink", http.MethodDelete, link, "Take a link away")
	unlink.DefaultStatus = http.StatusOK
	huma.Register(api, unlink, s.unlink)
	const sync = "/v1/conversations/{conversation}/sync"
	set := register("sync-conversation", http.MethodPut, sync, "Keep a conversation's transcript in the CRM, or not")
	set.Description = "For who may see a record that it is linked to. What stands in the CRM stays there."
	huma.Register(api, set, s.syncConversation)
	soon := register("sync-now", http.MethodPost, sync, "Write a conversation's transcript now")
	soon.DefaultStatus = http.StatusOK
	huma.Register(api, soon, s.syncNow)
	huma.Register(api, register("list-suggestions", http.MethodGet, "/v1/conversations/{conversation}/suggestions",
		"Records that a conversation may be about, the surest first"), s.listSuggestions)
	huma.Register(api, huma.Operation{
		OperationID: "sync-page", Method: http.MethodPut, Path: "/v1/pages/{page}/sync", Summary: "Keep transcripts of a Page's conversations in the CRM, or not", Tags: []string{"pages"}, Security: door.SignedIn,
		Description: "For an admin who sees the Page. What stands in the CRM stays there.",
	}, s.syncPage)
}

// RecordPath is a path with a record.
type RecordPath struct {
	Type   string `path:"type" doc:"person, lead or deal"`
	Record string `path:"record"`
}

func (p RecordPath) ref() model.RecordRef {
	return model.RecordRef{Type: model.RecordType(p.Type), ID: strings.ToLower(p.Record)}
}

// DealPath and LeadPath are paths with a record of their type.
type (
	// DealPath is a path with a deal.
	DealPath struct {
		Record string `path:"record"`
	}
	// LeadPath is a path with a lead.
	LeadPath DealPath
)

type recordsBody struct {
	Records []model.Candidate `json:"records"`
	// BudgetLeft is how much of Pipedrive's daily budget is left.
	BudgetLeft *int `json:"budget_left,omitempty" doc:"Percent of Pipedrive's budget of the day that are left, once these are fewer than 10"`
}

type searchCRMInput struct {
	Q     string `query:"q" maxLength:"500" doc:"What must stand in it, two characters or more; or the address of a record's page"`
	Types string `query:"types" maxLength:"40" doc:"person, lead and deal, with commas between; empty: all of them"`
}

func (in *searchCRMInput) types() (types []model.RecordType, err error) {
	for name := range strings.SplitSeq(in.Types, ",") {
		t := model.RecordType(strings.TrimSpace(name))
		switch {
		case t == "" && in.Types == "":
		case !t.Valid():
			return nil, model.Refuse(model.BadRecord)
		default:
			types = append(types, t)
		}
	}
	return types, nil
}

func (s *Routes) searchCRM(ctx context.Context, in *searchCRMInput) (*door.Body[recordsBody], error) {
	types, err := in.types()
	var found []model.Candidate
	if err == nil {
		found, err = s.hub.SearchCRM(ctx, door.User(ctx), in.Q, types)
	}
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[recordsBody]{Body: recordsBody{Records: found, BudgetLeft: s.hub.CRMBudgetLow()}}, nil
}

func (s *Routes) listSuggestions(ctx context.Context, in *door.ConversationPath) (*door.Body[recordsBody], error) {
	found, err := s.hub.Suggestions(ctx, door.User(ctx), in.Conversation)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[recordsBody]{Body: recordsBody{Records: found, BudgetLeft: s.hub.CRMBudgetLow()}}, nil
}

type fieldBody struct {
	Field string `json:"field" doc:"What it is called in Pipedrive"`
	Made  bool   `json:"made"`
}

func (s *Routes) makePSIDField(ctx context.Context, _ *struct{}) (*door.Body[fieldBody], error) {
	made, err := s.hub.MakePSIDField(ctx, door.User(ctx))
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[fieldBody]{Body: fieldBody{Field: model.PSIDField, Made: made}}, nil
}

type stagesBody struct {
	Stages []model.Stage `json:"stages"`
}

func (s *Routes) listStages(ctx context.Context, _ *struct{}) (*door.Body[stagesBody], error) {
	all, err := s.hub.Stages(ctx, door.User(ctx))
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[stagesBody]{Body: stagesBody{Stages: all}}, nil
}

type recordInput struct {
	RecordPath
	For         model.ConversationID `query:"for" maxLength:"200" doc:"A conversation that is to be linked to it; then without transcripts"`
	Transcripts bool                 `query:"transcripts" default:"true" doc:"Tell the transcripts that stand on it, ten notes at a time"`
	Cursor      string               `query:"cursor" maxLength:"400" doc:"Where the transcripts before ended"`
}

func (s *Routes) getRecord(ctx context.Context, in *recordInput) (*door.Body[model.RecordView], error) {
	v, err := s.hub.Record(ctx, door.User(ctx), in.ref(), crm.RecordQuery{About: in.For, NoTranscripts: !in.Transcripts, Cursor: in.Cursor})
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[model.RecordView]{Body: v}, nil
}

type createInput struct {
	Type string `path:"type" doc:"person, lead or deal"`
	Body struct {
		Title          string       `json:"title" minLength:"1" maxLength:"255" doc:"A person's name, a lead's or deal's title"`
		PersonID       string       `json:"person_id,omitempty" maxLength:"20" doc:"Whom a lead or deal is with"`
		OrganizationID string       `json:"organization_id,omitempty" maxLength:"20" pattern:"^[0-9]*$"`
		Email          string       `json:"email,omitempty" maxLength:"254" doc:"A person's"`
		Phone          string       `json:"phone,omitempty" maxLength:"100" doc:"A person's"`
		Value          *model.Money `json:"value,omitempty" doc:"A lead's or deal's"`
		ExpectedClose  string       `json:"expected_close,omitempty" maxLength:"10" doc:"A day, 2026-12-31"`
		StageID        int64        `json:"stage_id,omitempty" minimum:"0" doc:"A deal's; without it, the first"`
	}
}

func (s *Routes) createRecord(ctx context.Context, in *createInput) (*door.Body[model.Record], error) {
	b := in.Body
	r, err := s.hub.CreateRecord(ctx, door.User(ctx), model.RecordType(in.Type), model.NewRecord{
		Title: b.Title, PersonID: b.PersonID, OrganizationID: b.OrganizationID, Email: b.Email, Phone: b.Phone,
		Value: b.Value, ExpectedClose: b.ExpectedClose, StageID: b.StageID,
	})
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[model.Record]{Body: r}, nil
}

type changeDealInput struct {
	DealPath
	Body struct {
		Stage      int64            `json:"stage,omitempty" minimum:"1"`
		Status     model.DealStatus `json:"status,omitempty" enum:"open,won,lost"`
		LostReason string           `json:"lost_reason,omitempty" maxLength:"150"`
	}
}

func (s *Routes) changeDeal(ctx context.Context, in *changeDealInput) (*door.Body[model.Record], error) {
	r, err := s.hub.ChangeDeal(ctx, door.User(ctx), model.RecordRef{Type: model.Deal, ID: in.Record}, crm.DealChange{
		Stage: in.Body.Stage, Status: in.Body.Status, LostReason: in.Body.LostReason,
	})
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[model.Record]{Body: r}, nil
}

func (s *Routes) convertLead(ctx context.Context, in *LeadPath) (*door.Body[model.RecordRef], error) {
	deal, err := s.hub.ConvertLead(ctx, door.User(ctx), model.RecordRef{Type: model.Lead, ID: strings.ToLower(in.Record)})
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[model.RecordRef]{Body: deal}, nil
}

type linkInput struct {
	door.ConversationPath
	RecordPath
}

func (s *Routes) link(ctx context.Context, in *linkInput) (*door.Body[model.Conversation], error) {
	if err := s.hub.Link(ctx, door.User(ctx), in.Conversation, in.ref()); err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return s.conversation(ctx, in.Conversation)
}

func (s *Routes) unlink(ctx context.Context, in *linkInput) (*door.Body[model.Conversation], error) {
	if err := s.hub.Unlink(ctx, door.User(ctx), in.Conversation, in.ref()); err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return s.conversation(ctx, in.Conversation)
}

type syncBody struct {
	On bool `json:"on"`
}

type syncConversationInput struct {
	door.ConversationPath
	Body syncBody
}

func (s *Routes) syncConversation(ctx context.Context, in *syncConversationInput) (*door.Body[model.Conversation], error) {
	if err := s.hub.SetSync(ctx, door.User(ctx), in.Conversation, in.Body.On); err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return s.conversation(ctx, in.Conversation)
}

func (s *Routes) syncNow(ctx context.Context, in *door.ConversationPath) (*door.Body[model.Conversation], error) {
	if err := s.hub.SyncNow(ctx, door.User(ctx), in.Conversation); err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return s.conversation(ctx, in.Conversation)
}

type syncPageInput struct {
	door.PagePath
	Body syncBody
}

func (s *Routes) syncPage(ctx context.Context, in *syncPageInput) (*door.Body[model.Page], error) {
	p, err := s.hub.SetPageSync(ctx, door.User(ctx), in.Page, in.Body.On)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[model.Page]{Body: p}, nil
}
