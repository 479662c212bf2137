package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"parley/model"
)

// fakeCRM is a CRM that the fake hub speaks to.
type fakeCRM struct {
	suggested []model.Candidate
	found     map[string][]model.Candidate
	records   map[model.RecordRef]model.Record
	stages    []model.Stage
	made      []model.NewRecord
	// others is how many others see a record; nil: it can't be told.
	others *int
	// transcripts are the pages of a record's transcripts, by cursor; failOn is why that of
	// a cursor can't be read.
	transcripts map[string]model.RecordView
	failOn      map[string]error
	// err is why it answers nothing; failMade why nothing can be made of that kind.
	err error
	// budget is how many percent of the CRM's budget are left; nil: enough.
	budget   *int
	failMade map[model.RecordType]error
}

func (h *fakeHub) SearchCRM(ctx context.Context, words string, _ []model.RecordType) ([]model.Candidate, error) {
	if ctx.Err() != nil {
		_ = h.note("ended " + words)
	}
	return h.crm.found[words], errors.Join(h.note("crm "+words), h.crm.err)
}

func (h *fakeHub) Suggestions(_ context.Context, id model.ConversationID) ([]model.Candidate, error) {
	return h.crm.suggested, errors.Join(h.note("suggest "+string(id)), h.crm.err)
}

func (h *fakeHub) MakePSIDField(context.Context) (bool, error) {
	n := 0
	for _, a := range h.asked {
		if a == "psid field" {
			n++
		}
	}
	return n == 0, errors.Join(h.note("psid field"), h.crm.err)
}

func (h *fakeHub) CRMBudget() (percent int, low bool) {
	if h.crm.budget == nil {
		return 0, false
	}
	return *h.crm.budget, true
}

func (h *fakeHub) Record(_ context.Context, ref model.RecordRef) (model.Record, error) {
	err := errors.Join(h.note("record "+ref.String()), h.crm.err)
	r, ok := h.crm.records[ref]
	if !ok {
		err = errors.Join(err, errors.New("no such record"))
	}
	return r, err
}

func (h *fakeHub) RecordFor(ctx context.Context, ref model.RecordRef, _ model.ConversationID) (model.RecordView, error) {
	r, err := h.Record(ctx, ref)
	return model.RecordView{Record: r, Others: h.crm.others}, err
}

func (h *fakeHub) RecordTranscripts(_ context.Context, ref model.RecordRef, cursor string) (model.RecordView, error) {
	err := errors.Join(h.note("transcripts "+ref.String()+" "+cursor), h.crm.err, h.crm.failOn[cursor])
	v := h.crm.transcripts[cursor]
	v.Record = h.crm.records[ref]
	return v, err
}

// syncs makes every link of a conversation say how the transcript stands.
func (h *fakeHub) syncs(id model.ConversationID, s model.SyncState) (model.Conversation, error) {
	return h.linked(id, func(c *model.Conversation) {
		c.Links = slices.Clone(c.Links)
		for i := range c.Links {
			c.Links[i].Sync = &model.Sync{State: s}
		}
	})
}

func (h *fakeHub) SyncNow(_ context.Context, id model.ConversationID) (model.Conversation, error) {
	_ = h.note("sync now")
	return h.syncs(id, model.SyncWaiting)
}

func (h *fakeHub) SetSync(_ context.Context, id model.ConversationID, on bool) (model.Conversation, error) {
	_ = h.note(fmt.Sprint("sync ", on))
	return h.syncs(id, map[bool]model.SyncState{true: model.SyncWaiting, false: model.SyncOff}[on])
}

func (h *fakeHub) SetPageSync(_ context.Context, id model.PageID, on bool) (model.Page, error) {
	return model.Page{}, h.note(fmt.Sprint("sync page ", id, " ", on))
}

func (h *fakeHub) CreateRecord(_ context.Context, t model.RecordType, n model.NewRecord) (model.Record, error) {
	if err := errors.Join(h.note("create "+string(t)), h.crm.failMade[t]); err != nil {
		return model.Record{}, err
	}
	h.crm.made = append(h.crm.made, n)
	r := model.Record{RecordRef: model.RecordRef{Type: t, ID: fmt.Sprint(900 + len(h.crm.made))}, Title: model.Untrusted(n.Title), Value: n.Value, Mine: true}
	h.crm.put(r)
	return r, nil
}

func (c *fakeCRM) put(r model.Record) {
	if c.records == nil {
		c.records = map[model.RecordRef]model.Record{}
	}
	c.records[r.RecordRef] = r
}

// linked is like changed, but that the conversation keeps its seq.
func (h *fakeHub) linked(id model.ConversationID, f func(*model.Conversation)) (model.Conversation, error) {
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

func (h *fakeHub) Link(_ context.Context, id model.ConversationID, ref model.RecordRef) (model.Conversation, error) {
	err := h.note("link " + ref.String())
	c, cerr := h.linked(id, func(c *model.Conversation) {
		var kept []model.Link
		for _, l := range c.Links {
			if (l.Type == string(model.Person)) != (ref.Type == model.Person) {
				kept = append(kept, l)
			}
		}
		c.Links = append(kept, model.Link{Type: string(ref.Type), ID: ref.ID, Title: h.crm.records[ref].Title})
	})
	return c, errors.Join(err, cerr)
}

func (h *fakeHub) Unlink(_ context.Context, id model.ConversationID, ref model.RecordRef) (model.Conversation, error) {
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

func (h *fakeHub) Stages(context.Context) ([]model.Stage, error) { return h.crm.stages, h.crm.err }

func (h *fakeHub) SetStage(_ context.Context, deal string, stage int64) (model.Record, error) {
	r := h.crm.records[model.RecordRef{Type: model.Deal, ID: deal}]
	for _, s := range h.crm.stages {
		if s.ID == stage {
			r.Stage = &s
		}
	}
	h.crm.put(r)
	return r, h.note(fmt.Sprint("stage ", deal, " ", stage))
}

func (h *fakeHub) SetDealStatus(_ context.Context, deal string, status model.DealStatus, reason string) (model.Record, error) {
	r := h.crm.records[model.RecordRef{Type: model.Deal, ID: deal}]
	r.Status = status
	h.crm.put(r)
	return r, h.note(fmt.Sprint("status ", deal, " ", status, " ", reason))
}

func (h *fakeHub) ConvertLead(_ context.Context, lead string) (model.RecordRef, error) {
	return model.RecordRef{Type: model.Deal, ID: "77"}, h.note("convert " + lead)
}

// hostileCRM has a CRM whose every text is what it is told.
func (w *world) hostileCRM(text func(name string) model.Untrusted) {
	record := func(t model.RecordType, id string) model.Record {
		return model.Record{
			RecordRef: model.RecordRef{Type: t, ID: id}, Title: text("record"), Organization: text("organization"), Owner: text("owner"),
			Emails: []model.Untrusted{text("email")}, Phones: []model.Untrusted{text("phone")}, PersonName: text("with"), URL: string(text("address")),
			Value: &model.Money{Amount: 1e20, Currency: string(text("currency"))}, Stage: &model.Stage{ID: 1, Name: text("stage"), Pipeline: text("pipeline")},
			Status: model.DealStatus("open"), ExpectedClose: string(text("day")),
		}
	}
	deal, person := record(model.Deal, "1"), record(model.Person, "2")
	person.Open = []model.Record{record(model.Lead, "3"), deal}
	w.hub.crm.put(deal)
	w.hub.crm.put(person)
	w.hub.crm.stages = []model.Stage{{ID: 1, Name: text("stage")}, {ID: 2, Name: text("stage"), Pipeline: text("pipeline")}}
	w.hub.crm.suggested = []model.Candidate{{Record: person, Match: model.MatchPhone, Found: text("found")}, {Record: deal, Match: model.MatchNearName, Found: text("found")}}
}
