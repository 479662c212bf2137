package pipedrive_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parley/hub/pipedrive"
	"parley/model"
)

// TestWebhooks: subscribed to, found again and given up by the company token; what then
// comes is read as it was meant, with the name and password that were asked for.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	type call struct {
		name, password string
		body           []byte
	}
	came := make(chan call, 20)
	ear := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		c := call{}
		c.name, c.password, _ = r.BasicAuth()
		c.body, _ = io.ReadAll(r.Body)
		came <- c
	}))
	t.Cleanup(ear.Close)
	ask := model.CRMWebhook{Name: "Parley deal", URL: ear.URL + "/hook", Object: model.Deal, User: "parley", Password: "秘密 pass"}
	if err := w.AddWebhook(t.Context(), ask); err != nil {
		t.Fatal(err)
	}
	list, err := w.Webhooks(t.Context())
	if err != nil || len(list) != 1 || list[0].Name != ask.Name || list[0].URL != ask.URL || list[0].Object != model.Deal || !list[0].Active || list[0].Password != "" {
		t.Fatalf("webhooks: %+v, %v", list, err)
	}
	unreached := ask
	unreached.URL = "http://127.0.0.1:1/hook"
	if err := w.AddWebhook(t.Context(), unreached); !errors.Is(err, model.ErrCRMInvalid) {
		t.Errorf("an address nobody listens at: %v", err)
	}
	made := w.control(http.MethodPost, "/pipedrive/deals", `{"title": "椅子", "visible_to": 1}`)
	id := fmt.Sprint(made["data"].(map[string]any)["id"])
	c := <-came
	e, err := pipedrive.ReadWebhook(c.body)
	if err != nil || c.name != "parley" || c.password != "秘密 pass" || e.Record != (model.RecordRef{Type: model.Deal, ID: id}) || e.Deleted || e.Company != 7_654_321 ||
		len(e.Permitted) != 1 || time.Since(e.At).Abs() > time.Minute {
		t.Errorf("came %+v, %v, by %s %s", e, err, c.name, c.password)
	}
	w.control(http.MethodDelete, "/pipedrive/deals/"+id, "")
	if e, err := pipedrive.ReadWebhook((<-came).body); err != nil || !e.Deleted || e.Record.ID != id {
		t.Errorf("deleted: %+v, %v", e, err)
	}
	if err := w.RemoveWebhook(t.Context(), list[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := w.RemoveWebhook(t.Context(), list[0].ID); !errors.Is(err, model.ErrCRMNotFound) {
		t.Errorf("given up twice: %v", err)
	}
}

// TestBriefAndConverted: a record alone costs one call; the deal of a lead is found among
// its person's.
func TestBriefAndConverted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var leads struct{ Leads []struct{ ID string } }
	raw, err := json.Marshal(w.control(http.MethodGet, "/pipedrive/records", ""))
	if err != nil || json.Unmarshal(raw, &leads) != nil || len(leads.Leads) == 0 {
		t.Fatalf("leads: %v", err)
	}
	lead := model.RecordRef{Type: model.Lead, ID: leads.Leads[0].ID}
	r, err := w.Brief(t.Context(), lead)
	if err != nil || r.Title == "" || r.Person == nil || r.UpdatedAt.IsZero() || w.wire.made("GET") != 1 {
		t.Fatalf("brief: %+v, %v, %d calls", r, err, w.wire.made("GET"))
	}
	if _, err := w.DealOfLead(t.Context(), lead.ID, r.Person.ID); !errors.Is(err, model.ErrCRMNotFound) {
		t.Errorf("a lead that is one: %v", err)
	}
	w.control(http.MethodPost, "/pipedrive/leads/"+lead.ID+"/convert", "")
	if _, err := w.Brief(t.Context(), lead); !errors.Is(err, model.ErrCRMNotFound) {
		t.Errorf("a lead that is none any more: %v", err)
	}
	deal, err := w.DealOfLead(t.Context(), lead.ID, r.Person.ID)
	if d, err2 := w.Brief(t.Context(), deal); err != nil || err2 != nil || d.Title != r.Title || d.Stage == nil || d.Stage.ID == 0 {
		t.Errorf("became %s, %+v, %v, %v", deal, d, err, err2)
	}
	if _, err := w.DealOfLead(t.Context(), lead.ID, "../users"); !errors.Is(err, model.ErrCRMNotFound) {
		t.Errorf("no person: %v", err)
	}
}

const webhookBody = `{"meta":{"action":"change","entity":"person","entity_id":"14","company_id":7,"id":"e","timestamp":"2026-03-01T09:00:00.123Z","version":"2.0",
	"permitted_user_ids":["101",102],"merged_to_id":20},"data":{"person_id":3},"previous":null}`

// TestReadWebhook: ids are numbers or strings; who may see the record is told as a whole
// or not at all.
func TestReadWebhook(t *testing.T) {
	t.Parallel()
	e, err := pipedrive.ReadWebhook([]byte(webhookBody))
	if err != nil || e.Record.String() != "person:14" || e.MergedInto.String() != "person:20" || e.Company != 7 || len(e.Permitted) != 2 || e.Permitted[1] != 102 ||
		!e.At.Equal(time.Date(2026, 3, 1, 9, 0, 0, 123_000_000, time.UTC)) {
		t.Errorf("read %+v, %v", e, err)
	}
	for name, change := range map[string][2]string{
		"none told": {`"permitted_user_ids":["101",102],`, ""}, "null": {`["101",102]`, "null"}, "a word among them": {"102", `"x"`}, "a negative": {"102", "-102"},
		"no list": {`["101",102]`, `"101"`}, "a fraction": {"102", "102.5"},
	} {
		e, err := pipedrive.ReadWebhook([]byte(strings.Replace(webhookBody, change[0], change[1], 1)))
		if err != nil || e.Permitted != nil {
			t.Errorf("%s: %v, %v", name, e.Permitted, err)
		}
	}
	if e, err := pipedrive.ReadWebhook([]byte(strings.Replace(webhookBody, `["101",102]`, "[]", 1))); err != nil || e.Permitted == nil {
		t.Errorf("nobody: %v, %v", e.Permitted, err)
	}
	if e, err := pipedrive.ReadWebhook([]byte(strings.Replace(webhookBody, `:20}`, `:14}`, 1))); err != nil || e.MergedInto.ID != "" {
		t.Errorf("merged into itself: %+v, %v", e, err)
	}
	for from, to := range map[string]string{`"person",`: `"organization",`, `"2.0"`: `"1.0"`, "change": "merge", `"e"`: `""`, `"14"`: `"0"`, "2026-03": "26-03", ":7": ":null"} {
		if e, err := pipedrive.ReadWebhook([]byte(strings.Replace(webhookBody, from, to, 1))); err == nil {
			t.Errorf("%s: read %+v", to, e)
		}
	}
}

func FuzzWebhook(f *testing.F) {
	for _, s := range []string{
		webhookBody, strings.Replace(webhookBody, "person\"", "lead\"", 1), "null", "[]", `{"meta":null}`, `{"meta":{"entity_id":{"a":[1]}}}`, "\xff",
		`{"meta":{"action":"delete","entity":"lead","entity_id":"AAAAAAAA-0000-4000-8000-000000000000","company_id":"7","id":"x","timestamp":"9999-12-31T23:59:59Z","version":"2.0"},"data":null,"previous":{"person_id":1e99}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := pipedrive.ReadWebhook(body)
		if err != nil {
			return
		}
		if !e.Record.Valid() || e.MergedInto.ID != "" && (!e.MergedInto.Valid() || e.MergedInto == e.Record) || e.Company <= 0 || e.ID == "" || len(e.ID) > 100 {
			t.Errorf("read %+v", e)
		}
		if p := (model.RecordRef{Type: model.Person, ID: e.Person}); e.Person != "" && !p.Valid() {
			t.Errorf("a person %q", e.Person)
		}
		for _, id := range e.Permitted {
			if id <= 0 {
				t.Errorf("a user %d", id)
			}
		}
	})
}
