package pipedrive_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"parley/hub/pipedrive"
	"parley/model"
	"parley/sandbox"
)

// described checks every call and its answer against what we wrote down of Pipedrive's
// API.
type described struct {
	t      *testing.T
	router routers.Router
	next   http.RoundTripper
	mu     sync.Mutex
	calls  []string // method and path, as they were made
	// faulty: answers are spoilt on purpose, and not looked at.
	faulty atomic.Bool
}

var description = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromFile("testdata/openapi.yaml")
	if err != nil {
		return nil, err
	}
	return legacy.NewRouter(doc)
})

func (d *described) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == "/oauth/token" {
		return d.next.RoundTrip(r)
	}
	d.mu.Lock()
	d.calls = append(d.calls, r.Method+" "+r.URL.Path)
	d.mu.Unlock()
	route, vars, err := d.router.FindRoute(r)
	if err != nil {
		d.t.Errorf("%s %s is not described: %v", r.Method, r.URL.Path, err)
		return d.next.RoundTrip(r)
	}
	body, _ := io.ReadAll(r.Body)
	_ = r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(body))
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: vars, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: authenticated, IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
		d.t.Errorf("asked against the description: %v", err)
	}
	for key := range r.URL.Query() {
		if route.Operation.Parameters.GetByInAndName("query", key) == nil {
			d.t.Errorf("%s %s: %s is not described", r.Method, r.URL.Path, key)
		}
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	res, err := d.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(answer))
	if err != nil {
		return nil, err
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: res.StatusCode, Header: res.Header, Options: in.Options}
	if d.faulty.Load() {
		return res, nil
	}
	if err := openapi3filter.ValidateResponse(r.Context(), out.SetBodyBytes(answer)); err != nil {
		d.t.Errorf("answered against the description: %v", err)
	}
	return res, nil
}

// authenticated wants a token in the header that the scheme names.
func authenticated(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	h := in.RequestValidationInput.Request.Header
	if in.SecurityScheme.Type == "apiKey" && h.Get("X-Api-Token") != "" || in.SecurityScheme.Type == "http" && strings.HasPrefix(h.Get("Authorization"), "Bearer ") {
		return nil
	}
	return fmt.Errorf("no token")
}

// made counts the calls that begin so.
func (d *described) made(call string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for _, c := range d.calls {
		if strings.HasPrefix(c, call) {
			n++
		}
	}
	return n
}

// world is a client of the sandbox's Pipedrive.
type world struct {
	*testing.T
	*pipedrive.Client
	box  sandbox.Info
	wire *described
}

func newWorld(t *testing.T) *world {
	t.Helper()
	box, err := sandbox.New(sandbox.Options{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- box.Run(ctx) }()
	router, err := description()
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	w := &world{T: t, box: box.Info(), wire: &described{t: t, router: router, next: transport}}
	w.Client, err = pipedrive.New(pipedrive.Config{
		URL: w.box.PipedriveURL, CompanyToken: w.box.PipedriveToken, OAuthURL: w.box.PipedriveOAuthURL,
		ClientID: w.box.PipedriveClientID, ClientSecret: w.box.PipedriveClientSecret, Timeout: 5 * time.Second, Transport: w.wire,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		stop()
		if err := <-done; err != nil {
			t.Errorf("run sandbox: %v", err)
		}
	})
	return w
}

// grant signs in as somebody.
func (w *world) grant(email string) *model.CRMGrant {
	w.Helper()
	const redirect = "http://127.0.0.1:1/login/callback"
	req, _ := http.NewRequestWithContext(w.Context(), http.MethodGet, w.AuthorizeURL(redirect, "s")+"&login="+url.QueryEscape(email), http.NoBody)
	res, err := w.wire.next.RoundTrip(req)
	if err != nil {
		w.Fatal(err)
	}
	_ = res.Body.Close()
	back, err := res.Location()
	if err != nil {
		w.Fatal(err)
	}
	g, err := w.Exchange(w.Context(), back.Query().Get("code"), redirect)
	if err != nil {
		w.Fatal(err)
	}
	return &g
}

// control calls the sandbox's control API.
func (w *world) control(method, path, body string) map[string]any {
	w.Helper()
	req, _ := http.NewRequestWithContext(w.Context(), method, w.box.ControlURL+path, strings.NewReader(body))
	res, err := w.wire.next.RoundTrip(req)
	if err != nil {
		w.Fatal(err)
	}
	defer res.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil || res.StatusCode >= http.StatusBadRequest {
		w.Fatalf("%s: %d %v %v", path, res.StatusCode, out, err)
	}
	return out
}

const (
	installer = "installer@example.com"
	rep       = "rep@example.com"
	intern    = "intern@example.com"
)

// one finds the one record of a type that a term stands in.
func (w *world) one(as *model.CRMGrant, term string, t model.RecordType) model.Record {
	w.Helper()
	list, err := w.Search(w.Context(), as, term, []model.RecordType{t}, 10)
	if err != nil || len(list) != 1 {
		w.Fatalf("%q: %d records, %v", term, len(list), err)
	}
	return list[0]
}

func plain(u model.Untrusted) string { return string(u) }

func TestASearchAndWhatItFinds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	as := w.grant(rep)
	list, err := w.Search(t.Context(), as, " 山田 花子 ", nil, 10)
	if err != nil || len(list) != 2 || list[0].Type != model.Person || plain(list[0].Organization) != "株式会社ひまわり" ||
		plain(list[0].Emails[0]) != "hanako@himawari.example" || list[0].OwnerID != 101 || list[0].URL != w.box.PipedriveURL+"/person/"+list[0].ID {
		t.Fatalf("by name: %d, %v", len(list), err)
	}
	phone := w.one(as, "09012005678", model.Person)
	if phone.ID != list[0].ID {
		t.Errorf("by phone: %s", phone.RecordRef)
	}
	deal := w.one(as, "定期便", model.Deal)
	if plain(deal.Stage.Name) != "見積中" || deal.Status != model.DealOpen || deal.Value == nil || *deal.Value != (model.Money{Amount: 180_000, Currency: "JPY"}) ||
		plain(deal.PersonName) != "山田 花子" || deal.Person.ID != list[0].ID {
		t.Errorf("a deal: %s", deal.RecordRef)
	}
	lead := w.one(as, "second shop", model.Lead)
	if lead.URL != w.box.PipedriveURL+"/leads/inbox/"+lead.ID || lead.Value != nil {
		t.Errorf("a lead at %s", lead.URL)
	}
	if back, err := model.ParseRecordRef(lead.URL); err != nil || back != lead.RecordRef {
		t.Errorf("its address is read as %s, %v", back, err)
	}
	if one, err := w.Search(t.Context(), as, "example", nil, 1); err != nil || len(one) != 1 {
		t.Errorf("one at most: %d, %v", len(one), err)
	}
	before := w.wire.made("GET /api/v2/itemSearch")
	for _, term := range []string{"", "田", " a ", strings.Repeat("a", 300), "a\xff"} {
		if _, err := w.Search(t.Context(), as, term, nil, 10); !isErr(err, model.ErrCRMInvalid) {
			t.Errorf("%q: %v", term, err)
		}
	}
	if n := w.wire.made("GET /api/v2/itemSearch"); n != before {
		t.Errorf("%d of them were asked", n-before)
	}
}

func TestARecordIsToldWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	as := w.grant(installer)
	hanako := w.one(as, "hanako@himawari", model.Person)
	r, err := w.Record(t.Context(), as, hanako.RecordRef)
	if err != nil {
		t.Fatal(err)
	}
	if plain(r.Title) != "山田 花子" || plain(r.Organization) != "株式会社ひまわり" || plain(r.Owner) != "森 愛子" || !r.Mine || len(r.Phones) != 1 || len(r.Open) != 2 {
		t.Fatalf("person: %d open, mine %t", len(r.Open), r.Mine)
	}
	newest := r.Open[0]
	if plain(newest.Title) != "ひまわり エスプレッソマシン" || plain(newest.Stage.Name) != "交渉中" || plain(newest.Stage.Pipeline) != "法人営業" ||
		newest.Value.Amount != 1_250_000 || newest.ExpectedClose == "" || newest.Open != nil || newest.URL == "" {
		t.Errorf("the newest of what is open: %s", newest.RecordRef)
	}
	deal, err := w.Record(t.Context(), as, newest.RecordRef)
	if err != nil || plain(deal.PersonName) != "山田 花子" || *deal.Person != r.RecordRef || plain(deal.Organization) != "株式会社ひまわり" {
		t.Errorf("deal: %v", err)
	}
	lead, err := w.Record(t.Context(), as, w.one(as, "渡辺様", model.Lead).RecordRef)
	if err != nil || plain(lead.PersonName) != "渡辺 直樹" || lead.Mine || plain(lead.Owner) != "Ben Carter" || lead.Value.Amount != 35_000 {
		t.Errorf("lead: %v", err)
	}
	if n := w.wire.made("GET /api/v2/stages") + w.wire.made("GET /api/v2/pipelines") + w.wire.made("GET /api/v1/users"); n != 3 {
		t.Errorf("names were asked for %d times", n)
	}
	byCompany, err := w.Record(t.Context(), nil, hanako.RecordRef)
	if err != nil || byCompany.Mine || byCompany.OwnerID != 101 || plain(byCompany.Owner) != "森 愛子" {
		t.Errorf("by the company token: %v, mine %t", err, byCompany.Mine)
	}
}

// Everybody sees through their own token, and nobody anything else.
func TestWhoseEyes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secret := w.one(nil, "社長案件", model.Deal)
	for _, email := range []string{rep, intern} {
		as := w.grant(email)
		if list, err := w.Search(t.Context(), as, "社長案件", nil, 10); err != nil || len(list) != 0 {
			t.Errorf("%s finds %d, %v", email, len(list), err)
		}
		if _, err := w.Record(t.Context(), as, secret.RecordRef); !isErr(err, model.ErrCRMNotFound) {
			t.Errorf("%s reads: %v", email, err)
		}
		if _, err := w.SetStatus(t.Context(), as, secret.ID, model.DealWon, ""); !isErr(err, model.ErrCRMNotFound) {
			t.Errorf("%s changes: %v", email, err)
		}
	}
	for term, want := range map[string][]int64{"社長案件": {101}, "定期便": {101, 102}} {
		ids, err := w.PermittedUsers(t.Context(), w.one(nil, term, model.Deal).RecordRef)
		if err != nil || !slices.Equal(ids, want) {
			t.Errorf("%s may be seen by %v, %v", term, ids, err)
		}
	}
	lead := w.one(nil, "こまどり", model.Lead)
	if ids, err := w.PermittedUsers(t.Context(), lead.RecordRef); err != nil || !slices.Equal(ids, []int64{101, 103}) {
		t.Errorf("the intern's lead: %v, %v", ids, err)
	}
	if ids, err := w.PermittedUsers(t.Context(), *mustRecord(t, w, lead.RecordRef).Person); err != nil || !slices.Equal(ids, []int64{101, 103}) {
		t.Errorf("the intern's person: %v, %v", ids, err)
	}
	for _, none := range []model.RecordRef{{Type: model.Deal, ID: "999999"}, {Type: model.Deal, ID: "../users"}, {Type: model.Lead, ID: "1"}, {Type: "x", ID: "1"}, {}} {
		if _, err := w.PermittedUsers(t.Context(), none); !isErr(err, model.ErrCRMNotFound) {
			t.Errorf("%s: %v", none, err)
		}
		if _, err := w.Record(t.Context(), nil, none); !isErr(err, model.ErrCRMNotFound) {
			t.Errorf("%s: %v", none, err)
		}
	}
	// A deal of a person who is hidden is told without them.
	open := w.one(w.grant(rep), "Marta: gift", model.Deal)
	person := mustRecord(t, w, open.RecordRef).Person
	w.patch("/api/v2/persons/"+person.ID, `{"visible_to":1,"owner_id":101}`)
	seen, err := w.Record(t.Context(), w.grant(rep), open.RecordRef)
	if err != nil || seen.Person != nil || seen.PersonName != "" || len(seen.Emails) != 0 {
		t.Errorf("a hidden person: %v, %v", seen.Person, err)
	}
}

func mustRecord(t *testing.T, w *world, ref model.RecordRef) model.Record {
	t.Helper()
	r, err := w.Record(t.Context(), nil, ref)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// patch changes something as an admin, past the client.
func (w *world) patch(path, body string) {
	w.Helper()
	req, _ := http.NewRequestWithContext(w.Context(), http.MethodPatch, w.box.PipedriveURL+path, strings.NewReader(body))
	req.Header.Set("X-Api-Token", w.box.PipedriveToken)
	res, err := w.wire.next.RoundTrip(req)
	if err != nil {
		w.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		w.Fatalf("%s: %d", path, res.StatusCode)
	}
}

func TestRecordsAreMadeAndMoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	as, ctx := w.grant(rep), t.Context()
	person, err := w.CreatePerson(ctx, as, model.NewRecord{Title: " 新井 光 ", Email: "hikaru@example.jp", Phone: "090-0000-1111"})
	if err != nil || plain(person.Title) != "新井 光" || !person.Mine || plain(person.Phones[0]) != "090-0000-1111" || len(person.Open) != 0 {
		t.Fatalf("person: %v", err)
	}
	yen := &model.Money{Amount: 12_000, Currency: "JPY"}
	lead, err := w.CreateLead(ctx, as, model.NewRecord{Title: "見積", PersonID: person.ID, Value: yen, ExpectedClose: "2026-12-31"})
	if err != nil || *lead.Value != *yen || lead.ExpectedClose != "2026-12-31" || plain(lead.PersonName) != "新井 光" {
		t.Fatalf("lead: %v", err)
	}
	deal, err := w.CreateDeal(ctx, as, model.NewRecord{Title: "Beans", PersonID: person.ID, Value: yen, StageID: 12, OwnerID: 101})
	if err != nil || deal.Stage.ID != 12 || plain(deal.Stage.Pipeline) != "Wholesale" || deal.Mine || plain(deal.Owner) != "森 愛子" {
		t.Fatalf("deal: %v", err)
	}
	stages, err := w.Stages(ctx, as)
	if err != nil || len(stages) != 7 || stages[6].ID != 13 || stages[0].PipelineID != 1 {
		t.Errorf("stages: %d, %v", len(stages), err)
	}
	if r, err := w.SetStage(ctx, as, deal.ID, 13); err != nil || plain(r.Stage.Name) != "Negotiation" {
		t.Errorf("moved: %v", err)
	}
	if r, err := w.SetStatus(ctx, as, deal.ID, model.DealLost, "高い"); err != nil || r.Status != model.DealLost {
		t.Errorf("lost: %v", err)
	}
	if r, err := w.SetStatus(ctx, as, deal.ID, model.DealOpen, "高い"); err != nil || r.Status != model.DealOpen {
		t.Errorf("opened again: %v", err)
	}
	made, err := w.ConvertLead(ctx, as, lead.ID)
	if err != nil || made.Type != model.Deal {
		t.Fatalf("converted: %v", err)
	}
	if _, err := w.Record(ctx, as, lead.RecordRef); !isErr(err, model.ErrCRMNotFound) {
		t.Errorf("the lead after: %v", err)
	}
	if r, err := w.Record(ctx, as, person.RecordRef); err != nil || len(r.Open) != 2 {
		t.Errorf("open after: %d, %v", len(r.Open), err)
	}
	for name, do := range map[string]func() error{
		"no title":         func() error { _, err := w.CreateDeal(ctx, as, model.NewRecord{Title: " "}); return err },
		"a lead of nobody": func() error { _, err := w.CreateLead(ctx, as, model.NewRecord{Title: "x"}); return err },
		"no number": func() error {
			_, err := w.CreateDeal(ctx, as, model.NewRecord{Title: "x", PersonID: "1;"})
			return err
		},
		"no day": func() error {
			_, err := w.CreateDeal(ctx, as, model.NewRecord{Title: "x", ExpectedClose: "soon"})
			return err
		},
		"no such person": func() error {
			_, err := w.CreateDeal(ctx, as, model.NewRecord{Title: "x", PersonID: "99999"})
			return err
		},
		"no stage":      func() error { _, err := w.SetStage(ctx, as, deal.ID, 0); return err },
		"no such stage": func() error { _, err := w.SetStage(ctx, as, deal.ID, 77); return err },
		"no status":     func() error { _, err := w.SetStatus(ctx, as, deal.ID, "deleted", ""); return err },
	} {
		if err := do(); !isErr(err, model.ErrCRMInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestThePersonFieldOfTheCustomer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	as, ctx := w.grant(rep), t.Context()
	if _, err := w.PersonField(ctx, "Messenger PSID"); !isErr(err, model.ErrCRMNotFound) {
		t.Fatalf("before: %v", err)
	}
	code, err := w.CreatePersonField(ctx, "Messenger PSID")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.PersonField(ctx, "Messenger PSID"); err != nil || again != code {
		t.Errorf("found %q, %v", again, err)
	}
	ken := w.one(as, "Ken Sato", model.Person)
	if err := w.SetPersonField(ctx, as, ken.ID, code, "1001"); err != nil {
		t.Fatal(err)
	}
	list, err := w.SearchField(ctx, as, code, "1001")
	if err != nil || len(list) != 1 || list[0].RecordRef != ken.RecordRef || plain(list[0].Emails[0]) != "ken@example.com" {
		t.Errorf("by field: %d, %v", len(list), err)
	}
	if list, err := w.SearchField(ctx, w.grant(intern), code, "1001"); err != nil || len(list) != 0 {
		t.Errorf("by the intern: %d, %v", len(list), err)
	}
	if err := w.SetPersonField(ctx, as, ken.ID, code, ""); err != nil {
		t.Fatal(err)
	}
	if list, err := w.SearchField(ctx, as, code, "1001"); err != nil || len(list) != 0 {
		t.Errorf("cleared: %d, %v", len(list), err)
	}
	if err := w.SetPersonField(ctx, as, ken.ID, "name", "x"); !isErr(err, model.ErrCRMInvalid) {
		t.Errorf("another field: %v", err)
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	as, ctx := w.grant(rep), t.Context()
	lead := w.one(as, "second shop", model.Lead)
	ken := w.one(as, "Ken Sato", model.Person)
	n, err := w.CreateNote(ctx, as, model.CRMNote{Content: "<p>Ken &lt;b&gt;: 見積</p>", Person: ken.ID, Lead: lead.ID})
	if err != nil || plain(n.Content) != "<p>Ken &lt;b&gt;: 見積</p>" || n.Person != ken.ID || n.Lead != lead.ID || n.LastUser != 102 || n.UpdatedAt.IsZero() {
		t.Fatalf("made: %v", err)
	}
	n.Content = "<p>2</p>"
	if n, err = w.UpdateNote(ctx, nil, n); err != nil || plain(n.Content) != "<p>2</p>" || n.LastUser != 101 {
		t.Errorf("changed: %v", err)
	}
	for _, of := range []model.RecordRef{ken.RecordRef, lead.RecordRef} {
		if list, err := w.FindNotes(ctx, as, of, time.Time{}); err != nil || len(list) != 1 || list[0].ID != n.ID {
			t.Errorf("on %s: %d, %v", of, len(list), err)
		}
		if list, err := w.FindNotes(ctx, as, of, time.Now().Add(time.Hour)); err != nil || len(list) != 0 {
			t.Errorf("on %s later: %d, %v", of, len(list), err)
		}
	}
	deal, err := w.ConvertLead(ctx, as, lead.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := w.Note(ctx, as, n.ID); err != nil || got.Deal != deal.ID || got.Lead != "" {
		t.Errorf("after the conversion: on deal %q, %v", got.Deal, err)
	}
	if _, err := w.Note(ctx, w.grant(intern), n.ID); !isErr(err, model.ErrCRMNotFound) {
		t.Errorf("by the intern: %v", err)
	}
	for name, bad := range map[string]model.CRMNote{
		"on nothing": {Content: "x"}, "empty": {Person: ken.ID},
		"too long":   {Content: model.Untrusted(strings.Repeat("あ", pipedrive.NoteMost/3+1)), Person: ken.ID},
		"on no lead": {Content: "x", Lead: "1"},
	} {
		if _, err := w.CreateNote(ctx, as, bad); !isErr(err, model.ErrCRMInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// More notes than fit a page are all found.
func TestNotesOnManyPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	as, ctx := w.grant(rep), t.Context()
	ken := w.one(as, "Ken Sato", model.Person)
	const many = 103
	for range many {
		if _, err := w.CreateNote(ctx, as, model.CRMNote{Content: "x", Person: ken.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := w.FindNotes(ctx, as, ken.RecordRef, time.Time{}); err != nil || len(list) != many {
		t.Errorf("found %d, %v", len(list), err)
	}
}
