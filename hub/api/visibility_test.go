package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/model"
)

// Who may see and do what: the matrix.
//
// It asks every operation of the OpenAPI document as it is served, of every installation
// in every state (places), as every sort of user (cells), at rest and while the Page
// changes hands under a stream of events. A new operation, parameter, frame or kind of
// change has no row, and fails until it has one:
//
//   - An operation: add a row to routes, under its operationId. If it is about what a
//     Page holds, `{want: seen(ok), hides: true}` is all it takes, plus the body it is
//     sent: whoever sees the Page gets ok, everybody else a 404 that is, to the byte,
//     that of a thing which does not exist. What is about the Page itself refuses with
//     forbidden(code); what changes the Page for the others has changes: true, and is
//     asked in a world of its own. What it asks for besides (filters, a search) stands
//     in more.
//   - A parameter of a path, a query or a body: add it to parameters in
//     visibility_ids_test.go, which swaps the ids in them.
//   - A frame or a kind of change: add it to frameRows or kindRows in
//     visibility_frames_test.go.
//   - A command of the program: e2e/privacy/visibility_test.go.
//   - Something new that users do, or where content can stand:
//     e2e/privacy/privacy_test.go plants words in it and does it at random.

// place is an installation in a state, and who may see into it.
type place struct {
	name string
	page model.PageID
	// installer, and whether others see it, too.
	installer func(*apitest.World) apitest.Account
	shared    bool
	gone      bool // uninstalled
	// holder has the Page connected now, by this installation or another; nil: the
	// installer, unless it is gone.
	holder func(*apitest.World) apitest.Account
	// prepare brings a fresh world there.
	prepare func(*apitest.World)
}

func uninstalled(then func(*apitest.World)) func(*apitest.World) {
	return func(w *apitest.World) {
		then(w)
		w.Do(w.Ann, http.MethodDelete, "/v1/pages/"+string(apitest.Page), nil).Want(http.StatusOK)
	}
}

// places are the states of an installation that the matrix goes through.
func places() []place {
	return []place{
		{name: "private", page: apitest.Page, installer: apitest.Ann, prepare: apitest.Connected(apitest.Ann, model.Private)},
		{name: "shared", page: apitest.Page, installer: apitest.Ann, shared: true, prepare: apitest.Connected(apitest.Ann, model.Shared)},
		{name: "private again", page: apitest.Page, installer: apitest.Ann, prepare: func(w *apitest.World) {
			apitest.Connected(apitest.Ann, model.Shared)(w)
			w.SetVisibility(w.Ann, apitest.Page, model.Private)
		}},
		{name: "shared, was private", page: apitest.Page, installer: apitest.Ann, shared: true, prepare: func(w *apitest.World) {
			apitest.Connected(apitest.Ann, model.Private)(w)
			w.SetVisibility(w.Ann, apitest.Page, model.Shared)
		}},
		{name: "private, connected again by its installer", page: apitest.Page, installer: apitest.Ann, prepare: func(w *apitest.World) {
			uninstalled(apitest.Connected(apitest.Ann, model.Private))(w)
			w.Connect(w.Ann, apitest.MetaPage, "")
		}},
		{name: "private, repaired", page: apitest.Page, installer: apitest.Ann, prepare: func(w *apitest.World) {
			apitest.Connected(apitest.Ann, model.Shared)(w)
			w.Do(w.Ann, http.MethodPost, "/v1/pages", map[string]any{"page": apitest.MetaPage, "token": apitest.UserToken, "visibility": model.Private}).Want(http.StatusOK)
		}},
		{name: "private, its installer took it up again after another", page: apitest.Page, installer: apitest.Ann, prepare: func(w *apitest.World) {
			uninstalled(apitest.Connected(apitest.Ann, model.Private))(w)
			w.Connect(w.Ben, apitest.MetaPage, model.Shared)
			w.Do(w.Ben, http.MethodDelete, "/v1/pages/"+string(apitest.Page+"~2"), nil).Want(http.StatusOK)
			w.Connect(w.Ann, apitest.MetaPage, "")
		}},
		{name: "uninstalled, was private", page: apitest.Page, installer: apitest.Ann, gone: true, prepare: uninstalled(apitest.Connected(apitest.Ann, model.Private))},
		{name: "uninstalled, was shared", page: apitest.Page, installer: apitest.Ann, shared: true, gone: true, prepare: uninstalled(apitest.Connected(apitest.Ann, model.Shared))},
		{name: "second installation, private", page: apitest.Page + "~2", installer: apitest.Ben, prepare: func(w *apitest.World) {
			uninstalled(apitest.Connected(apitest.Ann, model.Private))(w)
			apitest.Connected(apitest.Ben, model.Private)(w)
		}},
		{name: "first of two installations, was private", page: apitest.Page, installer: apitest.Ann, gone: true, holder: apitest.Ben, prepare: func(w *apitest.World) {
			uninstalled(apitest.Connected(apitest.Ann, model.Private))(w)
			apitest.Connected(apitest.Ben, model.Shared)(w)
		}},
	}
}

// cell is one case of the matrix.
type cell struct {
	place
	who      apitest.Account
	identity string
	sees     bool
	mine     bool // the installation is theirs
	held     model.UserID
}

// target is what a request is about.
type target struct {
	page         model.PageID
	conversation model.ConversationID
	in, out      model.MessageID
	notice       string
}

// verdict is what an answer must be.
type verdict struct {
	status int
	code   model.Code // of a problem
}

var (
	ok       = verdict{status: http.StatusOK}
	accepted = verdict{status: http.StatusAccepted}
	notFound = verdict{http.StatusNotFound, "not_found"}
	notIn    = verdict{http.StatusUnauthorized, "not_signed_in"}
)

func forbidden(code model.Code) verdict { return verdict{http.StatusForbidden, code} }

func conflict(code model.Code) verdict { return verdict{http.StatusConflict, code} }

// seen is an expectation where who sees the Page gets v, and everybody else
// learns that there is no such thing.
func seen(v verdict) func(cell) verdict {
	return func(c cell) verdict {
		if c.sees {
			return v
		}
		return notFound
	}
}

func always(v verdict) func(cell) verdict { return func(cell) verdict { return v } }

// admins is an expectation where admins get v, and everybody else is refused.
func admins(v verdict) func(cell) verdict {
	return func(c cell) verdict {
		if c.who.Admin {
			return v
		}
		return forbidden(model.NotAdmin)
	}
}

// onFacebook is an expectation where who sees the Page gets v as long as it is
// connected.
func onFacebook(v verdict) func(cell) verdict {
	return func(c cell) verdict {
		if c.sees && c.gone {
			return conflict(model.PageDisconnected)
		}
		return seen(v)(c)
	}
}

// installers is onFacebook for what only the installer may do.
func installers(v verdict) func(cell) verdict {
	return func(c cell) verdict {
		if c.sees && !c.gone && !c.mine {
			return forbidden(model.NotInstaller)
		}
		return onFacebook(v)(c)
	}
}

// route is how the matrix asks an operation, and what it expects.
type route struct {
	// query asks a list for that Page; body is what is sent.
	query func(target) url.Values
	body  func(target) any
	want  func(cell) verdict
	// more are other questions of a list, about all that one sees, besides the plain
	// list and those by each value of its parameters that has a choice of some: everybody
	// who is signed in is answered, and nothing hidden is in the answer.
	more []url.Values
	// hides: to who does not see, it must be as if the thing did not exist.
	hides bool
	// changes what others of the matrix read: it gets a world of its own.
	changes bool
	// ends the session that asks, or what is asked about: only where it must be refused
	// is it asked here.
	ends bool
	// rationed: it can't be asked often.
	rationed bool
}

// searches are for what is hidden.
func searches() (all []url.Values) {
	for _, words := range []string{apitest.HiddenText, apitest.HiddenName, apitest.HiddenNote, string(apitest.Hanako), "secret", apitest.HiddenText[:7]} {
		all = append(all, url.Values{"search": {words}})
	}
	for _, terms := range []string{`label:"` + apitest.HiddenName + `"`, "page:" + string(apitest.Page), "is:open is:unread", "-from:ad @ann"} {
		all = append(all, url.Values{"filter": {terms}}, url.Values{"search": {terms + " secret"}})
	}
	return all
}

// named are texts that mean what is hidden: names that are hidden, whole and in part.
func named() (all []url.Values) {
	for _, text := range []string{apitest.HiddenName, string(apitest.Hanako), apitest.HiddenName[:7], string(apitest.Page)} {
		all = append(all, url.Values{"text": {text}})
	}
	return all
}

func ofPage(t target) url.Values { return url.Values{"page": {string(t.page)}} }

// routes has a row for every operation of the OpenAPI.
func routes() map[string]route {
	return map[string]route{
		"healthz": {want: always(ok)},
		"readyz":  {want: always(ok)},
		"me":      {want: always(ok)},
		"login": {
			body: func(target) any { return map[string]any{"code": "ABCD-EFGH-JKLM-NPQR"} },
			want: always(notIn), rationed: true,
		},
		"logout":     {want: always(verdict{status: http.StatusNoContent}), ends: true},
		"stats":      {want: admins(ok)},
		"list-audit": {want: admins(ok)},
		"set-availability": {
			body: func(target) any { return map[string]any{"available": true} },
			want: always(ok),
		},
		// Without a CRM nobody signs in by a browser.
		"begin-device-login": {want: always(verdict{http.StatusConflict, model.NoBrowserLogin})},
		"take-device-login": {
			body: func(target) any { return map[string]any{"device_code": "x"} },
			want: always(verdict{http.StatusConflict, model.NoBrowserLogin}),
		},
		"login-page":     {want: always(verdict{status: http.StatusNotFound})},
		"confirm-login":  {want: always(verdict{status: http.StatusNotFound})},
		"login-callback": {want: always(verdict{status: http.StatusConflict})},
		"list-users":     {want: always(ok)},
		"list-tokens":    {want: always(ok)},
		"notifications":  {want: always(ok)},
		"change-notifications": {
			body: func(target) any { return map[string]any{"content": true} },
			want: always(ok),
		},
		// Nobody names another's own, and admins change the team's: TestSnippets. What is put here is
		// none, so that there is none to get.
		"list-snippets": {want: always(ok)},
		"get-snippet":   {want: always(notFound)},
		"put-snippet": {
			body: func(target) any { return map[string]any{"text": ""} },
			want: always(conflict(model.TextEmpty)),
		},
		"delete-snippet":     {want: always(notFound)},
		"revoke-token":       {want: always(notFound)}, // it names nobody's
		"list-pages":         {want: always(ok)},
		"list-conversations": {query: ofPage, want: seen(ok), hides: true, more: searches()},
		"named-conversations": {
			query: func(t target) url.Values { return url.Values{"text": {string(t.conversation)}} },
			want:  always(ok), hides: true, more: named(),
		},
		"list-labels": {query: ofPage, want: seen(ok), hides: true, more: []url.Values{{}}},
		// One's own alone: TestViewsAreOnesOwn.
		"list-views": {want: always(ok)},
		"save-view": {
			body: func(target) any { return map[string]any{"name": "Mine", "query": "is:mine"} },
			want: always(ok),
		},
		"drop-view":    {want: always(notFound)}, // it names nobody's
		"counts":       {query: ofPage, want: seen(ok), hides: true},
		"list-notices": {query: ofPage, want: seen(ok), hides: true},
		"read-notice":  {want: seen(ok), hides: true},
		"get-greeting": {want: onFacebook(ok), hides: true},
		"page-doctor":  {want: onFacebook(ok), hides: true},
		"set-greeting": {
			body: func(target) any { return model.Greeting{Locale: model.DefaultLocale, Text: "Hello"} },
			want: installers(ok), hides: true,
		},
		"delete-greeting":  {want: installers(ok), hides: true},
		"get-conversation": {want: seen(ok), hides: true},
		"delete-conversation": {want: func(c cell) verdict {
			if c.mine {
				return verdict{status: http.StatusNoContent}
			}
			return seen(forbidden(model.NotInstaller))(c)
		}, hides: true, ends: true},
		"list-messages": {want: seen(ok), hides: true},
		"get-message":   {want: seen(ok), hides: true},
		"mark-read": {
			body: func(t target) any { return map[string]any{"up_to": t.in} },
			want: seen(ok), hides: true,
		},
		"mark-unread": {want: seen(ok), hides: true},
		"triage": {
			body: func(target) any { return map[string]any{"pinned": true} },
			want: seen(ok), hides: true,
		},
		"reply": {
			body: func(target) any { return apitest.Text("a reply") },
			want: func(c cell) verdict {
				if c.sees && c.gone {
					return conflict(model.PageDisconnected)
				}
				return seen(accepted)(c)
			},
			hides: true,
		},
		// Anybody who is signed in keeps files; here they send what is no form.
		"upload": {want: always(verdict{http.StatusUnsupportedMediaType, "invalid"})},
		// Whose message it is a file of is judged first, that it has none later.
		"get-media":  {want: always(notFound), hides: true},
		"link-media": {want: always(notFound), hides: true},
		"react": {
			body: func(t target) any { return map[string]any{"message": t.in, "emoji": "👍"} },
			want: func(c cell) verdict {
				if c.sees && c.gone {
					return conflict(model.PageDisconnected)
				}
				return seen(accepted)(c)
			},
			hides: true,
		},
		"retry": {
			body: func(target) any { return map[string]any{"attempt": 99} },
			want: seen(conflict(model.StateChanged)), hides: true,
		},
		"drop": {
			body: func(target) any { return map[string]any{"attempt": 99} },
			want: seen(conflict(model.StateChanged)), hides: true,
		},
		"begin-connect": {
			body: func(target) any { return map[string]any{} },
			want: admins(verdict{status: http.StatusCreated}),
		},
		"get-import": {want: seenBy(func(c cell) verdict { return begun(c, ok) }), hides: true},
		"cancel-import": {want: func(c cell) verdict {
			if v := importVerdict(ok)(c); v != ok {
				return v
			}
			return begun(c, ok)
		}, hides: true},
		"begin-import": {
			want: func(c cell) verdict {
				if c.sees && c.gone && (c.mine || c.who.Admin) {
					return conflict(model.PageDisconnected)
				}
				return importVerdict(ok)(c)
			},
			hides: true, changes: true,
		},
		"get-connect":    {want: always(notFound)}, // it names nobody's
		"cancel-connect": {want: always(notFound)},
		// Without a CRM there are no records: TestRecordsOnlyForWhoMaySeeThem has one.
		"search-crm":        {want: always(conflict(model.NoCRM))},
		"make-psid-field":   {want: admins(conflict(model.NoCRM))},
		"list-stages":       {want: always(conflict(model.NoCRM))},
		"get-record":        {want: always(conflict(model.NoCRM))},
		"create-record":     {body: func(target) any { return map[string]any{"title": "x"} }, want: always(conflict(model.NoCRM))},
		"change-deal":       {body: func(target) any { return map[string]any{"stage": 1} }, want: always(conflict(model.NoCRM))},
		"convert-lead":      {want: always(conflict(model.NoCRM))},
		"link":              {want: seen(conflict(model.NoCRM)), hides: true},
		"unlink":            {want: seen(conflict(model.NoCRM)), hides: true},
		"list-suggestions":  {want: seen(conflict(model.NoCRM)), hides: true},
		"sync-conversation": {body: func(target) any { return map[string]any{"on": false} }, want: seen(conflict(model.NoCRM)), hides: true},
		"sync-now":          {want: seen(conflict(model.NoCRM)), hides: true},
		"sync-page": {
			body: func(target) any { return map[string]any{"on": false} },
			want: func(c cell) verdict {
				switch {
				case !c.sees:
					return forbidden(model.NotInstaller)
				case c.gone:
					return conflict(model.PageDisconnected)
				case !c.who.Admin:
					return forbidden(model.NotAdmin)
				}
				return conflict(model.NoCRM)
			},
		},
		"connect-page": {
			body:    func(t target) any { return map[string]any{"page": t.page.Meta(), "token": apitest.UserToken} },
			want:    wantConnect,
			changes: true,
		},
		"change-page": {
			body: func(target) any { return map[string]any{"visibility": model.Shared} },
			want: func(c cell) verdict {
				switch {
				case !c.mine:
					return forbidden(model.NotInstaller)
				case c.gone:
					return conflict(model.PageDisconnected)
				}
				return ok
			},
			changes: true,
		},
		"check-page": {
			body: func(target) any { return map[string]any{} },
			want: func(c cell) verdict {
				switch {
				case !c.sees:
					return forbidden(model.NotInstaller)
				case c.gone:
					return conflict(model.PageDisconnected)
				}
				return ok
			},
			changes: true,
		},
		"uninstall-page": {
			want: func(c cell) verdict {
				if !c.who.Admin {
					return forbidden(model.NotAdmin)
				}
				return ok
			},
			changes: true,
		},
	}
}

func wantConnect(c cell) verdict {
	switch {
	case !c.who.Admin:
		return forbidden(model.NotAdmin)
	case c.held == "":
		return verdict{status: http.StatusCreated}
	case c.held == c.who.ID:
		return ok // a repair
	}
	return forbidden(model.AlreadyConnected)
}

// askRoute sends a request of the matrix about a target.
func askRoute(w *apitest.World, who apitest.Account, o operation, r route, t target) apitest.Answer {
	w.Helper()
	message := t.out
	if o.ID == "get-message" {
		message = t.in
	}
	path := strings.NewReplacer(
		"{page}", url.PathEscape(string(t.page)), "{conversation}", url.PathEscape(string(t.conversation)),
		"{message}", url.PathEscape(string(message)), "{media}", url.PathEscape(string(message)), "{notice}", url.PathEscape(t.notice),
		"{type}", "deal", "{record}", "42", "{view}", o.ID, "{snippet}", "greeting",
	).Replace(o.path)
	if r.query != nil {
		path += "?" + r.query(t).Encode()
	}
	var body any
	if r.body != nil {
		body = r.body(t)
	}
	return w.Do(who, o.method, path, body)
}

// targetIn finds what there is in a place, with the eyes of its installer.
func targetIn(w *apitest.World, p place) target {
	w.Helper()
	customer := apitest.CustomerOf(p.page)
	t := target{page: p.page, conversation: model.NewConversationID(p.page, customer)}
	for _, m := range w.Messages(p.installer(w), p.page, customer) {
		switch {
		case m.Direction == model.In:
			t.in = m.ID
		case m.Direction == model.Out && t.out == "":
			t.out = m.ID
		}
	}
	var ns apitest.NoticeList
	w.Get(p.installer(w), "/v1/notices?page="+url.QueryEscape(string(p.page)), &ns)
	if t.in == "" || t.out == "" || len(ns.Notices) == 0 {
		w.Fatalf("%s holds no messages or no notices", p.name)
	}
	t.notice = ns.Notices[0].ID
	return t
}

// missing are targets that do not exist: another Page, another customer,
// another message, and what is no id at all.
func missing() []target {
	const none = "0190b8a0-0000-7000-8000-000000000000"
	id := func(p model.PageID) model.MessageID { return model.NewMessageID(p, none) }
	return []target{
		{page: "424242", conversation: model.NewConversationID("424242", apitest.Hanako), in: id("424242"), out: id("424242"), notice: none},
		{page: "100~77", conversation: model.NewConversationID("100~77", apitest.Hanako), in: id("100~77"), out: id("100~77"), notice: none},
		{page: "x", conversation: "x", in: "x", out: "x", notice: "x"},
	}
}

// inside are targets like t in the same Page that do not exist.
func inside(t target) []target {
	const none = "0190b8a0-0000-7000-8000-000000000000"
	return []target{
		{page: t.page, conversation: model.NewConversationID(t.page, "999999"), in: t.in, out: t.out, notice: t.notice},
		{page: t.page, conversation: t.conversation, in: model.NewMessageID(t.page, none), out: model.NewMessageID(t.page, none), notice: none},
	}
}

// cells are the identities in a place.
func cells(w *apitest.World, p place) []cell {
	all := []cell{
		{identity: "installer of the first", who: w.Ann},
		{identity: "other admin", who: w.Ben},
		{identity: "rep", who: w.Cat},
		{identity: "stranger", who: w.Stranger},
		{identity: "revoked", who: w.Revoked},
		{identity: "nobody"},
	}
	for i := range all {
		c := &all[i]
		c.place = p
		known := c.who.ID != ""
		c.mine = known && c.who.ID == p.installer(w).ID
		c.sees = known && (c.mine || p.shared)
		switch {
		case p.holder != nil:
			c.held = p.holder(w).ID
		case !p.gone:
			c.held = p.installer(w).ID
		}
	}
	return all
}

// expect is the verdict of a cell on a route: strangers get no further than the
// door.
func expect(o operation, r route, c cell) verdict {
	if c.who.ID == "" && !slices.Contains(public, o.ID) {
		return notIn
	}
	return r.want(c)
}

func isVerdict(a apitest.Answer, v verdict) bool {
	if a.Status != v.status {
		return false
	}
	if v.code == "" {
		return true
	}
	var p apitest.Problem
	return json.Unmarshal(a.Body, &p) == nil && p.Code == v.code
}

func TestEveryRouteHasItsRow(t *testing.T) {
	t.Parallel()
	rows := routes()
	for _, o := range readOperations(apitest.New(t)) {
		if _, known := rows[o.ID]; !known {
			t.Errorf("%s (%s %s) has no row in the table of who may see it", o.ID, o.method, o.path)
		}
		delete(rows, o.ID)
	}
	for id := range rows {
		t.Errorf("%s has a row and is not served", id)
	}
}

func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	for _, p := range places() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			w := apitest.New(t, apitest.WithInbox)
			w.AddRevoked()
			p.prepare(w)
			judgeAll(w, p, targetIn(w, p), func(route) bool { return true })
		})
	}
}

// judgeAll holds those routes in every cell of a place against what is expected.
func judgeAll(w *apitest.World, p place, to target, these func(route) bool) {
	w.Helper()
	for _, c := range cells(w, p)[:3] {
		pagesTellOnlyWhatIsPublic(w, c)
	}
	for _, o := range readOperations(w) {
		r := routes()[o.ID]
		if !these(r) {
			continue
		}
		for _, c := range cells(w, p) {
			if r.changes || r.ends {
				if a := refusedBefore(w, o, r, c, to); a != nil {
					w.Error(apitest.Case(o.ID, "by", c.identity, "answered", a.Status, string(a.Body)))
				}
				continue
			}
			judge(w, o, r, c, to)
		}
	}
}

// change is how a Page passes from hand to hand.
type change struct {
	name string
	do   func(*apitest.World)
	// then is what its first installation is now.
	then place
}

// changes are every change between private and shared, and of hands, one after the other.
func changes() []change {
	flip := func(v model.Visibility) func(*apitest.World) {
		return func(w *apitest.World) { w.SetVisibility(w.Ann, apitest.Page, v) }
	}
	uninstall := func(id model.PageID) func(*apitest.World) {
		return func(w *apitest.World) {
			w.Do(w.Ben, http.MethodDelete, "/v1/pages/"+string(id), nil).Want(http.StatusOK)
		}
	}
	connect := func(who func(*apitest.World) apitest.Account, v model.Visibility) func(*apitest.World) {
		return func(w *apitest.World) { w.Connect(who(w), apitest.MetaPage, v) }
	}
	private := place{page: apitest.Page, installer: apitest.Ann}
	shared, gone, goneShared := private, private, private
	shared.shared, gone.gone, goneShared.gone, goneShared.shared = true, true, true, true
	lost, lostShared := gone, goneShared
	lost.holder, lostShared.holder = apitest.Ben, apitest.Ben
	return []change{
		{"shared from the beginning", func(*apitest.World) {}, shared},
		{"private", flip(model.Private), private},
		{"shared again", flip(model.Shared), shared},
		{"private again", flip(model.Private), private},
		{"uninstalled while private", uninstall(apitest.Page), gone},
		{"another connected it, shared", connect(apitest.Ben, model.Shared), lost},
		{"and uninstalled it", uninstall(apitest.Page + "~2"), gone},
		{"its installer took it up again", connect(apitest.Ann, ""), private},
		{"to share it", flip(model.Shared), shared},
		{"and lose it shared", uninstall(apitest.Page), goneShared},
		{"to another, who took up what was shared, and hid it", connect(apitest.Ben, model.Private), lostShared},
	}
}

// TestWhoSeesWhatWhileAPageChanges: the matrix holds the moment that a change is
// answered, while customers write without a pause.
func TestWhoSeesWhatWhileAPageChanges(t *testing.T) {
	t.Parallel()
	// A minute of the hub's takes a second: who has Facebook asked does so five times a
	// second at most, and most of this test was waiting for that.
	began := time.Now()
	w := apitest.New(t, apitest.WithTiming(apitest.Quick), apitest.WithInbox, apitest.WithClock(func() time.Time { return began.Add(60 * time.Since(began)) }))
	w.AddRevoked()
	apitest.Connected(apitest.Ann, model.Shared)(w)
	w.RunUntilQuiet()
	to := targetIn(w, changes()[0].then)
	// Messages keep coming between any two answers; without a pause they would take both
	// cores, and make a conversation of thousands.
	stop := w.KeepWriting(apitest.MetaPage, apitest.Ken, 2*time.Millisecond)
	for _, c := range changes() {
		c.do(w)
		c.then.name = c.name
		judgeAll(w, c.then, to, func(r route) bool { return !r.rationed })
		if t.Failed() {
			t.Fatal("after:", c.name)
		}
	}
	stop()
}

// refusedBefore asks a route that changes a Page only where it must be refused,
// and returns an answer that was another.
func refusedBefore(w *apitest.World, o operation, r route, c cell, to target) *apitest.Answer {
	w.Helper()
	want := expect(o, r, c)
	if want.status < http.StatusBadRequest {
		return nil
	}
	if a := askRoute(w, c.who, o, r, to); !isVerdict(a, want) {
		return &a
	}
	return nil
}

// judge holds a route in one cell against what is expected.
func judge(w *apitest.World, o operation, r route, c cell, to target) {
	w.Helper()
	want := expect(o, r, c)
	got := askRoute(w, c.who, o, r, to)
	if !isVerdict(got, want) {
		w.Error(apitest.Case(o.ID, "by", c.identity, "answered", got.Status, string(got.Body), "want", want.status, want.code))
		return
	}
	if !c.sees {
		leaksNothing(w, o, c, got, to)
	}
	asksMore(w, o, r, c, to)
	if !r.hides || c.sees || c.who.ID == "" {
		return
	}
	for _, none := range append(missing(), inside(to)...) {
		if a := askRoute(w, c.who, o, r, none); !apitest.Indistinct(got, a) {
			w.Error(apitest.Case(o.ID, "by", c.identity, "tells what is hidden", got.Status, string(got.Body), got.Header,
				"from what is missing", a.Status, string(a.Body), a.Header, none))
		}
	}
}

// asksMore asks what else a list answers.
func asksMore(w *apitest.World, o operation, r route, c cell, to target) {
	w.Helper()
	want := ok
	if c.who.ID == "" {
		want = notIn
	}
	if r.query == nil {
		return
	}
	for _, q := range append(o.choices(), r.more...) {
		got := w.Do(c.who, o.method, o.path+"?"+q.Encode(), nil)
		if !isVerdict(got, want) {
			w.Error(apitest.Case(o.ID, q, "by", c.identity, "answered", got.Status, string(got.Body), "want", want.status, want.code))
		}
		if !c.sees {
			leaksNothing(w, o, c, got, to)
		}
	}
}

// leaksNothing holds an answer to somebody who may not see against what it must
// not hold.
func leaksNothing(w *apitest.World, o operation, c cell, a apitest.Answer, to target) {
	w.Helper()
	for _, secret := range []string{
		apitest.Within(to.page, apitest.HiddenText), apitest.Within(to.page, apitest.HiddenName), apitest.Within(to.page, apitest.HiddenNote), string(to.conversation.Customer()),
		string(to.conversation), string(to.in), string(to.out), apitest.UserToken, apitest.PageToken(apitest.UserToken),
	} {
		if bytes.Contains(a.Body, []byte(secret)) {
			w.Error(apitest.Case(o.ID, "tells", c.identity, secret, string(a.Body)))
		}
		for name, values := range a.Header {
			if strings.Contains(name+strings.Join(values, " "), secret) {
				w.Error(apitest.Case(o.ID, "tells", c.identity, secret, "in the header", name, values))
			}
		}
	}
}

// The routes that change a Page, each in a world of its own; where they must be
// refused, TestWhoSeesWhat has asked them.
func TestWhoMayChangeAPage(t *testing.T) {
	t.Parallel()
	// Whom a route lets through is told by who somebody is, not by what is stored.
	people := &apitest.World{
		Ann: apitest.Account{User: model.User{ID: "ann", Admin: true}},
		Ben: apitest.Account{User: model.User{ID: "ben", Admin: true}},
		Cat: apitest.Account{User: model.User{ID: "cat"}},
	}
	for _, p := range places() {
		for id, r := range routes() {
			if !r.changes {
				continue
			}
			for i, c := range cells(people, p)[:3] {
				want := r.want(c)
				if want.status >= http.StatusBadRequest {
					continue
				}
				t.Run(p.name+"/"+id+"/"+c.identity, func(t *testing.T) {
					t.Parallel()
					w := apitest.New(t, apitest.WithInbox)
					p.prepare(w)
					c := cells(w, p)[i]
					a := askRoute(w, c.who, operationOf(w, id), r, targetIn(w, p))
					if !isVerdict(a, want) {
						t.Fatal(apitest.Case("got", a.Status, string(a.Body), "want", want))
					}
					wantPublic(w, c, a)
				})
			}
		}
	}
}

// wantPublic expects a Page of which no more is told than who asked may see.
func wantPublic(w *apitest.World, c cell, a apitest.Answer) {
	w.Helper()
	if bytes.Contains(a.Body, []byte(apitest.UserToken)) {
		w.Errorf("the answer holds a token: %s", a.Body)
	}
	var p model.Page
	a.Into(&p)
	if c.sees != p.Sees && c.page == p.ID {
		w.Errorf("%s sees: %t, told %t", c.identity, c.sees, p.Sees)
	}
	if !p.Sees && p != p.Public() {
		w.Errorf("%s is told %s", c.identity, a.Body)
	}
}

func operationOf(w *apitest.World, id string) operation {
	w.Helper()
	for _, o := range readOperations(w) {
		if o.ID == id {
			return o
		}
	}
	w.Fatalf("no operation %s", id)
	return operation{}
}

// pagesTellOnlyWhatIsPublic: what everybody may know of a Page is that it is there,
// whether it is private, and whose it is.
func pagesTellOnlyWhatIsPublic(w *apitest.World, c cell) {
	w.Helper()
	var l apitest.PageList
	w.Get(c.who, "/v1/pages", &l)
	i := slices.IndexFunc(l.Pages, func(q model.Page) bool { return q.ID == c.page })
	if i < 0 {
		w.Fatalf("%s is not told of the Page", c.identity)
	}
	got := l.Pages[i]
	if got.Sees != c.sees || got.Installer != c.installer(w).Ref() || got.Name != apitest.PageName(apitest.MetaPage) || got.PageID != apitest.MetaPage {
		w.Errorf("%s is told %+v", c.identity, got)
	}
	if !c.sees && got != got.Public() {
		w.Errorf("%s is told more than is public: %+v", c.identity, got)
	}
	pos, told := l.AsOf[c.page]
	if told != c.sees || told && (pos.Epoch == "" || pos.Seq == 0 || pos.Seq < got.Seq) {
		w.Errorf("%s: as_of %+v", c.identity, l.AsOf)
	}
}

// Ids of a Page that is hidden, named where another is seen, are not there either.
func TestHiddenThingsUnderASeenPage(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	apitest.Connected(apitest.Ann, model.Private)(w)
	hidden := targetIn(w, places()[0])
	w.Connect(w.Ben, "200", model.Shared)
	w.CustomerWrites("200", apitest.Ken, "m_200", "hello", time.Now())
	w.Reply(w.Ben, "200", apitest.Ken, apitest.Text("hi"))
	seen := target{conversation: model.NewConversationID("200", apitest.Ken)}
	none := model.NewMessageID(apitest.Page, "0190b8a0-0000-7000-8000-000000000000")
	base := "/v1/conversations/" + string(seen.conversation)
	for _, m := range []model.MessageID{hidden.in, hidden.out} {
		for _, ask := range []func(model.MessageID) apitest.Answer{
			func(m model.MessageID) apitest.Answer {
				return w.Do(w.Cat, http.MethodGet, base+"/messages/"+string(m), nil)
			},
			func(m model.MessageID) apitest.Answer {
				return w.Do(w.Cat, http.MethodPost, base+"/read", map[string]any{"up_to": m})
			},
			func(m model.MessageID) apitest.Answer {
				return w.Do(w.Cat, http.MethodPost, base+"/messages/"+string(m)+"/retry", map[string]any{"attempt": 0})
			},
			func(m model.MessageID) apitest.Answer {
				return w.Do(w.Cat, http.MethodPost, base+"/messages/"+string(m)+"/drop", nil)
			},
		} {
			got, want := ask(m), ask(none)
			got.Problem(http.StatusNotFound, "not_found")
			if !apitest.Indistinct(got, want) {
				t.Errorf("hidden %s, missing %s", got.Body, want.Body)
			}
		}
		quote := func(m model.MessageID) apitest.Answer {
			return w.Do(w.Cat, http.MethodPost, base+"/messages", apitest.With(apitest.Text("see"), "reply_to", m))
		}
		got, want := quote(m), quote(none)
		got.Problem(http.StatusConflict, model.NoReplyTarget)
		if !apitest.Indistinct(got, want) {
			t.Errorf("hidden %s, missing %s", got.Body, want.Body)
		}
	}
}

// importVerdict is an expectation where the Page's installer, and admins who see it, get v.
func importVerdict(v verdict) func(cell) verdict {
	return seenBy(func(c cell) verdict {
		if c.mine || c.who.Admin {
			return v
		}
		return forbidden(model.NotAdmin)
	})
}

// begun is v where an import was begun: another's installation begins without one.
func begun(c cell, v verdict) verdict {
	if c.page != apitest.Page {
		return notFound
	}
	return v
}

// seenBy is an expectation where who sees the Page gets what want says.
func seenBy(want func(cell) verdict) func(cell) verdict {
	return func(c cell) verdict {
		if !c.sees {
			return notFound
		}
		return want(c)
	}
}
