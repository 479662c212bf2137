package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

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

func (w *world) document() document {
	w.Helper()
	var d document
	w.send(http.MethodGet, "/openapi.json", nil, nil).want(http.StatusOK).into(&d)
	return d
}

// operations returns every documented route, sorted by its id.
func (w *world) operations() []operation {
	w.Helper()
	var all []operation
	for path, methods := range w.document().Paths {
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
	w := newWorld(t)
	d := w.document()
	if !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Errorf("openapi %q, want 3.1", d.OpenAPI)
	}
	all := w.operations()
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
	w := newWorld(t)
	served := map[string]bool{}
	for _, o := range w.operations() {
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
		"{page}", string(page), "{conversation}", string(page)+"_"+string(hanako), "{message}", string(page)+"_1", "{media}", string(page)+"_1",
		"{token}", "0123456789abcdef",
	).Replace(path)
}

func TestEveryRouteAsksForAToken(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	wrong := map[string]http.Header{
		"no token":             {},
		"an empty token":       {"Authorization": {"Bearer "}},
		"a wrong token":        {"Authorization": {"Bearer " + w.stranger.token}},
		"a token cut short":    {"Authorization": {"Bearer " + w.ann.token[:len(w.ann.token)-1]}},
		"a login code":         {"Authorization": {"Bearer " + w.ann.code}},
		"another scheme":       {"Authorization": {"Basic " + w.ann.token}},
		"a token without word": {"Authorization": {w.ann.token}},
		"a token elsewhere":    {"X-Api-Token": {w.ann.token}, "Cookie": {"token=" + w.ann.token}},
	}
	// The websocket is no operation, and asks for a token all the same.
	for _, o := range append(w.operations(), operation{ID: "stream", method: http.MethodGet, path: "/v1/stream"}) {
		if slices.Contains(public, o.ID) {
			continue
		}
		for name, header := range wrong {
			for _, query := range []string{"", "?token=" + w.ann.token + "&access_token=" + w.ann.token} {
				a := w.send(o.method, filled(o.path)+query, header, "{no json")
				p := a.problem(http.StatusUnauthorized, "not_signed_in")
				if a.header.Get("WWW-Authenticate") == "" {
					t.Errorf("%s with %s: no WWW-Authenticate", o.ID, name)
				}
				if strings.Contains(string(a.body), w.ann.token) || len(p.Errors) > 0 {
					t.Errorf("%s with %s: %s", o.ID, name, a.body)
				}
			}
		}
	}
}

func TestPublicRoutesAskForNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.send(http.MethodGet, "/healthz", nil, nil).want(http.StatusOK)
	w.send(http.MethodGet, "/readyz", nil, nil).want(http.StatusOK)
	w.send(http.MethodPost, "/v1/login", nil, map[string]any{"code": w.cat.code}).want(http.StatusOK)
}

func TestMe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, who := range []account{w.ann, w.ben, w.cat} {
		var u model.User
		w.get(who, "/v1/me", &u)
		if u != who.User {
			t.Errorf("got %+v, want %+v", u, who.User)
		}
	}
}

// What is no route is a problem, too: a client tells a hub by its problems.
func TestNoRouteIsAProblem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"/", "/v1", "/v1/nothing", "/v1/conversations/1_2/nothing", "/v2/me"} {
		w.do(w.ann, http.MethodGet, path, nil).problem(http.StatusNotFound, "not_found")
	}
	a := w.do(w.ann, http.MethodPut, "/v1/pages", nil)
	a.problem(http.StatusMethodNotAllowed, "method_not_allowed")
	if allow := a.header.Get("Allow"); !strings.Contains(allow, "POST") {
		t.Errorf("Allow is %q", allow)
	}
}

func TestRequestsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	const secret = "hunter2-hunter2"
	to := conversation(page, hanako) + "/messages"
	for name, body := range map[string]any{
		"unknown field":      with(text("hi"), "x", secret),
		"no text":            map[string]any{"client_id": newClientID()},
		"text is a number":   map[string]any{"client_id": newClientID(), "text": 1},
		"text is an object":  map[string]any{"client_id": newClientID(), "text": map[string]any{"a": secret}},
		"a negative seq":     with(text(secret), "seen_seq", -1),
		"a broken seq":       with(text(secret), "seen_seq", 1.5),
		"note is a word":     with(text(secret), "note", "true"),
		"a list":             []string{secret},
		"a long client id":   map[string]any{"client_id": strings.Repeat("a", 65), "text": secret},
		"an empty client id": map[string]any{"client_id": "", "text": secret},
	} {
		a := w.do(w.ann, http.MethodPost, to, body)
		if a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, a.status, a.body)
			continue
		}
		p := a.problem(http.StatusUnprocessableEntity, "invalid")
		if strings.Contains(string(a.body), secret) {
			t.Errorf("%s: the answer repeats what was sent: %s", name, a.body)
		}
		for _, e := range p.Errors {
			if e.Value != nil || e.Location == "" {
				t.Errorf("%s: %+v", name, e)
			}
		}
	}
	for name, raw := range map[string]string{"no JSON": "{", "nothing": "", "binary": "\x00\xff"} {
		a := w.do(w.ann, http.MethodPost, to, raw)
		if a.status != http.StatusBadRequest && a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, a.status, a.body)
			continue
		}
		a.problem(a.status, "invalid")
	}
	w.do(w.ann, http.MethodPost, to, strings.Repeat(" ", 2<<20)).problem(http.StatusRequestEntityTooLarge, "too_large")
	w.send(http.MethodPost, to, http.Header{
		"Authorization": {"Bearer " + w.ann.token}, "Content-Type": {"text/plain"},
	}, "hi").problem(http.StatusUnsupportedMediaType, "invalid")
	if n := len(w.messages(w.ann, page, hanako)); n != 1 {
		t.Errorf("the conversation has %d messages, want the customer's", n)
	}
}
