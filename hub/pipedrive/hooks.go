package pipedrive

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"parley/model"
)

// webhooksPath is the path for subscribing to webhooks.
const webhooksPath = "/api/v1/webhooks"

// dealsOfPerson is how many deals of a person are searched for that of a lead.
const dealsOfPerson = 100

type wireWebhook struct {
	ID     int64           `json:"id"`
	Name   string          `json:"name"`
	URL    string          `json:"subscription_url"`
	Object string          `json:"event_object"`
	Active json.RawMessage `json:"is_active"` // 1, or true
}

// Webhooks returns the webhooks of the company token.
func (c *Client) Webhooks(ctx context.Context) ([]model.CRMWebhook, error) {
	const call = "webhooks"
	by, err := c.credential(call, nil)
	if err != nil {
		return nil, err
	}
	a, err := c.do(ctx, by, request{name: call, method: http.MethodGet, path: webhooksPath})
	if err != nil {
		return nil, err
	}
	var list []model.CRMWebhook
	ok := each(a.data, func(one json.RawMessage) {
		var w wireWebhook
		if json.Unmarshal(one, &w) == nil && w.ID > 0 {
			active := string(w.Active)
			list = append(list, model.CRMWebhook{
				ID: w.ID, Name: w.Name, URL: w.URL, Object: model.RecordType(w.Object), Active: active != "0" && active != "false",
			})
		}
	})
	if !ok {
		return nil, unavailable(call, errUnreadable)
	}
	return list, nil
}

// AddWebhook subscribes to everything that happens to records of a type. It needs an admin's
// token; [model.ErrCRMInvalid] means that there are too many webhooks, or that Pipedrive can't
// reach the address.
func (c *Client) AddWebhook(ctx context.Context, w model.CRMWebhook) error {
	const call = "add webhook"
	by, err := c.credential(call, nil)
	if err != nil {
		return err
	}
	_, err = c.do(ctx, by, request{name: call, method: http.MethodPost, path: webhooksPath, body: map[string]any{
		"subscription_url": w.URL, "event_action": "*", "event_object": string(w.Object), "name": w.Name, "version": "2.0",
		"http_auth_user": w.User, "http_auth_password": w.Password,
	}})
	return err
}

// RemoveWebhook removes a webhook.
func (c *Client) RemoveWebhook(ctx context.Context, id int64) error {
	const call = "remove webhook"
	by, err := c.credential(call, nil)
	if err != nil {
		return err
	}
	_, err = c.do(ctx, by, request{name: call, method: http.MethodDelete, path: webhooksPath + "/" + strconv.FormatInt(id, 10), bare: true})
	return err
}

// Brief reads a record alone, using the company token: without the names of its organisation,
// owner and person, and only with the id of its stage.
func (c *Client) Brief(ctx context.Context, r model.RecordRef) (model.Record, error) {
	by, err := c.credential(string(r.Type)+"s/{id}", nil)
	if err != nil {
		return model.Record{}, err
	}
	w, err := c.read(ctx, by, r)
	if err != nil {
		return model.Record{}, err
	}
	if p, ok := numbered(model.Person, w.person); ok && r.Type != model.Person {
		w.Person = &p
	}
	if w.stage > 0 {
		w.Stage = &model.Stage{ID: w.stage}
	}
	return w.Record, nil
}

// DealOfLead returns the deal that a lead became, searching the newest deals of a person;
// [model.ErrCRMNotFound] if it is none of them.
func (c *Client) DealOfLead(ctx context.Context, lead, person string) (model.RecordRef, error) {
	const call = "deals"
	by, err := c.credential(call, nil)
	if err != nil {
		return model.RecordRef{}, err
	}
	if known, ok := ref(model.Person, person); !ok || known.ID != person {
		return model.RecordRef{}, fmt.Errorf("pipedrive %s: %w", call, model.ErrCRMNotFound)
	}
	query := url.Values{
		"person_id": {person}, "sort_by": {"add_time"}, "sort_direction": {"desc"}, "limit": {strconv.Itoa(dealsOfPerson)}, "include_fields": {"source_lead_id"},
	}
	list, err := c.list(ctx, by, request{name: call, method: http.MethodGet, path: "/api/v2/deals", query: query}, readDeal)
	if err != nil {
		return model.RecordRef{}, err
	}
	for _, d := range list {
		if d.sourceLead != "" && strings.EqualFold(d.sourceLead, lead) {
			return d.RecordRef, nil
		}
	}
	return model.RecordRef{}, fmt.Errorf("pipedrive %s: %w", call, model.ErrCRMNotFound)
}
