package pipedrive

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"parley/model"
)

// The errors of [ReadWebhook], for errors.Is.
var (
	// ErrNotWebhook means that it is not a webhook of Pipedrive, version 2.
	ErrNotWebhook = errors.New("not a webhook of Pipedrive")
	// ErrOtherEntity means that it is not about a person, a lead or a deal.
	ErrOtherEntity = errors.New("webhook of another entity")
)

// Bounds of a webhook.
const (
	maxEventID   = 100
	maxPermitted = 10_000
)

// flexible is an id, which Pipedrive writes as a number or a string.
type flexible string

func (f *flexible) UnmarshalJSON(b []byte) error {
	*f = flexible(strings.Trim(string(b), `"`))
	if *f == "null" {
		*f = ""
	}
	return nil
}

func (f flexible) number() int64 {
	n, err := strconv.ParseInt(string(f), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

type wireEvent struct {
	Meta struct {
		Action    string          `json:"action"`
		Entity    string          `json:"entity"`
		EntityID  flexible        `json:"entity_id"`
		Company   flexible        `json:"company_id"`
		ID        string          `json:"id"`
		Timestamp string          `json:"timestamp"`
		Version   string          `json:"version"`
		Permitted json.RawMessage `json:"permitted_user_ids"`
		MergedTo  flexible        `json:"merged_to_id"`
	} `json:"meta"`
	Data     *wireEventData `json:"data"`
	Previous *wireEventData `json:"previous"`
}

// wireEventData is the part of a record that is read from a webhook; its current state is read
// from the API.
type wireEventData struct {
	Person     flexible `json:"person_id"`
	SourceLead flexible `json:"source_lead_id"`
}

// ReadWebhook decodes a webhook. It returns the list of who may see the record completely or
// not at all.
//
// Source: Pipedrive, "Guide for Webhooks v2".
func ReadWebhook(body []byte) (model.CRMEvent, error) {
	var w wireEvent
	if json.Unmarshal(body, &w) != nil || !strings.HasPrefix(w.Meta.Version, "2.") || w.Meta.ID == "" || len(w.Meta.ID) > maxEventID {
		return model.CRMEvent{}, ErrNotWebhook
	}
	e := model.CRMEvent{ID: w.Meta.ID, Company: w.Meta.Company.number()}
	at, err := time.Parse(time.RFC3339, w.Meta.Timestamp)
	if err != nil || e.Company == 0 {
		return model.CRMEvent{}, ErrNotWebhook
	}
	e.At = at.UTC()
	switch w.Meta.Action {
	case "create", "change":
	case "delete":
		e.Deleted = true
	default:
		return model.CRMEvent{}, ErrNotWebhook
	}
	kind := model.RecordType(w.Meta.Entity)
	if !kind.Valid() {
		return model.CRMEvent{}, ErrOtherEntity
	}
	known, ok := ref(kind, string(w.Meta.EntityID))
	if !ok {
		return model.CRMEvent{}, ErrNotWebhook
	}
	e.Record = known
	if into, ok := ref(model.Person, string(w.Meta.MergedTo)); ok && kind == model.Person && into != known {
		e.MergedInto = into
	}
	for _, d := range []*wireEventData{w.Previous, w.Data} {
		if d == nil {
			continue
		}
		if p, ok := ref(model.Person, string(d.Person)); ok && kind != model.Person {
			e.Person = p.ID
		}
		if l, ok := ref(model.Lead, string(d.SourceLead)); ok && kind == model.Deal {
			e.SourceLead = l.ID
		}
	}
	e.Permitted = readPermitted(w.Meta.Permitted)
	return e, nil
}

// readPermitted decodes who may see a record; nil if that is missing or unclear.
func readPermitted(data json.RawMessage) []int64 {
	var list []flexible
	if json.Unmarshal(data, &list) != nil || list == nil || len(list) > maxPermitted {
		return nil
	}
	ids := make([]int64, 0, len(list))
	for _, f := range list {
		id := f.number()
		if id == 0 {
			return nil
		}
		ids = append(ids, id)
	}
	return ids
}
