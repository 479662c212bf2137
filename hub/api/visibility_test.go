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

	"parley/model"
)

// place is an installation in a state, and who may see into it.
type place struct {
	name string
	page model.PageID
	// installer, and whether others see it, too.
	installer func(*world) account
	shared    bool
	gone      bool // uninstalled
	// prepare brings a fresh world there.
	prepare func(*world)
}

func ann(w *world) account { return w.ann }
func ben(w *world) account { return w.ben }

// What only those who see a Page may ever read.
const (
	hiddenText = "my-card-number-is-secret"
	hiddenName = "Hanako-Secret"
	hiddenNote = "our-note-about-her"
)

func connected(who func(*world) account, v model.Visibility) func(*world) {
	return func(w *world) {
		w.connect(who(w), meta, v)
		w.fill(who(w), w.installation())
	}
}

// installation is the Page's newest one.
func (w *world) installation() model.PageID {
	w.Helper()
	var l pageList
	w.get(w.ann, "/v1/pages", &l)
	return l.Pages[len(l.Pages)-1].ID
}

// fill puts a conversation with everything into a Page.
func (w *world) fill(who account, id model.PageID) {
	w.Helper()
	w.deliver(meta, "messaging",
		message(meta, hanako, "m_in_"+string(id), hiddenText, time.Now()),
		policy(meta, "warning", hiddenText, time.Now()))
	w.reply(who, id, hanako, with(text(hiddenNote), "note", true))
	w.reply(who, id, hanako, text(hiddenText))
}

func uninstalled(then func(*world)) func(*world) {
	return func(w *world) {
		then(w)
		w.do(w.ann, http.MethodDelete, "/v1/pages/"+string(page), nil).want(http.StatusOK)
	}
}

// places are the states of an installation that the matrix goes through.
func places() []place {
	return []place{
		{name: "private", page: page, installer: ann, prepare: connected(ann, model.Private)},
		{name: "shared", page: page, installer: ann, shared: true, prepare: connected(ann, model.Shared)},
		{name: "private again", page: page, installer: ann, prepare: func(w *world) {
			connected(ann, model.Shared)(w)
			w.setVisibility(w.ann, page, model.Private)
		}},
		{name: "uninstalled, was private", page: page, installer: ann, gone: true, prepare: uninstalled(connected(ann, model.Private))},
		{name: "uninstalled, was shared", page: page, installer: ann, shared: true, gone: true, prepare: uninstalled(connected(ann, model.Shared))},
		{name: "second installation, private", page: page + "~2", installer: ben, prepare: func(w *world) {
			uninstalled(connected(ann, model.Private))(w)
			connected(ben, model.Private)(w)
		}},
		{name: "first of two installations, was private", page: page, installer: ann, gone: true, prepare: func(w *world) {
			uninstalled(connected(ann, model.Private))(w)
			connected(ben, model.Shared)(w)
		}},
	}
}

// cell is one case of the matrix.
type cell struct {
	place
	who      account
	identity string
	sees     bool
	mine     bool // the installation is theirs
}

// target is what a request is about.
type target struct {
	page         model.PageID
	conversation model.ConversationID
	in, out      model.MessageID
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
func conflict(code model.Code) verdict  { return verdict{http.StatusConflict, code} }

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

// route is how the matrix asks an operation, and what it expects.
type route struct {
	// query asks a list for that Page; body is what is sent.
	query func(target) url.Values
	body  func(target) any
	want  func(cell) verdict
	// hides: to who does not see, it must be as if the thing did not exist.
	hides bool
	// changes what others of the matrix read: it gets a world of its own.
	changes bool
	// ends the session that asks, or what is asked about: only where it must be refused
	// is it asked here.
	ends bool
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
			want: always(notIn),
		},
		"logout":     {want: always(verdict{status: http.StatusNoContent}), ends: true},
		"stats":      {want: admins(ok)},
		"list-audit": {want: admins(ok)},
		"set-availability": {
			body: func(target) any { return map[string]any{"available": true} },
			want: always(ok),
		},
		"list-users":         {want: always(ok)},
		"list-tokens":        {want: always(ok)},
		"revoke-token":       {want: always(notFound)}, // it names nobody's
		"list-pages":         {want: always(ok)},
		"list-conversations": {query: ofPage, want: seen(ok), hides: true},
		"counts":             {query: ofPage, want: seen(ok), hides: true},
		"list-notices":       {query: ofPage, want: seen(ok), hides: true},
		"get-conversation":   {want: seen(ok), hides: true},
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
			body: func(target) any { return text("a reply") },
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
		"connect-page": {
			body:    func(t target) any { return map[string]any{"page": t.page.Meta(), "token": userToken} },
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
	second := strings.Contains(c.name, "two") || c.page != page
	switch {
	case !c.who.Admin:
		return forbidden(model.NotAdmin)
	case second && c.identity == "other admin":
		return ok // ben has the second one: a repair
	case second:
		return forbidden(model.AlreadyConnected)
	case c.gone:
		return verdict{status: http.StatusCreated}
	case c.mine:
		return ok
	}
	return forbidden(model.AlreadyConnected)
}

// ask sends a request of the matrix about a target.
func (w *world) ask(who account, o operation, r route, t target) answer {
	w.Helper()
	message := t.out
	if o.ID == "get-message" {
		message = t.in
	}
	path := strings.NewReplacer(
		"{page}", url.PathEscape(string(t.page)), "{conversation}", url.PathEscape(string(t.conversation)),
		"{message}", url.PathEscape(string(message)),
	).Replace(o.path)
	if r.query != nil {
		path += "?" + r.query(t).Encode()
	}
	var body any
	if r.body != nil {
		body = r.body(t)
	}
	return w.do(who, o.method, path, body)
}

// target finds what there is in a place, with the eyes of its installer.
func (w *world) target(p place) target {
	w.Helper()
	t := target{page: p.page, conversation: model.NewConversationID(p.page, hanako)}
	for _, m := range w.messages(p.installer(w), p.page, hanako) {
		switch {
		case m.Direction == model.In:
			t.in = m.ID
		case m.Direction == model.Out && t.out == "":
			t.out = m.ID
		}
	}
	if t.in == "" || t.out == "" {
		w.Fatalf("%s holds no messages", p.name)
	}
	return t
}

// missing are targets that do not exist: another Page, another customer,
// another message, and what is no id at all.
func missing() []target {
	const none = "0190b8a0-0000-7000-8000-000000000000"
	id := func(p model.PageID) model.MessageID { return model.NewMessageID(p, none) }
	return []target{
		{page: "424242", conversation: model.NewConversationID("424242", hanako), in: id("424242"), out: id("424242")},
		{page: "100~77", conversation: model.NewConversationID("100~77", hanako), in: id("100~77"), out: id("100~77")},
		{page: "x", conversation: "x", in: "x", out: "x"},
	}
}

// within are targets like t in the same Page that do not exist.
func within(t target) []target {
	const none = "0190b8a0-0000-7000-8000-000000000000"
	return []target{
		{page: t.page, conversation: model.NewConversationID(t.page, "999999"), in: t.in, out: t.out},
		{page: t.page, conversation: t.conversation, in: model.NewMessageID(t.page, none), out: model.NewMessageID(t.page, none)},
	}
}

// cells are the identities in a place.
func cells(w *world, p place) []cell {
	all := []cell{
		{identity: "installer of the first", who: w.ann},
		{identity: "other admin", who: w.ben},
		{identity: "rep", who: w.cat},
		{identity: "stranger", who: w.stranger},
		{identity: "nobody"},
	}
	for i := range all {
		c := &all[i]
		c.place = p
		known := c.who.ID != ""
		c.mine = known && c.who.ID == p.installer(w).ID
		c.sees = known && (c.mine || p.shared)
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

func (a answer) is(v verdict) bool {
	if a.status != v.status {
		return false
	}
	if v.code == "" {
		return true
	}
	var p problem
	return json.Unmarshal(a.body, &p) == nil && p.Code == v.code
}

// indistinct tells whether two answers look the same to who got them.
func indistinct(a, b answer) bool {
	if a.status != b.status || !bytes.Equal(a.body, b.body) || len(a.header) != len(b.header) {
		return false
	}
	for name := range a.header {
		if name != "Date" && !slices.Equal(a.header[name], b.header[name]) {
			return false
		}
	}
	return true
}

func TestEveryRouteHasItsRow(t *testing.T) {
	t.Parallel()
	rows := routes()
	for _, o := range newWorld(t).operations() {
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
			w := newWorld(t)
			p.prepare(w)
			to := w.target(p)
			for _, c := range cells(w, p)[:3] {
				w.pagesTellOnlyWhatIsPublic(c)
			}
			for _, o := range w.operations() {
				r := routes()[o.ID]
				for _, c := range cells(w, p) {
					if r.changes || r.ends {
						if a := w.refusedBefore(o, r, c, to); a != nil {
							t.Error(at(o.ID, "by", c.identity, "answered", a.status, string(a.body)))
						}
						continue
					}
					w.judge(o, r, c, to)
				}
			}
		})
	}
}

// refusedBefore asks a route that changes a Page only where it must be refused,
// and returns an answer that was another.
func (w *world) refusedBefore(o operation, r route, c cell, to target) *answer {
	w.Helper()
	want := expect(o, r, c)
	if want.status < http.StatusBadRequest {
		return nil
	}
	if a := w.ask(c.who, o, r, to); !a.is(want) {
		return &a
	}
	return nil
}

// judge holds a route in one cell against what is expected.
func (w *world) judge(o operation, r route, c cell, to target) {
	w.Helper()
	want := expect(o, r, c)
	got := w.ask(c.who, o, r, to)
	if !got.is(want) {
		w.Error(at(o.ID, "by", c.identity, "answered", got.status, string(got.body), "want", want.status, want.code))
		return
	}
	if !c.sees {
		w.leaksNothing(o, c, got, to)
	}
	if !r.hides || c.sees || c.who.ID == "" {
		return
	}
	for _, none := range append(missing(), within(to)...) {
		if a := w.ask(c.who, o, r, none); !indistinct(got, a) {
			w.Error(at(o.ID, "by", c.identity, "tells what is hidden", got.status, string(got.body), got.header,
				"from what is missing", a.status, string(a.body), a.header, none))
		}
	}
}

// leaksNothing holds an answer to somebody who may not see against what it must
// not hold.
func (w *world) leaksNothing(o operation, c cell, a answer, to target) {
	w.Helper()
	for _, secret := range []string{
		hiddenText, hiddenName, hiddenNote, string(hanako), string(to.conversation), string(to.in), string(to.out),
		userToken, pageToken(userToken),
	} {
		if bytes.Contains(a.body, []byte(secret)) {
			w.Error(at(o.ID, "tells", c.identity, secret, string(a.body)))
		}
	}
}

// The routes that change a Page, each in a world of its own; where they must be
// refused, TestWhoSeesWhat has asked them.
func TestWhoMayChangeAPage(t *testing.T) {
	t.Parallel()
	// Whom a route lets through is told by who somebody is, not by what is stored.
	people := &world{
		ann: account{User: model.User{ID: "ann", Admin: true}},
		ben: account{User: model.User{ID: "ben", Admin: true}},
		cat: account{User: model.User{ID: "cat"}},
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
					w := newWorld(t)
					p.prepare(w)
					c := cells(w, p)[i]
					a := w.ask(c.who, w.operation(id), r, w.target(p))
					if !a.is(want) {
						t.Fatal(at("got", a.status, string(a.body), "want", want))
					}
					w.wantPublic(c, a)
				})
			}
		}
	}
}

// wantPublic expects a Page of which no more is told than who asked may see.
func (w *world) wantPublic(c cell, a answer) {
	w.Helper()
	if bytes.Contains(a.body, []byte(userToken)) {
		w.Errorf("the answer holds a token: %s", a.body)
	}
	var p model.Page
	a.into(&p)
	if c.sees != p.Sees && c.page == p.ID {
		w.Errorf("%s sees: %t, told %t", c.identity, c.sees, p.Sees)
	}
	if !p.Sees && p != p.Public() {
		w.Errorf("%s is told %s", c.identity, a.body)
	}
}

func (w *world) operation(id string) operation {
	w.Helper()
	for _, o := range w.operations() {
		if o.ID == id {
			return o
		}
	}
	w.Fatalf("no operation %s", id)
	return operation{}
}

// pagesTellOnlyWhatIsPublic: what everybody may know of a Page is that it is there,
// whether it is private, and whose it is.
func (w *world) pagesTellOnlyWhatIsPublic(c cell) {
	w.Helper()
	var l pageList
	w.get(c.who, "/v1/pages", &l)
	i := slices.IndexFunc(l.Pages, func(q model.Page) bool { return q.ID == c.page })
	if i < 0 {
		w.Fatalf("%s is not told of the Page", c.identity)
	}
	got := l.Pages[i]
	if got.Sees != c.sees || got.Installer != c.installer(w).Ref() || got.Name != pageName(meta) || got.PageID != meta {
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
	w := newWorld(t)
	connected(ann, model.Private)(w)
	hidden := w.target(places()[0])
	w.connect(w.ben, "200", model.Shared)
	w.customerWrites("200", ken, "m_200", "hello", time.Now())
	w.reply(w.ben, "200", ken, text("hi"))
	seen := target{conversation: model.NewConversationID("200", ken)}
	none := model.NewMessageID(page, "0190b8a0-0000-7000-8000-000000000000")
	base := "/v1/conversations/" + string(seen.conversation)
	for _, m := range []model.MessageID{hidden.in, hidden.out} {
		for _, ask := range []func(model.MessageID) answer{
			func(m model.MessageID) answer { return w.do(w.cat, http.MethodGet, base+"/messages/"+string(m), nil) },
			func(m model.MessageID) answer {
				return w.do(w.cat, http.MethodPost, base+"/read", map[string]any{"up_to": m})
			},
			func(m model.MessageID) answer {
				return w.do(w.cat, http.MethodPost, base+"/messages/"+string(m)+"/retry", map[string]any{"attempt": 0})
			},
			func(m model.MessageID) answer {
				return w.do(w.cat, http.MethodPost, base+"/messages/"+string(m)+"/drop", nil)
			},
		} {
			got, want := ask(m), ask(none)
			got.problem(http.StatusNotFound, "not_found")
			if !indistinct(got, want) {
				t.Errorf("hidden %s, missing %s", got.body, want.body)
			}
		}
		quote := func(m model.MessageID) answer {
			return w.do(w.cat, http.MethodPost, base+"/messages", with(text("see"), "reply_to", m))
		}
		got, want := quote(m), quote(none)
		got.problem(http.StatusConflict, model.NoReplyTarget)
		if !indistinct(got, want) {
			t.Errorf("hidden %s, missing %s", got.body, want.body)
		}
	}
}
