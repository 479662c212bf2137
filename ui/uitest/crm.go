package uitest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"parley/model"
)

// FakeCRM is a CRM that the fake hub speaks to.
type FakeCRM struct {
	Suggested []model.Candidate
	Found     map[string][]model.Candidate
	Records   map[model.RecordRef]model.Record
	Stages    []model.Stage
	Made      []model.NewRecord
	// Others is how many others see a record; nil: it can't be told.
	Others *int
	// Transcripts are the pages of a record's transcripts, by cursor; FailOn is why that of
	// a cursor can't be read.
	Transcripts map[string]model.RecordView
	FailOn      map[string]error
	// Err is why it answers nothing; FailMade why nothing can be made of that kind.
	Err error
	// Budget is how many percent of the CRM's budget are left; nil: enough.
	Budget   *int
	FailMade map[model.RecordType]error
}

// SearchCRM implements crm.Finder.
func (h *FakeHub) SearchCRM(ctx context.Context, words string, _ []model.RecordType) ([]model.Candidate, error) {
	if ctx.Err() != nil {
		_ = h.note("ended " + words)
	}
	return h.CRM.Found[words], errors.Join(h.note("crm "+words), h.CRM.Err)
}

// Suggestions implements crm.Finder.
func (h *FakeHub) Suggestions(_ context.Context, id model.ConversationID) ([]model.Candidate, error) {
	return h.CRM.Suggested, errors.Join(h.note("suggest "+string(id)), h.CRM.Err)
}

// MakePSIDField implements crm.Records.
func (h *FakeHub) MakePSIDField(context.Context) (bool, error) {
	n := 0
	for _, a := range h.Asked {
		if a == "psid field" {
			n++
		}
	}
	return n == 0, errors.Join(h.note("psid field"), h.CRM.Err)
}

// CRMBudget implements crm.Finder.
func (h *FakeHub) CRMBudget() (percent int, low bool) {
	if h.CRM.Budget == nil {
		return 0, false
	}
	return *h.CRM.Budget, true
}

// Record implements crm.Records.
func (h *FakeHub) Record(_ context.Context, ref model.RecordRef) (model.Record, error) {
	err := errors.Join(h.note("record "+ref.String()), h.CRM.Err)
	r, ok := h.CRM.Records[ref]
	if !ok {
		err = errors.Join(err, errors.New("no such record"))
	}
	return r, err
}

// RecordFor implements crm.Records.
func (h *FakeHub) RecordFor(ctx context.Context, ref model.RecordRef, _ model.ConversationID) (model.RecordView, error) {
	r, err := h.Record(ctx, ref)
	return model.RecordView{Record: r, Others: h.CRM.Others}, err
}

// RecordTranscripts implements crm.Records.
func (h *FakeHub) RecordTranscripts(_ context.Context, ref model.RecordRef, cursor string) (model.RecordView, error) {
	err := errors.Join(h.note("transcripts "+ref.String()+" "+cursor), h.CRM.Err, h.CRM.FailOn[cursor])
	v := h.CRM.Transcripts[cursor]
	v.Record = h.CRM.Records[ref]
	return v, err
}

// syncs makes every link of a conversation say how the transcript stands.
func (h *FakeHub) syncs(id model.ConversationID, s model.SyncState) (model.Conversation, error) {
	return h.linked(id, func(c *model.Conversation) {
		c.Links = slices.Clone(c.Links)
		for i := range c.Links {
			c.Links[i].Sync = &model.Sync{State: s}
		}
	})
}

// SyncNow implements crm.Transcripts.
func (h *FakeHub) SyncNow(_ context.Context, id model.ConversationID) (model.Conversation, error) {
	_ = h.note("sync now")
	return h.syncs(id, model.SyncWaiting)
}

// SetSync implements crm.Transcripts.
func (h *FakeHub) SetSync(_ context.Context, id model.ConversationID, on bool) (model.Conversation, error) {
	_ = h.note(fmt.Sprint("sync ", on))
	return h.syncs(id, map[bool]model.SyncState{true: model.SyncWaiting, false: model.SyncOff}[on])
}

// SetPageSync implements crm.Transcripts.
func (h *FakeHub) SetPageSync(_ context.Context, id model.PageID, on bool) (model.Page, error) {
	return model.Page{}, h.note(fmt.Sprint("sync page ", id, " ", on))
}

// CreateRecord implements crm.Records.
func (h *FakeHub) CreateRecord(_ context.Context, t model.RecordType, n model.NewRecord) (model.Record, error) {
	if err := errors.Join(h.note("create "+string(t)), h.CRM.FailMade[t]); err != nil {
		return model.Record{}, err
	}
	h.CRM.Made = append(h.CRM.Made, n)
	r := model.Record{RecordRef: model.RecordRef{Type: t, ID: fmt.Sprint(900 + len(h.CRM.Made))}, Title: model.Untrusted(n.Title), Value: n.Value, Mine: true}
	h.CRM.Put(r)
	return r, nil
}

// Put puts a record there.
func (c *FakeCRM) Put(r model.Record) {
	if c.Records == nil {
		c.Records = map[model.RecordRef]model.Record{}
	}
	c.Records[r.RecordRef] = r
}

// linked is like changed, but that the conversation keeps its seq.
func (h *FakeHub) linked(id model.ConversationID, f func(*model.Conversation)) (model.Conversation, error) {
	var seq int64
	c, err := h.changed(id, func(c *model.Conversation) {
		if r, ok := h.inbox.Conversation(id); ok {
			seq = r.Seq
		}
		f(c)
	})
	c.Seq = seq
	return c, err
}

// Link implements crm.Linker.
func (h *FakeHub) Link(_ context.Context, id model.ConversationID, ref model.RecordRef) (model.Conversation, error) {
	err := h.note("link " + ref.String())
	c, cerr := h.linked(id, func(c *model.Conversation) {
		var kept []model.Link
		for _, l := range c.Links {
			if (l.Type == string(model.Person)) != (ref.Type == model.Person) {
				kept = append(kept, l)
			}
		}
		c.Links = append(kept, model.Link{Type: string(ref.Type), ID: ref.ID, Title: h.CRM.Records[ref].Title})
	})
	return c, errors.Join(err, cerr)
}

// Unlink implements crm.Linker.
func (h *FakeHub) Unlink(_ context.Context, id model.ConversationID, ref model.RecordRef) (model.Conversation, error) {
	err := h.note("unlink " + ref.String())
	c, cerr := h.linked(id, func(c *model.Conversation) {
		var kept []model.Link
		for _, l := range c.Links {
			if l.Ref() != ref {
				kept = append(kept, l)
			}
		}
		c.Links = kept
	})
	return c, errors.Join(err, cerr)
}

// Stages implements crm.Deals.
func (h *FakeHub) Stages(context.Context) ([]model.Stage, error) { return h.CRM.Stages, h.CRM.Err }

// SetStage implements crm.Deals.
func (h *FakeHub) SetStage(_ context.Context, deal string, stage int64) (model.Record, error) {
	r := h.CRM.Records[model.RecordRef{Type: model.Deal, ID: deal}]
	for _, s := range h.CRM.Stages {
		if s.ID == stage {
			r.Stage = &s
		}
	}
	h.CRM.Put(r)
	return r, h.note(fmt.Sprint("stage ", deal, " ", stage))
}

// SetDealStatus implements crm.Deals.
func (h *FakeHub) SetDealStatus(_ context.Context, deal string, status model.DealStatus, reason string) (model.Record, error) {
	r := h.CRM.Records[model.RecordRef{Type: model.Deal, ID: deal}]
	r.Status = status
	h.CRM.Put(r)
	return r, h.note(fmt.Sprint("status ", deal, " ", status, " ", reason))
}

// ConvertLead implements crm.Deals.
func (h *FakeHub) ConvertLead(_ context.Context, lead string) (model.RecordRef, error) {
	return model.RecordRef{Type: model.Deal, ID: "77"}, h.note("convert " + lead)
}
