package pipedrive

import (
	"io"
	"net/http"
	"strings"

	"parley/sandbox/fault"
	"parley/sandbox/web"
)

// call is one authenticated call of Pipedrive's API.
type call struct {
	r    *http.Request
	user *user
	vars map[string]string // variables of the path
	body []byte
	// change is the cause that webhooks report for it.
	change *change
}

// route is one route of the API. path begins with the version; cost is in tokens of the
// company's daily budget.
//
// Source: Pipedrive's OpenAPI, x-token-cost.
type route struct {
	method, path string
	cost         int
	do           func(call) (status int, body any)
}

// search reports whether a route belongs to the search API, which has a budget of its own.
func (r route) search() bool { return strings.Contains(strings.ToLower(r.path), "search") }

const webhooksRoute = "/v1/webhooks"

// allRoutes returns the routes of the API. The first that matches is used.
func (p *Pipedrive) allRoutes() []route {
	const get, post, put, patch, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
	var (
		people, search          = people{p.book}, search{p.book}
		persons, organizations  = persons{p.book}, organizations{p.book}
		deals, pipelines, leads = deals{p.book}, pipelines{p.book}, leads{p.book}
		notes                   = notes{p.book}
	)
	return []route{
		{get, "/v1/users/me", 2, people.me},
		{get, "/v1/users", 20, people.list},

		{get, "/v2/itemSearch", 20, search.items},
		{get, "/v2/itemSearch/field", 20, search.byField},
		{get, "/v2/persons/search", 20, search.personItems},

		{get, "/v2/persons", 10, persons.list},
		{post, "/v2/persons", 5, persons.add},
		{get, "/v2/persons/{id}", 1, persons.get},
		{patch, "/v2/persons/{id}", 5, persons.set},
		{del, "/v2/persons/{id}", 3, persons.drop},
		{get, "/v1/persons/{id}/permittedUsers", 10, persons.permitted},
		{get, "/v2/personFields", 10, persons.listFields},
		{post, "/v2/personFields", 5, persons.addField},
		{get, "/v2/organizations/{id}", 1, organizations.get},
		{get, "/v1/organizations/{id}/permittedUsers", 10, organizations.permitted},

		{get, "/v2/deals", 10, deals.list},
		{post, "/v2/deals", 5, deals.add},
		{get, "/v2/deals/{id}", 1, deals.get},
		{patch, "/v2/deals/{id}", 5, deals.set},
		{del, "/v2/deals/{id}", 3, deals.drop},
		{get, "/v1/deals/{id}/permittedUsers", 10, deals.permitted},
		{get, "/v2/stages", 5, pipelines.listStages},
		{get, "/v2/pipelines", 5, pipelines.list},

		{get, "/v1/leads", 20, leads.list},
		{post, "/v1/leads", 10, leads.add},
		{get, "/v1/leads/{id}", 2, leads.get},
		{patch, "/v1/leads/{id}", 10, leads.set},
		{del, "/v1/leads/{id}", 6, leads.drop},
		{get, "/v1/leads/{id}/permittedUsers", 10, leads.permitted},
		{post, "/v2/leads/{id}/convert/deal", 40, leads.convert},
		{get, "/v2/leads/{id}/convert/status/{conversion}", 1, leads.converted},

		{get, "/v1/notes", 20, notes.list},
		{post, "/v1/notes", 10, notes.add},
		{get, "/v1/notes/{id}", 2, notes.get},
		{put, "/v1/notes/{id}", 10, notes.set},
		{del, "/v1/notes/{id}", 6, notes.drop},

		{put, "/v1/persons/{id}/merge", 40, persons.merge},
		{get, webhooksRoute, 10, p.hooks.answerList},
		{post, webhooksRoute, 10, p.hooks.add},
		{del, webhooksRoute + "/{id}", 6, p.hooks.drop},
	}
}

// Serves reports whether ServeHTTP answers a path.
func Serves(path string) bool {
	_, ok := apiPath(path)
	return ok
}

// apiPath reports whether a path is the API's, and returns it: version 1 is served with and
// without /api before it, version 2 only with it.
func apiPath(path string) (string, bool) {
	if rest, ok := strings.CutPrefix(path, "/api"); ok && (strings.HasPrefix(rest, "/v1/") || strings.HasPrefix(rest, "/v2/")) {
		return rest, true
	}
	return path, strings.HasPrefix(path, "/v1/")
}

// match matches a path, and returns its variables.
func (r route) match(path string) (map[string]string, bool) {
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

// bodyMost is the largest body of a call: a note in UTF-8, escaped.
const bodyMost = 4 << 20

// ServeHTTP serves one call of the API.
func (p *Pipedrive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.fails(w, r) {
		return
	}
	path, _ := apiPath(r.URL.Path)
	var methods []string
	for _, route := range p.routes {
		vars, ok := route.match(path)
		if !ok {
			continue
		}
		methods = append(methods, route.method)
		if route.method == r.Method {
			p.serve(w, route, call{r: r, vars: vars})
			return
		}
	}
	if len(methods) > 0 {
		w.Header().Set("Allow", strings.Join(methods, ", "))
		web.JSON(w, http.StatusMethodNotAllowed, failure("Method not allowed"))
		return
	}
	web.JSON(w, http.StatusNotFound, failure("Unknown method ."))
}

// serve serves a call of a route, with the faults that apply.
func (p *Pipedrive) serve(w http.ResponseWriter, route route, c call) {
	body, err := io.ReadAll(http.MaxBytesReader(w, c.r.Body, bodyMost))
	if err != nil {
		web.JSON(w, http.StatusRequestEntityTooLarge, failure("The body is too large."))
		return
	}
	c.body = body
	f := p.faults.Match("pipedrive", "", fault.OnCall, route.method+" "+route.path)
	if f != nil && (strike(f, w) || f.Before(w, c.r)) {
		return
	}
	unreached, unreachedAnswer, reached := 0, any(nil), true
	if route.method == http.MethodPost && route.path == webhooksRoute {
		unreached, unreachedAnswer, reached = reach(c.r, body)
	}
	p.mu.Lock()
	now := p.now()
	token, user := p.authenticated(c.r, now)
	if user == nil {
		p.mu.Unlock()
		w.Header().Set("x-401-by-gw", "true")
		web.JSON(w, http.StatusUnauthorized, map[string]any{
			"success": false, "error": "unauthorized access", "errorCode": http.StatusUnauthorized,
			"error_info": errorInfo,
		})
		return
	}
	c.user = user
	refusal := p.budget.charge(token, route, now)
	p.budget.setHeaders(w.Header(), token)
	if refusal != budgetLeft {
		p.mu.Unlock()
		refusal.answer(w)
		return
	}
	p.byCall[route.method+" "+route.path]++
	status, answer := unreached, unreachedAnswer
	if reached {
		status, answer = p.do(route, c)
	}
	p.mu.Unlock()
	if f != nil && f.After(w, c.r) {
		return
	}
	web.JSON(w, status, answer)
}

// do runs a route, and sends webhooks for its changes. mu must be held.
func (p *Pipedrive) do(route route, c call) (status int, answer any) {
	if route.method == http.MethodGet || strings.HasPrefix(route.path, webhooksRoute) {
		return route.do(c)
	}
	c.change = &change{by: c.user, source: "api"}
	p.changing(c.change, func() { status, answer = route.do(c) })
	return status, answer
}

const errorInfo = "Please check developers.pipedrive.com"

// failure returns an error in Pipedrive's envelope.
func failure(what string) map[string]any {
	return map[string]any{"success": false, "error": what, "error_info": errorInfo, "data": nil, "additional_data": nil}
}
