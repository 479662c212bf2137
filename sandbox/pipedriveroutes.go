package sandbox

import (
	"io"
	"net/http"
	"strings"

	"parley/sandbox/fault"
	"parley/sandbox/web"
)

// crmCall is one call of Pipedrive's API by somebody who is known.
type crmCall struct {
	r    *http.Request
	user *crmUser
	vars map[string]string // what stands in the path
	body []byte
	// change is how what the call changes is told of.
	change *crmChange
}

// crmRoute is one route of the API. path begins with the version; cost is in tokens of
// the company's budget of the day.
//
// Source: Pipedrive's OpenAPI, x-token-cost.
type crmRoute struct {
	method, path string
	cost         int
	do           func(*Sandbox, crmCall) (status int, body any)
}

// search tells whether a route is one of the search API, which has a budget of its own.
func (r crmRoute) search() bool { return strings.Contains(strings.ToLower(r.path), "search") }

const crmHookRoute = "/v1/webhooks"

// crmRoutes are the routes of the API that there are. The first that fits is taken.
func crmRoutes() []crmRoute {
	const get, post, put, patch, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
	return []crmRoute{
		{get, "/v1/users/me", 2, (*Sandbox).crmMe},
		{get, "/v1/users", 20, (*Sandbox).crmUsers},

		{get, "/v2/itemSearch", 20, (*Sandbox).crmItemSearch},
		{get, "/v2/itemSearch/field", 20, (*Sandbox).crmFieldSearch},
		{get, "/v2/persons/search", 20, (*Sandbox).crmPersonSearch},

		{get, "/v2/persons", 10, (*Sandbox).crmPersons},
		{post, "/v2/persons", 5, (*Sandbox).crmAddPerson},
		{get, "/v2/persons/{id}", 1, (*Sandbox).crmPerson},
		{patch, "/v2/persons/{id}", 5, (*Sandbox).crmSetPerson},
		{del, "/v2/persons/{id}", 3, (*Sandbox).crmDropPerson},
		{get, "/v1/persons/{id}/permittedUsers", 10, (*Sandbox).crmPersonPermitted},
		{get, "/v2/personFields", 10, (*Sandbox).crmFields},
		{post, "/v2/personFields", 5, (*Sandbox).crmAddField},
		{get, "/v2/organizations/{id}", 1, (*Sandbox).crmOrganization},
		{get, "/v1/organizations/{id}/permittedUsers", 10, (*Sandbox).crmOrganizationPermitted},

		{get, "/v2/deals", 10, (*Sandbox).crmDeals},
		{post, "/v2/deals", 5, (*Sandbox).crmAddDeal},
		{get, "/v2/deals/{id}", 1, (*Sandbox).crmDeal},
		{patch, "/v2/deals/{id}", 5, (*Sandbox).crmSetDeal},
		{del, "/v2/deals/{id}", 3, (*Sandbox).crmDropDeal},
		{get, "/v1/deals/{id}/permittedUsers", 10, (*Sandbox).crmDealPermitted},
		{get, "/v2/stages", 5, (*Sandbox).crmStages},
		{get, "/v2/pipelines", 5, (*Sandbox).crmPipelines},

		{get, "/v1/leads", 20, (*Sandbox).crmLeads},
		{post, "/v1/leads", 10, (*Sandbox).crmAddLead},
		{get, "/v1/leads/{id}", 2, (*Sandbox).crmLead},
		{patch, "/v1/leads/{id}", 10, (*Sandbox).crmSetLead},
		{del, "/v1/leads/{id}", 6, (*Sandbox).crmDropLead},
		{get, "/v1/leads/{id}/permittedUsers", 10, (*Sandbox).crmLeadPermitted},
		{post, "/v2/leads/{id}/convert/deal", 40, (*Sandbox).crmConvert},
		{get, "/v2/leads/{id}/convert/status/{conversion}", 1, (*Sandbox).crmConverted},

		{get, "/v1/notes", 20, (*Sandbox).crmNotes},
		{post, "/v1/notes", 10, (*Sandbox).crmAddNote},
		{get, "/v1/notes/{id}", 2, (*Sandbox).crmNote},
		{put, "/v1/notes/{id}", 10, (*Sandbox).crmSetNote},
		{del, "/v1/notes/{id}", 6, (*Sandbox).crmDropNote},

		{put, "/v1/persons/{id}/merge", 40, (*Sandbox).crmMerge},
		{get, crmHookRoute, 10, (*Sandbox).crmHookList},
		{post, crmHookRoute, 10, (*Sandbox).crmHookAdd},
		{del, crmHookRoute + "/{id}", 6, (*Sandbox).crmHookDrop},
	}
}

// crmPath tells whether a path is the API's, and which: version 1 is served with and
// without /api before it, version 2 with it alone.
func crmPath(path string) (string, bool) {
	if rest, ok := strings.CutPrefix(path, "/api"); ok && (strings.HasPrefix(rest, "/v1/") || strings.HasPrefix(rest, "/v2/")) {
		return rest, true
	}
	return path, strings.HasPrefix(path, "/v1/")
}

// match compares a path with the route's, and returns what stands in it.
func (r crmRoute) match(path string) (map[string]string, bool) {
	want, have := strings.Split(r.path, "/"), strings.Split(strings.TrimSuffix(path, "/"), "/")
	if len(want) != len(have) {
		return nil, false
	}
	vars := map[string]string{}
	for i, w := range want {
		if name, isVar := strings.CutPrefix(w, "{"); isVar {
			vars[strings.TrimSuffix(name, "}")] = have[i]
		} else if w != have[i] {
			return nil, false
		}
	}
	return vars, true
}

// crmBodyMost bounds what a call may carry: a note in UTF-8, escaped.
const crmBodyMost = 4 << 20

// servePipedrive answers one call of the API.
func (s *Sandbox) servePipedrive(w http.ResponseWriter, r *http.Request) {
	if s.crmFails(w, r) {
		return
	}
	path, _ := crmPath(r.URL.Path)
	var methods []string
	for _, route := range crmRoutes() {
		vars, ok := route.match(path)
		if !ok {
			continue
		}
		methods = append(methods, route.method)
		if route.method == r.Method {
			s.crmServe(w, route, crmCall{r: r, vars: vars})
			return
		}
	}
	if len(methods) > 0 {
		w.Header().Set("Allow", strings.Join(methods, ", "))
		web.JSON(w, http.StatusMethodNotAllowed, crmError("Method not allowed"))
		return
	}
	web.JSON(w, http.StatusNotFound, crmError("Unknown method ."))
}

// crmServe answers a call of a route, with the faults that strike it.
func (s *Sandbox) crmServe(w http.ResponseWriter, route crmRoute, c crmCall) {
	body, err := io.ReadAll(http.MaxBytesReader(w, c.r.Body, crmBodyMost))
	if err != nil {
		web.JSON(w, http.StatusRequestEntityTooLarge, crmError("The body is too large."))
		return
	}
	c.body = body
	f := s.faults.Take("pipedrive", "", fault.OnCall, route.method+" "+route.path)
	if f != nil && (beforeCRM(f, w) || f.Before(w, c.r)) {
		return
	}
	unreached, unreachedAnswer, reached := 0, any(nil), true
	if route.method == http.MethodPost && route.path == crmHookRoute {
		unreached, unreachedAnswer, reached = s.crmHookReach(c.r, body)
	}
	s.mu.Lock()
	now := s.now()
	token, user := s.crm.authenticated(c.r, now)
	if user == nil {
		s.mu.Unlock()
		w.Header().Set("x-401-by-gw", "true")
		web.JSON(w, http.StatusUnauthorized, map[string]any{
			"success": false, "error": "unauthorized access", "errorCode": http.StatusUnauthorized,
			"error_info": crmErrorInfo,
		})
		return
	}
	c.user = user
	refusal := s.crm.budget.take(token, route, now)
	s.crm.budget.tell(w.Header(), token)
	if refusal != budgetLeft {
		s.mu.Unlock()
		refusal.answer(w)
		return
	}
	s.crm.byCall[route.method+" "+route.path]++
	status, answer := unreached, unreachedAnswer
	if reached {
		status, answer = s.crmDo(route, c)
	}
	s.mu.Unlock()
	if f != nil && f.After(w, c.r) {
		return
	}
	web.JSON(w, status, answer)
}

// crmDo does what a route does, and has webhooks tell of what it changes. mu held.
func (s *Sandbox) crmDo(route crmRoute, c crmCall) (status int, answer any) {
	if route.method == http.MethodGet || strings.HasPrefix(route.path, crmHookRoute) {
		return route.do(s, c)
	}
	c.change = &crmChange{by: c.user, source: "api"}
	s.crmChanging(c.change, func() { status, answer = route.do(s, c) })
	return status, answer
}

// beforeCRM is what a fault answers in Pipedrive's own way; it tells whether it did.
func beforeCRM(f *fault.Fault, w http.ResponseWriter) bool {
	switch f.Kind {
	case "error":
		web.JSON(w, f.StatusOr(http.StatusInternalServerError), crmError("Internal server error"))
	case "html_403":
		crmWall(w)
	default:
		return false
	}
	return true
}
