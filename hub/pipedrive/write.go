package pipedrive

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"parley/model"
)

// CreatePerson creates a person with p's Title (the name), OrganizationID, Email, Phone and
// OwnerID. No write is sent twice: one that is [model.ErrCRMUnavailable] may have happened.
func (c *Client) CreatePerson(ctx context.Context, as *model.CRMGrant, p model.NewRecord) (model.Record, error) {
	b := newBody(p.Title)
	b.set("name", strings.TrimSpace(p.Title))
	b.contact("emails", p.Email)
	b.contact("phones", p.Phone)
	b.id("org_id", p.OrganizationID)
	b.owner(p.OwnerID)
	return c.create(ctx, as, model.Person, b)
}

// CreateLead creates a lead; it needs a PersonID or an OrganizationID.
func (c *Client) CreateLead(ctx context.Context, as *model.CRMGrant, p model.NewRecord) (model.Record, error) {
	b := newBody(p.Title)
	b.set("title", strings.TrimSpace(p.Title))
	b.id("person_id", p.PersonID)
	b.id("organization_id", p.OrganizationID)
	b.bad = b.bad || p.PersonID == "" && p.OrganizationID == ""
	if p.Value != nil {
		b.set("value", p.Value)
	}
	b.day(p.ExpectedClose)
	b.owner(p.OwnerID)
	return c.create(ctx, as, model.Lead, b)
}

// CreateDeal creates a deal, in the stage StageID, or else in the first one.
func (c *Client) CreateDeal(ctx context.Context, as *model.CRMGrant, p model.NewRecord) (model.Record, error) {
	b := newBody(p.Title)
	b.set("title", strings.TrimSpace(p.Title))
	b.id("person_id", p.PersonID)
	b.id("org_id", p.OrganizationID)
	if p.Value != nil {
		b.set("value", p.Value.Amount)
		b.set("currency", p.Value.Currency)
	}
	if p.StageID != 0 {
		b.set("stage_id", p.StageID)
	}
	b.day(p.ExpectedClose)
	b.owner(p.OwnerID)
	return c.create(ctx, as, model.Deal, b)
}

// body is the JSON of a write; bad reports invalid values.
type body struct {
	keys map[string]any
	bad  bool
}

func newBody(title string) *body {
	return &body{keys: map[string]any{}, bad: strings.TrimSpace(title) == ""}
}

func (b *body) set(key string, v any) { b.keys[key] = v }

func (b *body) id(key, id string) {
	if id == "" {
		return
	}
	n, err := strconv.ParseInt(id, 10, 64)
	b.bad = b.bad || err != nil || n <= 0
	b.set(key, n)
}

func (b *body) owner(id int64) {
	if id != 0 {
		b.set("owner_id", id)
	}
}

func (b *body) day(s string) {
	if s == "" {
		return
	}
	b.bad = b.bad || day(s) == ""
	b.set("expected_close_date", s)
}

func (b *body) contact(key, value string) {
	if value = strings.TrimSpace(value); value != "" {
		b.set(key, []map[string]any{{"value": value, "primary": true, "label": "work"}})
	}
}

func (c *Client) create(ctx context.Context, as *model.CRMGrant, t model.RecordType, b *body) (model.Record, error) {
	path, _ := endpoint(t)
	return c.writeRecord(ctx, as, model.RecordRef{Type: t}, request{name: "add " + string(t), method: http.MethodPost, path: path, body: b.keys}, b.bad)
}

// writeRecord creates or changes a record and returns its new state. Names that can't be read are
// left out: it must not get lost that the write was done.
func (c *Client) writeRecord(ctx context.Context, as *model.CRMGrant, named model.RecordRef, q request, bad bool) (model.Record, error) {
	if bad {
		return model.Record{}, fmt.Errorf("pipedrive %s: %w", q.name, model.ErrCRMInvalid)
	}
	by, err := c.credential(q.name, as)
	if err != nil {
		return model.Record{}, err
	}
	a, err := c.do(ctx, by, q)
	if err != nil {
		return model.Record{}, err
	}
	_, read := endpoint(named.Type)
	w, err := decodeRecord(q.name, named, a, read)
	if err != nil {
		return model.Record{}, err
	}
	r, err := c.complete(ctx, by, w)
	if err != nil {
		base, _ := c.domain.peek(by.holder, c.now())
		if by.base != DefaultURL {
			base = by.base
		}
		who, _ := c.people.peek(by.holder, c.now())
		stages, _ := c.stages.peek(by.holder, c.now())
		finish(&w, base, who, stages)
		if base == "" {
			w.URL = ""
		}
		return w.Record, nil //nolint:nilerr // the write itself was done
	}
	return r, nil
}

// SetStage moves a deal to another stage.
func (c *Client) SetStage(ctx context.Context, as *model.CRMGrant, deal string, stage int64) (model.Record, error) {
	return c.change(ctx, as, deal, map[string]any{"stage_id": stage}, stage <= 0)
}

// SetStatus reopens or closes a deal. reason, which may be empty, is why it was lost.
func (c *Client) SetStatus(ctx context.Context, as *model.CRMGrant, deal string, s model.DealStatus, reason string) (model.Record, error) {
	keys := map[string]any{"status": s}
	if s == model.DealLost && strings.TrimSpace(reason) != "" {
		keys["lost_reason"] = strings.TrimSpace(reason)
	}
	return c.change(ctx, as, deal, keys, status(string(s)) == "")
}

func (c *Client) change(ctx context.Context, as *model.CRMGrant, deal string, keys map[string]any, bad bool) (model.Record, error) {
	const call = "change deal"
	known, ok := ref(model.Deal, deal)
	if !ok {
		return model.Record{}, fmt.Errorf("pipedrive %s: %w", call, model.ErrCRMNotFound)
	}
	return c.writeRecord(ctx, as, known, request{name: call, method: http.MethodPatch, path: "/api/v2/deals/" + known.ID, body: keys}, bad)
}

// How often and how long to ask whether a lead has become a deal.
const (
	convertFirst = 100 * time.Millisecond
	convertSlow  = 2 * time.Second
	convertMost  = time.Minute
)

// ConvertLead turns a lead into a deal and returns the deal. The lead is then gone, and its
// notes are on the deal. After [model.ErrCRMUnavailable] it may still happen.
func (c *Client) ConvertLead(ctx context.Context, as *model.CRMGrant, lead string) (model.RecordRef, error) {
	const call = "convert lead"
	by, err := c.credential(call, as)
	if err != nil {
		return model.RecordRef{}, err
	}
	known, ok := ref(model.Lead, lead)
	if !ok {
		return model.RecordRef{}, fmt.Errorf("pipedrive %s: %w", call, model.ErrCRMNotFound)
	}
	path := "/api/v2/leads/" + known.ID + "/convert/"
	a, err := c.do(ctx, by, request{name: call, method: http.MethodPost, path: path + "deal", body: map[string]any{}})
	if err != nil {
		return model.RecordRef{}, err
	}
	var w struct {
		ID string `json:"conversion_id"`
	}
	if json.Unmarshal(a.data, &w) != nil {
		return model.RecordRef{}, unavailable(call, errUnreadable)
	}
	id, ok := ref(model.Lead, strings.ToLower(w.ID)) // it has the form of a lead's id
	if !ok {
		return model.RecordRef{}, unavailable(call, errUnreadable)
	}
	return c.converted(ctx, by, path+"status/"+id.ID)
}

// converted waits for a conversion to end.
func (c *Client) converted(ctx context.Context, by credential, path string) (model.RecordRef, error) {
	const call = "conversion of lead"
	ctx, cancel := context.WithTimeout(ctx, convertMost)
	defer cancel()
	for pause := convertFirst; ; pause = min(2*pause, convertSlow) {
		a, err := c.do(ctx, by, request{name: call, method: http.MethodGet, path: path})
		if err != nil {
			return model.RecordRef{}, err
		}
		deal, over, err := readConversion(a.data)
		if over || err != nil {
			return deal, err
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return model.RecordRef{}, unavailable(call, ctx.Err())
		case <-timer.C:
		}
	}
}

// readConversion reports whether a conversion is over, and the deal that it made.
func readConversion(data json.RawMessage) (deal model.RecordRef, over bool, err error) {
	const call = "conversion of lead"
	var w struct {
		Status string `json:"status"`
		Deal   int64  `json:"deal_id"`
	}
	if json.Unmarshal(data, &w) != nil {
		return deal, true, unavailable(call, errUnreadable)
	}
	switch w.Status {
	case "not_started", "running":
		return deal, false, nil
	case "completed":
		if deal, ok := numbered(model.Deal, w.Deal); ok {
			return deal, true, nil
		}
	case "failed", "rejected":
		return deal, true, fmt.Errorf("pipedrive %s: %w: it ended as %s", call, model.ErrCRMInvalid, w.Status)
	}
	return deal, true, unavailable(call, errUnreadable)
}
