package api_test

import (
	"context"
	"html"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// hubAddress is where browsers reach the hub in tests, as far as links tell.
const hubAddress = "https://hub.example.com"

// What Facebook's side of connecting holds: no page, link or log may tell it.
const (
	dialogCode       = "the-code-of-the-dialog"
	personToken      = "the-token-of-the-person"
	pageTokenOfAdmin = "the-page-token-of-the-person"
)

// fakeLogin is Facebook's dialog and what comes after it.
type fakeLogin struct {
	pages   []model.ManagedPage
	missing []string
	off     bool
}

func (*fakeLogin) DialogURL(redirect, state string) string {
	return "https://dialog.example.com/oauth?" + url.Values{"redirect_uri": {redirect}, "state": {state}}.Encode()
}

func (*fakeLogin) DialogOrigin() string { return "https://dialog.example.com" }

func (*fakeLogin) UserToken(_ context.Context, code, redirect string) (string, error) {
	if code != dialogCode || redirect != hubAddress+"/connect/callback" {
		return "", model.Refuse(model.ConnectExpired)
	}
	return personToken, nil
}

func (f *fakeLogin) Missing(context.Context, string) ([]string, error) { return f.missing, nil }

func (f *fakeLogin) ManagedPages(context.Context, string) ([]model.ManagedPage, error) {
	return f.pages, nil
}

func (f *fakeLogin) MessagesOff(context.Context, string, model.MetaPageID) (bool, error) {
	return f.off, nil
}

func managed(id model.MetaPageID, name model.Untrusted, full bool) model.ManagedPage {
	return model.ManagedPage{ID: id, Name: name, Token: pageTokenOfAdmin, FullControl: full}
}

// tab is one browser: it has cookies, and follows nothing by itself.
type tab struct {
	*world
	jar      http.CookieJar
	language string
	// also is what the browser says besides.
	also http.Header
}

func (w *world) tab(language string) *tab {
	w.Helper()
	jar, err := cookiejar.New(nil)
	w.must(err)
	return &tab{world: w, jar: jar, language: language}
}

// goes opens an address of the hub, with a form if there is one.
func (b *tab) goes(method, address string, form url.Values) answer {
	b.Helper()
	u, err := url.Parse(address)
	b.must(err)
	at, err := url.Parse(hubAddress + u.Path)
	b.must(err)
	header := http.Header{"Accept-Language": {b.language}}
	for _, c := range b.jar.Cookies(at) {
		header.Add("Cookie", c.Name+"="+c.Value)
	}
	maps.Copy(header, b.also)
	var body any
	if form != nil {
		header.Set("Content-Type", "application/x-www-form-urlencoded")
		body = form.Encode()
	}
	client := b.server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a := b.send(method, u.RequestURI(), header, body)
	res := http.Response{Header: a.header}
	b.jar.SetCookies(at, res.Cookies())
	b.keepsItsHeaders(address, a)
	return a
}

// keepsItsHeaders: no page runs anything, is kept, framed, or tells where it was, nor holds
// a secret of Facebook's.
func (b *tab) keepsItsHeaders(address string, a answer) {
	b.Helper()
	policy := a.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "script-src") {
		b.Errorf("%s: policy %q", address, policy)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"} {
		if got := a.header.Get(name); got != want {
			b.Errorf("%s: %s is %q", address, name, got)
		}
	}
	for _, secret := range []string{dialogCode, personToken, pageTokenOfAdmin} {
		if strings.Contains(string(a.body), secret) || strings.Contains(a.header.Get("Location"), secret) {
			b.Errorf("%s tells %q", address, secret)
		}
	}
	if strings.Contains(string(a.body), "<script") {
		b.Errorf("%s holds a script", address)
	}
}

// begins begins as somebody, and returns the attempt.
func (w *world) begins(who account) model.Connect {
	w.Helper()
	var c model.Connect
	w.do(who, http.MethodPost, "/v1/connections", map[string]any{}).want(http.StatusCreated).into(&c)
	if !strings.HasPrefix(c.URL, hubAddress+"/connect?link=") || c.State != model.ConnectWaiting {
		w.Fatalf("begun: %+v", c)
	}
	return c
}

func linkOf(c model.Connect) url.Values {
	u, _ := url.Parse(c.URL)
	return u.Query()
}

var hidden = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`)

// fields are what the form of a page brings along by itself.
func (a answer) fields() url.Values {
	out := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(string(a.body), -1) {
		out.Set(m[1], html.UnescapeString(m[2]))
	}
	return out
}

// chooses sends the form on which the Page is chosen.
func (b *tab) chooses(chosen url.Values) answer {
	b.Helper()
	form := b.goes(http.MethodGet, "/connect/page", nil).fields()
	maps.Copy(form, chosen)
	return b.goes(http.MethodPost, "/connect/page", form)
}

// starts opens the link, goes on, and returns the state that Facebook was given.
func (b *tab) starts(c model.Connect) string {
	b.Helper()
	form := b.goes(http.MethodGet, c.URL, nil).want(http.StatusOK).fields()
	a := b.goes(http.MethodPost, "/connect", form).want(http.StatusSeeOther)
	to, err := url.Parse(a.header.Get("Location"))
	b.must(err)
	if to.Host != "dialog.example.com" || to.Query().Get("redirect_uri") != hubAddress+"/connect/callback" {
		b.Fatalf("sent to %s", to)
	}
	return to.Query().Get("state")
}

// returns comes back from Facebook.
func (b *tab) returns(q url.Values) answer {
	b.Helper()
	return b.goes(http.MethodGet, "/connect/callback?"+q.Encode(), nil)
}

// returnsWell comes back with the code, to the choice of the Page.
func (b *tab) returnsWell(state string) {
	b.Helper()
	a := b.returns(url.Values{"code": {dialogCode}, "state": {state}}).want(http.StatusSeeOther)
	if to := a.header.Get("Location"); to != hubAddress+"/connect/page" {
		b.Fatalf("sent to %s: %s", to, b.goes(http.MethodGet, to, nil).body)
	}
}

var codeShown = regexp.MustCompile(`<span id="code">([a-z_]+)</span>`)

// shows returns the code that a page refuses with.
func (a answer) shows() model.Code {
	if m := codeShown.FindSubmatch(a.body); m != nil {
		return model.Code(m[1])
	}
	return ""
}

func (a answer) says(what string) {
	a.Helper()
	if !strings.Contains(html.UnescapeString(string(a.body)), what) {
		a.Errorf("the page does not say %q: %s", what, a.body)
	}
}

func (w *world) status(who account, c model.Connect) model.Connect {
	w.Helper()
	var now model.Connect
	w.get(who, "/v1/connections/"+c.ID, &now)
	return now
}

func TestConnectThroughTheBrowser(t *testing.T) {
	t.Parallel()
	for language, say := range map[string]struct{ go1, private, done string }{
		"en":             {"Continue to Facebook", "Only you see the conversations", "Connected"},
		"ja,en;q=0.5":    {"Facebookへ進む", "返信できるのはあなただけです", "連携しました"},
		"fr-CH, fr;q=.9": {"Continue to Facebook", "Only you see the conversations", "Connected"},
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.login.pages = []model.ManagedPage{managed(meta, "A <b>Page</b>", true), managed("200", "Other", false)}
			b, c := w.tab(language), w.begins(w.ann)
			b.goes(http.MethodGet, c.URL, nil).want(http.StatusOK).says(say.go1)
			state := b.starts(c)
			if got := w.status(w.ann, c).State; got != model.ConnectAtFacebook {
				t.Errorf("the terminal is told %s", got)
			}
			b.returnsWell(state)
			choice := b.goes(http.MethodGet, "/connect/page", nil).want(http.StatusOK)
			choice.says(say.private)
			if strings.Contains(string(choice.body), "<b>Page") || !regexp.MustCompile(`value="200" disabled`).Match(choice.body) ||
				!regexp.MustCompile(`value="private" checked`).Match(choice.body) {
				t.Errorf("the choice: %s", choice.body)
			}
			if got := w.status(w.ann, c).State; got != model.ConnectChoosing {
				t.Errorf("the terminal is told %s", got)
			}
			choice.says("Ann (Ann@example.com)")
			b.chooses(url.Values{"visibility": {"private"}}).want(http.StatusUnprocessableEntity)
			chosen := choice.fields()
			maps.Copy(chosen, url.Values{"page": {string(meta)}, "visibility": {"shared"}})
			b.goes(http.MethodPost, "/connect/page", chosen).want(http.StatusSeeOther)
			b.goes(http.MethodGet, "/connect/done", nil).want(http.StatusOK).says(say.done)
			b.goes(http.MethodPost, "/connect/page", chosen).want(http.StatusSeeOther) // sent twice
			now := w.status(w.ann, c)
			if now.State != model.ConnectDone || now.Page == nil || now.Page.PageID != meta || now.Page.Visibility != model.Shared || !now.Page.Subscribed {
				t.Errorf("the terminal is told %+v", now)
			}
			w.do(w.ben, http.MethodGet, "/v1/connections/"+c.ID, nil).problem(http.StatusNotFound, "not_found")
			for _, secret := range []string{dialogCode, personToken, pageTokenOfAdmin, linkOf(c).Get("link")} {
				if strings.Contains(w.logs.String(), secret) {
					t.Errorf("the log tells %q", secret)
				}
			}
		})
	}
}

func TestConnectRefusals(t *testing.T) {
	t.Parallel()
	mine := []model.ManagedPage{managed(meta, "Page", true)}
	for code, tt := range map[model.Code]struct {
		login   fakeLogin
		prepare func(*world)
		answer  url.Values
		choose  bool
	}{
		model.NoManageTask:     {login: fakeLogin{pages: []model.ManagedPage{managed(meta, "Page", false)}}},
		model.PersonalProfile:  {},
		model.NoPermission:     {login: fakeLogin{pages: mine, missing: []string{"pages_messaging"}}},
		model.AlreadyConnected: {login: fakeLogin{pages: mine}, prepare: func(w *world) { w.connect(w.ben, meta, model.Private) }},
		model.ConnectCancelled: {login: fakeLogin{pages: mine}, answer: url.Values{"error": {"access_denied"}}},
		model.MessagesOff:      {login: fakeLogin{pages: mine, off: true}, choose: true},
		model.ConnectExpired:   {login: fakeLogin{pages: mine}, answer: url.Values{"code": {"another"}}},
		model.NotAdmin: {login: fakeLogin{pages: mine}, prepare: func(w *world) {
			w.makeAdmin(w.ann, false)
		}},
	} {
		t.Run(string(code), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			*w.login = tt.login
			b, c := w.tab("ja"), w.begins(w.ann)
			state := b.starts(c)
			if tt.prepare != nil {
				tt.prepare(w)
			}
			q := url.Values{"code": {dialogCode}}
			if tt.answer != nil {
				q = tt.answer
			}
			q.Set("state", state)
			a := b.returns(q)
			if tt.choose {
				a.want(http.StatusSeeOther)
				a = b.chooses(url.Values{"page": {string(meta)}, "visibility": {"private"}})
			}
			if a.status == http.StatusSeeOther {
				a = b.goes(http.MethodGet, a.header.Get("Location"), nil)
			}
			if a.shows() != code || a.status < http.StatusBadRequest {
				t.Errorf("the page: %d %s", a.status, a.body)
			}
			a.says("連携していません")
			if now := w.status(w.ann, c); now.State != model.ConnectRefused || now.Code != code {
				t.Errorf("the terminal is told %+v", now)
			}
			b.returns(q).want(http.StatusConflict) // the state is used up
		})
	}
	w := newWorld(t)
	w.do(w.cat, http.MethodPost, "/v1/connections", map[string]any{}).problem(http.StatusForbidden, model.NotAdmin)
}

// makeAdmin changes a user's role, as the command line does.
func (w *world) makeAdmin(who account, admin bool) {
	w.Helper()
	w.must(w.store.Accounts(w.Context(), func(tx store.AccountTx) error {
		u := who.User
		u.Admin = admin
		return tx.ChangeUser(u)
	}))
}

// Somebody who knows the link, the state or the code of another's attempt gets nowhere, and
// the attempt goes on.
func TestConnectIsBoundToItsBrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login.pages = []model.ManagedPage{managed(meta, "Page", true)}
	c := w.begins(w.ann)
	mine, other := w.tab("en"), w.tab("en")
	state := mine.starts(c)

	again := other.goes(http.MethodGet, c.URL, nil).fields() // shown, as it names who asks
	if a := other.goes(http.MethodPost, "/connect", again); a.shows() != model.ConnectForeign {
		t.Errorf("the link again: %s", a.body)
	}
	if a := other.returns(url.Values{"code": {dialogCode}, "state": {state}}); a.shows() != model.ConnectForeign {
		t.Errorf("the state from elsewhere: %s", a.body)
	}
	if a := mine.returns(url.Values{"code": {dialogCode}, "state": {"made-up"}}); a.shows() != model.ConnectExpired {
		t.Errorf("another state: %s", a.body)
	}
	for _, address := range []string{"/connect/page", "/connect/done"} {
		if a := other.goes(http.MethodGet, address, nil); a.shows() != model.ConnectExpired {
			t.Errorf("%s: %s", address, a.body)
		}
	}
	mine.returnsWell(state)
	if a := mine.returns(url.Values{"code": {dialogCode}, "state": {state}}); a.shows() != model.ConnectExpired {
		t.Errorf("the state again: %s", a.body)
	}
	form := mine.goes(http.MethodGet, "/connect/page", nil).fields()
	maps.Copy(form, url.Values{"page": {string(meta)}, "visibility": {"shared"}})
	if a := other.goes(http.MethodPost, "/connect/page", form); a.shows() != model.ConnectForeign {
		t.Errorf("the form of another browser: %s", a.body)
	}
	if now := w.status(w.ann, c); now.State != model.ConnectChoosing {
		t.Errorf("told %+v", now)
	}
	mine.chooses(url.Values{"page": {"999"}, "visibility": {"shared"}}).want(http.StatusUnprocessableEntity)
	mine.chooses(url.Values{"page": {string(meta)}, "visibility": {"private"}})
	if now := w.status(w.ann, c); now.State != model.ConnectDone || now.Page.Visibility != model.Private {
		t.Errorf("told %+v", now)
	}
}

// A page of somebody else's gets nothing done in a browser: neither past the page that
// names who asks, nor in the choice of who sees a Page, whatever it knows, short of what
// the hub's own page holds.
func TestFormsOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login.pages = []model.ManagedPage{managed(meta, "Page", true)}
	c, b := w.begins(w.ann), w.tab("en")
	refused := func(what string, a answer) {
		t.Helper()
		if a.status != http.StatusForbidden || a.shows() != model.ConnectForeign {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
	}
	post := func(path string, form url.Values, header http.Header) answer {
		b.also = header
		defer func() { b.also = nil }()
		return b.goes(http.MethodPost, path, form)
	}
	elsewhere := map[string]http.Header{
		"another site":                {"Sec-Fetch-Site": {"cross-site"}},
		"a site beside":               {"Sec-Fetch-Site": {"same-site"}},
		"an old browser":              {"Origin": {"https://evil.example"}},
		"an old browser, from beside": {"Origin": {"https://other.example.com"}},
		"no origin":                   {"Origin": {"null"}},
		"both":                        {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
	}
	refused("a form alone", post("/connect", linkOf(c), nil)) // the page was not shown
	shown := b.goes(http.MethodGet, c.URL, nil)
	shown.says("Ann (Ann@example.com)")
	refused("without the form's token", post("/connect", linkOf(c), nil))
	for what, header := range elsewhere {
		refused(what, post("/connect", shown.fields(), header))
	}
	other := w.begins(w.ben)
	forged := shown.fields()
	forged.Set("link", linkOf(other).Get("link"))
	refused("the token of another link", post("/connect", forged, nil))
	if now := w.status(w.ann, c); now.State != model.ConnectWaiting {
		t.Fatalf("told %+v", now)
	}
	for what, header := range map[string]http.Header{
		"its own page": {"Sec-Fetch-Site": {"same-origin"}}, "its public address": {"Origin": {hubAddress}}, "none": nil,
	} {
		if a := post("/connect", shown.fields(), header); a.status != http.StatusSeeOther {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
	}
	b.returnsWell(b.starts(c))
	choice := b.goes(http.MethodGet, "/connect/page", nil)
	shared := url.Values{"page": {string(meta)}, "visibility": {"shared"}}
	refused("a choice without a token", post("/connect/page", shared, nil))
	form := choice.fields()
	maps.Copy(form, shared)
	for what, header := range elsewhere {
		refused("a choice from "+what, post("/connect/page", form, header))
	}
	stepped := shown.fields() // the token of the step before
	maps.Copy(stepped, shared)
	stepped.Set("attempt", form.Get("attempt"))
	refused("the token of another step", post("/connect/page", stepped, nil))
	if now := w.status(w.ann, c); now.State != model.ConnectChoosing {
		t.Fatalf("told %+v", now)
	}
	post("/connect/page", form, http.Header{"Sec-Fetch-Site": {"same-origin"}}).want(http.StatusSeeOther)
	if now := w.status(w.ann, c); now.State != model.ConnectDone {
		t.Errorf("told %+v", now)
	}
}

// The choice of one attempt chooses nothing in the next one of the same browser.
func TestAChoiceIsOfItsAttempt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login.pages = []model.ManagedPage{managed(meta, "Page", true)}
	b := w.tab("en")
	first := w.begins(w.ben)
	b.returnsWell(b.starts(first))
	form := b.goes(http.MethodGet, "/connect/page", nil).fields()
	second := w.begins(w.ann)
	b.returnsWell(b.starts(second))
	maps.Copy(form, url.Values{"page": {string(meta)}, "visibility": {"shared"}})
	b.goes(http.MethodPost, "/connect/page", form)
	if now := w.status(w.ann, second); now.State != model.ConnectChoosing {
		t.Errorf("told %+v", now)
	}
}

// Every answer, page or not, is one that no browser runs or frames.
func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{
		"/", "/connect", "/connect?link=x", "/connect/callback", "/connect/page", "/connect/done", "/login", "/login?code=BCDF-GHJK",
		"/login/callback", "/docs", "/openapi.json", "/healthz", "/readyz", "/v1/me", "/v1/stream", "/v1/media/x", "/webhooks/messenger", "/nothing",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			h := w.send(method, path, nil, nil).header
			csp := h.Get("Content-Security-Policy")
			if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || !strings.Contains(csp, "form-action") ||
				strings.Contains(csp, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("%s %s: %v", method, path, h)
			}
			for _, c := range h.Values("Set-Cookie") {
				if !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") {
					t.Errorf("%s %s sets %s", method, path, c)
				}
			}
		}
	}
}

func TestConnectTakesTenMinutesAtMost(t *testing.T) {
	t.Parallel()
	var later atomic.Int64
	w := newWorld(t, withClock(func() time.Time { return time.Now().Add(time.Duration(later.Load())) }))
	w.login.pages = []model.ManagedPage{managed(meta, "Page", true)}
	c, b := w.begins(w.ann), w.tab("en")
	state := b.starts(c)
	later.Store(int64(10 * time.Minute))
	if a := b.returns(url.Values{"code": {dialogCode}, "state": {state}}); a.shows() != model.ConnectExpired {
		t.Errorf("after ten minutes: %s", a.body)
	}
	if now := w.status(w.ann, c); now.State != model.ConnectRefused || now.Code != model.ConnectExpired {
		t.Errorf("told %+v", now)
	}
	if a := b.goes(http.MethodGet, c.URL, nil); a.shows() != model.ConnectExpired {
		t.Errorf("the link: %s", a.body)
	}
	later.Store(int64(21 * time.Minute))
	w.do(w.ann, http.MethodGet, "/v1/connections/"+c.ID, nil).problem(http.StatusNotFound, "not_found")
}

func TestConnectBegunAgainEndsWhatWasBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.begins(w.ann)
	second := w.begins(w.ann)
	if now := w.status(w.ann, first); now.State != model.ConnectRefused || now.Code != model.ConnectCancelled {
		t.Errorf("told %+v", now)
	}
	if a := w.tab("en").goes(http.MethodGet, first.URL, nil); a.shows() != model.ConnectExpired {
		t.Errorf("the link before: %s", a.body)
	}
	b := w.tab("en")
	form := b.goes(http.MethodGet, second.URL, nil).fields()
	w.do(w.ben, http.MethodDelete, "/v1/connections/"+second.ID, nil).problem(http.StatusNotFound, "not_found")
	w.do(w.ann, http.MethodDelete, "/v1/connections/"+second.ID, nil).want(http.StatusOK)
	if a := b.goes(http.MethodPost, "/connect", form); a.shows() != model.ConnectExpired {
		t.Errorf("the link that was given up: %s", a.body)
	}
}

// emptyInbox is a Page's inbox on Facebook in which nothing is.
type emptyInbox struct{}

func (emptyInbox) Threads(context.Context, string, model.MetaPageID, string, int) (model.PastThreads, error) {
	return model.PastThreads{}, nil
}

func (emptyInbox) CountThreads(context.Context, string, model.MetaPageID, string) (int, string, error) {
	return 0, "", nil
}
