package pipedrive

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"parley/model"
)

// Bounds of what is accepted from Pipedrive.
const (
	maxText     = 1000 // characters of a title or name
	maxContacts = 20   // addresses or numbers of a person
)

// text cleans a text that somebody wrote.
func text(s string) model.Untrusted {
	n := 0
	for i := range s {
		if n == maxText {
			return model.Untrusted(s[:i])
		}
		n++
	}
	return model.Untrusted(s)
}

func texts(list []string) []model.Untrusted {
	var out []model.Untrusted
	for _, s := range list {
		if strings.TrimSpace(s) != "" && len(out) < maxContacts {
			out = append(out, text(s))
		}
	}
	return out
}

// ref returns a reference for an id, a number or a UUID; ok is false if it is invalid.
func ref(t model.RecordType, id string) (model.RecordRef, bool) {
	r, err := model.ParseRecordRef(string(t) + ":" + id)
	return r, err == nil && r.Type == t
}

func numbered(t model.RecordType, id int64) (model.RecordRef, bool) {
	return ref(t, strconv.FormatInt(id, 10))
}

// money returns an amount, nil if there is no valid one.
func money(amount *float64, currency string) *model.Money {
	if amount == nil || len(currency) != 3 || strings.Trim(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return nil
	}
	return &model.Money{Amount: *amount, Currency: currency}
}

// day returns a day, empty if s is invalid.
func day(s string) string {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return ""
	}
	return s
}

func status(s string) model.DealStatus {
	switch d := model.DealStatus(s); d {
	case model.DealOpen, model.DealWon, model.DealLost:
		return d
	}
	return ""
}

// Formats of times: version 2 and leads use RFC 3339, version 1 this one, in UTC.
const timeV1 = "2006-01-02 15:04:05"

// moment parses a time, zero if s is invalid.
func moment(s string) time.Time {
	for _, layout := range []string{time.RFC3339, timeV1} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// whole is a record with the ids of what must be read separately.
type whole struct {
	model.Record
	person     int64
	stage      int64
	sourceLead string
	added      time.Time
}

type wireContact struct {
	Value   string `json:"value"`
	Primary bool   `json:"primary"`
}

// contacts returns the values, the primary one first.
func contacts(list []wireContact) []model.Untrusted {
	var values []string
	for _, c := range list {
		if c.Primary {
			values = append(values, c.Value)
		}
	}
	for _, c := range list {
		if !c.Primary {
			values = append(values, c.Value)
		}
	}
	return texts(values)
}

// readPerson decodes a person; ok is false if it is invalid or deleted.
//
// Source: Pipedrive's OpenAPI, version 2, "Get details of a person".
func readPerson(data json.RawMessage) (whole, bool) {
	var w struct {
		ID      int64         `json:"id"`
		Name    string        `json:"name"`
		Owner   int64         `json:"owner_id"`
		Org     int64         `json:"org_id"`
		Emails  []wireContact `json:"emails"`
		Phones  []wireContact `json:"phones"`
		Deleted bool          `json:"is_deleted"`
		Added   string        `json:"add_time"`
		Updated string        `json:"update_time"`
	}
	if json.Unmarshal(data, &w) != nil || w.Deleted {
		return whole{}, false
	}
	r, ok := numbered(model.Person, w.ID)
	return whole{Record: model.Record{
		RecordRef: r, Title: text(w.Name), Emails: contacts(w.Emails), Phones: contacts(w.Phones), OwnerID: max(w.Owner, 0), OrganizationID: max(w.Org, 0), UpdatedAt: moment(w.Updated),
	}, added: moment(w.Added)}, ok
}

// readDeal decodes a deal.
//
// Source: Pipedrive's OpenAPI, version 2, "Get details of a deal".
func readDeal(data json.RawMessage) (whole, bool) {
	var w struct {
		ID       int64    `json:"id"`
		Title    string   `json:"title"`
		Owner    int64    `json:"owner_id"`
		Person   int64    `json:"person_id"`
		Org      int64    `json:"org_id"`
		Stage    int64    `json:"stage_id"`
		Value    *float64 `json:"value"`
		Currency string   `json:"currency"`
		Status   string   `json:"status"`
		Expected string   `json:"expected_close_date"`
		Deleted  bool     `json:"is_deleted"`
		Added    string   `json:"add_time"`
		Updated  string   `json:"update_time"`
		Lead     string   `json:"source_lead_id"`
	}
	if json.Unmarshal(data, &w) != nil || w.Deleted {
		return whole{}, false
	}
	r, ok := numbered(model.Deal, w.ID)
	return whole{Record: model.Record{
		RecordRef: r, Title: text(w.Title), OwnerID: max(w.Owner, 0), OrganizationID: max(w.Org, 0), Value: money(w.Value, w.Currency), Status: status(w.Status), ExpectedClose: day(w.Expected), UpdatedAt: moment(w.Updated),
	}, sourceLead: w.Lead, person: w.Person, stage: w.Stage, added: moment(w.Added)}, ok
}

// readLead decodes a lead.
//
// Source: Pipedrive's OpenAPI, version 1, "Get one lead".
func readLead(data json.RawMessage) (whole, bool) {
	var w struct {
		ID     string `json:"id"`
		Title  string `json:"title"`
		Owner  int64  `json:"owner_id"`
		Person int64  `json:"person_id"`
		Org    int64  `json:"organization_id"`
		Value  *struct {
			Amount   *float64 `json:"amount"`
			Currency string   `json:"currency"`
		} `json:"value"`
		Expected string `json:"expected_close_date"`
		Added    string `json:"add_time"`
		Updated  string `json:"update_time"`
	}
	if json.Unmarshal(data, &w) != nil {
		return whole{}, false
	}
	r, ok := ref(model.Lead, w.ID)
	l := whole{
		Record: model.Record{RecordRef: r, Title: text(w.Title), OwnerID: max(w.Owner, 0), OrganizationID: max(w.Org, 0), ExpectedClose: day(w.Expected), UpdatedAt: moment(w.Updated)},
		person: w.Person, added: moment(w.Added),
	}
	if w.Value != nil {
		l.Value = money(w.Value.Amount, w.Value.Currency)
	}
	return l, ok
}

// readAll decodes a list of records, leaving out invalid ones.
func readAll(data json.RawMessage, read func(json.RawMessage) (whole, bool)) (list []whole, ok bool) {
	ok = each(data, func(one json.RawMessage) {
		if w, ok := read(one); ok {
			list = append(list, w)
		}
	})
	return list, ok
}

// wireFound is one result of a search.
type wireFound struct {
	Item struct {
		ID       json.RawMessage `json:"id"`
		Type     string          `json:"type"`
		Name     string          `json:"name"`
		Title    string          `json:"title"`
		Phones   []string        `json:"phones"`
		Emails   []string        `json:"emails"`
		Value    *float64        `json:"value"`
		Currency string          `json:"currency"`
		Status   string          `json:"status"`
		Archived bool            `json:"is_archived"`
		Owner    *struct {
			ID int64 `json:"id"`
		} `json:"owner"`
		Stage *struct {
			ID   int64  `json:"id"`
			Name string `json:"name"`
		} `json:"stage"`
		Person *struct {
			ID   int64  `json:"id"`
			Name string `json:"name"`
		} `json:"person"`
		Organization *struct {
			ID   int64  `json:"id"`
			Name string `json:"name"`
		} `json:"organization"`
	} `json:"item"`
}

// readFound decodes the results of a search in their order, leaving out archived ones and types
// that were not asked for.
//
// Source: Pipedrive's OpenAPI, version 2, "Perform a search from multiple item types".
func readFound(data json.RawMessage, types []model.RecordType) (list []model.Record, ok bool) {
	var w struct {
		Items json.RawMessage `json:"items"`
	}
	if json.Unmarshal(data, &w) != nil {
		return nil, false
	}
	ok = each(w.Items, func(one json.RawMessage) {
		if r, ok := readHit(one, types); ok {
			list = append(list, r)
		}
	})
	return list, ok
}

func readHit(data json.RawMessage, types []model.RecordType) (model.Record, bool) {
	var w wireFound
	if json.Unmarshal(data, &w) != nil || w.Item.Archived {
		return model.Record{}, false
	}
	it := w.Item
	named, ok := ref(model.RecordType(it.Type), strings.Trim(string(it.ID), `"`))
	if !ok || !wanted(types, named.Type) {
		return model.Record{}, false
	}
	r := model.Record{RecordRef: named, Title: text(it.Title), Emails: texts(it.Emails), Phones: texts(it.Phones)}
	if named.Type == model.Person {
		r.Title = text(it.Name)
	} else {
		r.Value = money(it.Value, it.Currency)
	}
	if it.Owner != nil {
		r.OwnerID = max(it.Owner.ID, 0)
	}
	if it.Organization != nil {
		r.Organization, r.OrganizationID = text(it.Organization.Name), max(it.Organization.ID, 0)
	}
	if it.Person != nil && named.Type != model.Person {
		if p, ok := numbered(model.Person, it.Person.ID); ok {
			r.Person, r.PersonName = &p, text(it.Person.Name)
		}
	}
	if named.Type == model.Deal {
		r.Status = status(it.Status)
		if it.Stage != nil && it.Stage.ID > 0 {
			r.Stage = &model.Stage{ID: it.Stage.ID, Name: text(it.Stage.Name)}
		}
	}
	return r, true
}

func wanted(types []model.RecordType, t model.RecordType) bool {
	for _, x := range types {
		if x == t {
			return true
		}
	}
	return false
}
