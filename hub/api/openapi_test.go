package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"parley/hub/api/apitest"
	"parley/model"
)

// operation is a route as the OpenAPI document tells of it.
type operation struct {
	ID       string                `json:"operationId"`
	Summary  string                `json:"summary"`
	Security []map[string][]string `json:"security"`
	// Parameters and Body are what it may be asked with.
	Parameters []struct {
		Name   string `json:"name"`
		In     string `json:"in"`
		Schema schema `json:"schema"`
	} `json:"parameters"`
	Body struct {
		Content map[string]struct {
			Schema schema `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`

	method, path string
}

// schema is what the document tells of a value, as far as it matters here.
type schema struct {
	Ref        string            `json:"$ref"`
	Enum       []any             `json:"enum"`
	Properties map[string]schema `json:"properties"`
}

// choices are the questions that an operation's query answers: the plain one, and each
// value of each parameter that has a choice of some.
func (o operation) choices() []url.Values {
	all := []url.Values{{}}
	for _, p := range o.Parameters {
		for _, v := range p.Schema.Enum {
			if p.In == "query" {
				all = append(all, url.Values{p.Name: {fmt.Sprint(v)}})
			}
		}
	}
	return all
}

type document struct {
	OpenAPI string                          `json:"openapi"`
	Paths   map[string]map[string]operation `json:"paths"`

	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

func readDocument(w *apitest.World) document {
	w.Helper()
	var d document
	w.Send(http.MethodGet, "/openapi.json", nil, nil).Want(http.StatusOK).Into(&d)
	return d
}

// readOperations returns every documented route, sorted by its id.
func readOperations(w *apitest.World) []operation {
	w.Helper()
	var all []operation
	for path, methods := range readDocument(w).Paths {
		for method, o := range methods {
			o.method, o.path = strings.ToUpper(method), path
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// public are the routes that anybody may ask.
var public = []string{
	"healthz", "login", "readyz",
	"begin-device-login", "take-device-login", "login-page", "confirm-login", "login-callback",
}

func TestOpenAPI(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	d := readDocument(w)
	if !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Errorf("openapi %q, want 3.1", d.OpenAPI)
	}
	all := readOperations(w)
	if len(all) == 0 {
		t.Fatal("no operation is documented")
	}
	for i, o := range all {
		if o.ID == "" || o.Summary == "" {
			t.Errorf("%s %s has no id or no summary", o.method, o.path)
		}
		if i > 0 && all[i-1].ID == o.ID {
			t.Errorf("%s is the id of two operations", o.ID)
		}
		if open := len(o.Security) == 0; open != slices.Contains(public, o.ID) {
			t.Errorf("%s: asks for no token: %t", o.ID, open)
		}
	}
}

// The routes that version 1 of the API promises.
func TestOpenAPIHoldsTheContract(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	served := map[string]bool{}
	for _, o := range readOperations(w) {
		served[o.method+" "+o.path] = true
	}
	for _, route := range []string{
		"GET /v1/me", "POST /v1/login", "POST /v1/logout",
		"GET /v1/users", "GET /v1/tokens", "DELETE /v1/tokens/{token}", "GET /v1/audit",
		"GET /v1/pages", "POST /v1/pages", "PATCH /v1/pages/{page}", "DELETE /v1/pages/{page}", "POST /v1/pages/{page}/check",
		"GET /v1/conversations", "GET /v1/conversations/{conversation}",
		"GET /v1/conversations/{conversation}/messages", "POST /v1/conversations/{conversation}/messages",
		"POST /v1/conversations/{conversation}/messages/{message}/retry",
		"POST /v1/conversations/{conversation}/messages/{message}/drop",
		"POST /v1/conversations/{conversation}/reactions", "POST /v1/uploads", "GET /v1/media/{media}",
		"POST /v1/conversations/{conversation}/read", "POST /v1/conversations/{conversation}/unread",
		"PATCH /v1/conversations/{conversation}",
		"GET /v1/counts", "GET /v1/notices", "GET /v1/stats", "GET /healthz", "GET /readyz",
	} {
		if !served[route] {
			t.Errorf("%s is not served", route)
		}
	}
}

// filled is a path with something in the place of each of its names.
func filled(path string) string {
	return strings.NewReplacer(
		"{page}", string(apitest.Page), "{conversation}", string(apitest.Page)+"_"+string(apitest.Hanako), "{message}", string(apitest.Page)+"_1", "{media}", string(apitest.Page)+"_1",
		"{token}", "0123456789abcdef",
	).Replace(path)
}

func TestEveryRouteAsksForAToken(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	wrong := map[string]http.Header{
		"no token":             {},
		"an empty token":       {"Authorization": {"Bearer "}},
		"a wrong token":        {"Authorization": {"Bearer " + w.Stranger.Token}},
		"a token cut short":    {"Authorization": {"Bearer " + w.Ann.Token[:len(w.Ann.Token)-1]}},
		"a login code":         {"Authorization": {"Bearer " + w.Ann.Code}},
		"another scheme":       {"Authorization": {"Basic " + w.Ann.Token}},
		"a token without word": {"Authorization": {w.Ann.Token}},
		"a token elsewhere":    {"X-Api-Token": {w.Ann.Token}, "Cookie": {"token=" + w.Ann.Token}},
	}
	// The websocket is no operation, and asks for a token all the same.
	for _, o := range append(readOperations(w), operation{ID: "stream", method: http.MethodGet, path: "/v1/stream"}) {
		if slices.Contains(public, o.ID) {
			continue
		}
		for name, header := range wrong {
			for _, query := range []string{"", "?token=" + w.Ann.Token + "&access_token=" + w.Ann.Token} {
				a := w.Send(o.method, filled(o.path)+query, header, "{no json")
				p := a.Problem(http.StatusUnauthorized, "not_signed_in")
				if a.Header.Get("WWW-Authenticate") == "" {
					t.Errorf("%s with %s: no WWW-Authenticate", o.ID, name)
				}
				if strings.Contains(string(a.Body), w.Ann.Token) || len(p.Errors) > 0 {
					t.Errorf("%s with %s: %s", o.ID, name, a.Body)
				}
			}
		}
	}
}

func TestPublicRoutesAskForNone(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Send(http.MethodGet, "/healthz", nil, nil).Want(http.StatusOK)
	w.Send(http.MethodGet, "/readyz", nil, nil).Want(http.StatusOK)
	w.Send(http.MethodPost, "/v1/login", nil, map[string]any{"code": w.Cat.Code}).Want(http.StatusOK)
}

func TestMe(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	for _, who := range []apitest.Account{w.Ann, w.Ben, w.Cat} {
		var u model.User
		w.Get(who, "/v1/me", &u)
		if u != who.User {
			t.Errorf("got %+v, want %+v", u, who.User)
		}
	}
}

// What is no route is a problem, too: a client tells a hub by its problems.
func TestNoRouteIsAProblem(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	for _, path := range []string{"/", "/v1", "/v1/nothing", "/v1/conversations/1_2/nothing", "/v2/me"} {
		w.Do(w.Ann, http.MethodGet, path, nil).Problem(http.StatusNotFound, "not_found")
	}
	a := w.Do(w.Ann, http.MethodPut, "/v1/pages", nil)
	a.Problem(http.StatusMethodNotAllowed, "method_not_allowed")
	if allow := a.Header.Get("Allow"); !strings.Contains(allow, "POST") {
		t.Errorf("Allow is %q", allow)
	}
}

func TestRequestsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	const secret = "hunter2-hunter2"
	to := apitest.ConversationPath(apitest.Page, apitest.Hanako) + "/messages"
	for name, body := range map[string]any{
		"unknown field":      apitest.With(apitest.Text("hi"), "x", secret),
		"no text":            map[string]any{"client_id": apitest.NewClientID()},
		"text is a number":   map[string]any{"client_id": apitest.NewClientID(), "text": 1},
		"text is an object":  map[string]any{"client_id": apitest.NewClientID(), "text": map[string]any{"a": secret}},
		"a negative seq":     apitest.With(apitest.Text(secret), "seen_seq", -1),
		"a broken seq":       apitest.With(apitest.Text(secret), "seen_seq", 1.5),
		"note is a word":     apitest.With(apitest.Text(secret), "note", "true"),
		"a list":             []string{secret},
		"a long client id":   map[string]any{"client_id": strings.Repeat("a", 65), "text": secret},
		"an empty client id": map[string]any{"client_id": "", "text": secret},
	} {
		a := w.Do(w.Ann, http.MethodPost, to, body)
		if a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
			continue
		}
		p := a.Problem(http.StatusUnprocessableEntity, "invalid")
		if strings.Contains(string(a.Body), secret) {
			t.Errorf("%s: the answer repeats what was sent: %s", name, a.Body)
		}
		for _, e := range p.Errors {
			if e.Value != nil || e.Location == "" {
				t.Errorf("%s: %+v", name, e)
			}
		}
	}
	for name, raw := range map[string]string{"no JSON": "{", "nothing": "", "binary": "\x00\xff"} {
		a := w.Do(w.Ann, http.MethodPost, to, raw)
		if a.Status != http.StatusBadRequest && a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
			continue
		}
		a.Problem(a.Status, "invalid")
	}
	w.Do(w.Ann, http.MethodPost, to, strings.Repeat(" ", 2<<20)).Problem(http.StatusRequestEntityTooLarge, "too_large")
	w.Send(http.MethodPost, to, http.Header{
		"Authorization": {"Bearer " + w.Ann.Token}, "Content-Type": {"text/plain"},
	}, "hi").Problem(http.StatusUnsupportedMediaType, "invalid")
	if n := len(w.Messages(w.Ann, apitest.Page, apitest.Hanako)); n != 1 {
		t.Errorf("the conversation has %d messages, want the customer's", n)
	}
}
