package hub

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"parley/e2e/driver"
)

// openAPI is what of the hub's description is needed to call each of its routes.
type openAPI struct {
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]schema }
}

type operation struct {
	OperationID string `json:"operationId"`
	Security    []any
	Parameters  []struct {
		Name, In string
		Required bool
	}
	RequestBody *struct {
		Required bool
		Content  map[string]struct{ Schema schema }
	} `json:"requestBody"`
}

type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Enum       []any
	Required   []string
	Properties map[string]schema
	Items      *schema
}

// route is one route of the hub.
type route struct {
	method, path string
	operation
}

// routes reads them from the hub, in order.
func routes(w *driver.World) ([]route, openAPI) {
	w.T.Helper()
	var api openAPI
	w.Call(http.MethodGet, w.HubURL+"/openapi.json", nil, nil).Is(http.StatusOK).Into(&api)
	var all []route
	for path, of := range api.Paths {
		for method, op := range of {
			all = append(all, route{strings.ToUpper(method), path, op})
		}
	}
	slices.SortFunc(all, func(a, b route) int { return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method)) })
	if len(all) < 10 {
		w.T.Fatalf("only %d routes in /openapi.json", len(all))
	}
	return all, api
}

// example makes a value of a schema: the least that is valid, with these words for the
// properties of that name.
func (api openAPI) example(s schema, name string, known map[string]any) any {
	if v, ok := known[name]; ok {
		return v
	}
	if s.Ref != "" {
		s = api.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
	}
	if len(s.Enum) > 0 {
		return s.Enum[0]
	}
	kind := s.Type
	if list, ok := kind.([]any); ok && len(list) > 0 {
		kind = list[0]
	}
	switch kind {
	case "object":
		out := make(map[string]any)
		for _, p := range s.Required {
			out[p] = api.example(s.Properties[p], p, known)
		}
		return out
	case "array":
		return []any{}
	case "integer", "number":
		return 0
	case "boolean":
		return false
	}
	return "x"
}

// known are values for the fields of bodies, by their names, that name what an
// installation holds or make a body valid.
func (in installation) known() map[string]any {
	return map[string]any{
		"client_id": newReply("").ClientID, "text": "let me in", "up_to": in.messages[0], "message": in.messages[0],
		"reply_to": in.messages[0], "conversation": in.conversations[0], "visibility": "shared", "attempt": 0,
	}
}

// hiding names the parameters that name something of a Page.
func hiding() []string {
	return []string{"page", "conversation", "message"}
}

// uninstall is the one thing that is allowed with a Page that one may not see into.
const uninstall = "uninstall-page"

var parameter = regexp.MustCompile(`\{([^}]+)\}`)

// walks calls every route that takes the id of a Page, a conversation or a message with
// those of an installation that the user may not see: each is refused, and tells nothing.
func walks(u *driver.User, in installation) {
	t := u.W.T
	t.Helper()
	all, api := routes(u.W)
	walked := 0
	for _, r := range all {
		for _, message := range in.messages[:2] {
			path, named := r.with(in, message)
			if !named || r.OperationID == uninstall && u.Admin {
				continue // any admin may uninstall any Page
			}
			walked++
			var body any
			if b := r.RequestBody; b != nil {
				body = api.example(b.Content["application/json"].Schema, "", in.known())
			}
			a := u.Call(r.method, path, body)
			if strings.Contains(string(a.Body), in.mark) {
				t.Errorf("%s: %s tells %s: %s", u.Name, a.Call, in.mark, a.Body)
			}
			checkHidden(u, r, in, a)
		}
	}
	if walked < 20 {
		t.Errorf("only %d calls name something hidden", walked)
	}
}

// with is the route's path with the ids of an installation, and whether it takes any.
func (r route) with(in installation, message string) (path string, named bool) {
	ids := map[string]string{"page": in.page, "conversation": in.conversations[0], "message": message}
	path = parameter.ReplaceAllStringFunc(r.path, func(p string) string {
		name := strings.Trim(p, "{}")
		named = named || slices.Contains(hiding(), name)
		if id, ok := ids[name]; ok {
			return url.PathEscape(id)
		}
		return "x"
	})
	query := url.Values{}
	for _, p := range r.Parameters {
		if p.In == "query" && slices.Contains(hiding(), p.Name) {
			named = true
			query.Set(p.Name, ids[p.Name])
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path, named
}

// checkHidden expects an answer as if there were no such thing, or, about the Page
// itself, a refusal.
func checkHidden(u *driver.User, r route, in installation, a driver.Answer) {
	t := u.W.T
	t.Helper()
	aboutPage := strings.HasPrefix(r.path, "/v1/pages/{page}")
	if a.Status != http.StatusNotFound && (a.Status != http.StatusForbidden || !aboutPage) {
		t.Errorf("%s: %s answered %d, want 404: %s", u.Name, a.Call, a.Status, a.Body)
	}
	p, why := a.Document()
	if why != "" {
		t.Errorf("%s: %s: %s", u.Name, a.Call, why)
	}
	if a.Status == http.StatusNotFound && (p.Code != "not_found" || strings.Contains(string(a.Body), in.page)) {
		t.Errorf("%s: %s is not answered as if it did not exist: %s", u.Name, a.Call, a.Body)
	}
}
