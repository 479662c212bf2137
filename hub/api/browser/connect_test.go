package browser_test

import (
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

	"parley/hub/api/apitest"
	"parley/hub/store"
	"parley/model"
)

func managed(id model.MetaPageID, name model.Untrusted, full bool) model.ManagedPage {
	return model.ManagedPage{ID: id, Name: name, Token: apitest.PageTokenOfAdmin, FullControl: full}
}

// tab is one browser: it has cookies, and follows nothing by itself.
type tab struct {
	*apitest.World
	jar      http.CookieJar
	language string
	// also is what the browser says besides.
	also http.Header
}

func newTab(w *apitest.World, language string) *tab {
	w.Helper()
	jar, err := cookiejar.New(nil)
	w.Must(err)
	return &tab{World: w, jar: jar, language: language}
}

// goes opens an address of the hub, with a form if there is one.
func (b *tab) goes(method, address string, form url.Values) apitest.Answer {
	b.Helper()
	u, err := url.Parse(address)
	b.Must(err)
	at, err := url.Parse(apitest.HubAddress + u.Path)
	b.Must(err)
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
	client := b.Server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a := b.Send(method, u.RequestURI(), header, body)
	res := http.Response{Header: a.Header}
	b.jar.SetCookies(at, res.Cookies())
	b.keepsItsHeaders(address, a)
	return a
}

// keepsItsHeaders: no page runs anything, is kept, framed, or tells where it was, nor holds
// a secret of Facebook's.
func (b *tab) keepsItsHeaders(address string, a apitest.Answer) {
	b.Helper()
	policy := a.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "script-src") {
		b.Errorf("%s: policy %q", address, policy)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"} {
		if got := a.Header.Get(name); got != want {
			b.Errorf("%s: %s is %q", address, name, got)
		}
	}
	for _, secret := range []string{apitest.DialogCode, apitest.PersonToken, apitest.PageTokenOfAdmin} {
		if strings.Contains(string(a.Body), secret) || strings.Contains(a.Header.Get("Location"), secret) {
			b.Errorf("%s tells %q", address, secret)
		}
	}
	if strings.Contains(string(a.Body), "<script") {
		b.Errorf("%s holds a script", address)
	}
}

// beginConnect begins as somebody, and returns the attempt.
func beginConnect(w *apitest.World, who apitest.Account) model.Connect {
	w.Helper()
	var c model.Connect
	w.Do(who, http.MethodPost, "/v1/connections", map[string]any{}).Want(http.StatusCreated).Into(&c)
	if !strings.HasPrefix(c.URL, apitest.HubAddress+"/connect?link=") || c.State != model.ConnectWaiting {
		w.Fatalf("begun: %+v", c)
	}
	return c
}

func linkOf(c model.Connect) url.Values {
	u, _ := url.Parse(c.URL)
	return u.Query()
}

var hidden = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`)

// formFields are what the form of a page brings along by itself.
func formFields(a apitest.Answer) url.Values {
	out := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(string(a.Body), -1) {
		out.Set(m[1], html.UnescapeString(m[2]))
	}
	return out
}

// chooses sends the form on which the Page is chosen.
func (b *tab) chooses(chosen url.Values) apitest.Answer {
	b.Helper()
	form := formFields(b.goes(http.MethodGet, "/connect/page", nil))
	maps.Copy(form, chosen)
	return b.goes(http.MethodPost, "/connect/page", form)
}

// starts opens the link, goes on, and returns the state that Facebook was given.
func (b *tab) starts(c model.Connect) string {
	b.Helper()
	form := formFields(b.goes(http.MethodGet, c.URL, nil).Want(http.StatusOK))
	a := b.goes(http.MethodPost, "/connect", form).Want(http.StatusSeeOther)
	to, err := url.Parse(a.Header.Get("Location"))
	b.Must(err)
	if to.Host != "dialog.example.com" || to.Query().Get("redirect_uri") != apitest.HubAddress+"/connect/callback" {
		b.Fatalf("sent to %s", to)
	}
	return to.Query().Get("state")
}

// returns comes back from Facebook.
func (b *tab) returns(q url.Values) apitest.Answer {
	b.Helper()
	return b.goes(http.MethodGet, "/connect/callback?"+q.Encode(), nil)
}

// returnsWell comes back with the code, to the choice of the Page.
func (b *tab) returnsWell(state string) {
	b.Helper()
	a := b.returns(url.Values{"code": {apitest.DialogCode}, "state": {state}}).Want(http.StatusSeeOther)
	if to := a.Header.Get("Location"); to != apitest.HubAddress+"/connect/page" {
		b.Fatalf("sent to %s: %s", to, b.goes(http.MethodGet, to, nil).Body)
	}
}

var codeShown = regexp.MustCompile(`<span id="code">([a-z_]+)</span>`)

// codeOf returns the code that a page refuses with.
func codeOf(a apitest.Answer) model.Code {
	if m := codeShown.FindSubmatch(a.Body); m != nil {
		return model.Code(m[1])
	}
	return ""
}

func wantText(a apitest.Answer, what string) {
	a.Helper()
	if !strings.Contains(html.UnescapeString(string(a.Body)), what) {
		a.Errorf("the page does not say %q: %s", what, a.Body)
	}
}

func connectNow(w *apitest.World, who apitest.Account, c model.Connect) model.Connect {
	w.Helper()
	var now model.Connect
	w.Get(who, "/v1/connections/"+c.ID, &now)
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
			w := apitest.New(t)
			w.Login.Pages = []model.ManagedPage{managed(apitest.MetaPage, "A <b>Page</b>", true), managed("200", "Other", false)}
			b, c := newTab(w, language), beginConnect(w, w.Ann)
			wantText(b.goes(http.MethodGet, c.URL, nil).Want(http.StatusOK), say.go1)
			state := b.starts(c)
			if got := connectNow(w, w.Ann, c).State; got != model.ConnectAtFacebook {
				t.Errorf("the terminal is told %s", got)
			}
			b.returnsWell(state)
			choice := b.goes(http.MethodGet, "/connect/page", nil).Want(http.StatusOK)
			wantText(choice, say.private)
			if strings.Contains(string(choice.Body), "<b>Page") || !regexp.MustCompile(`value="200" disabled`).Match(choice.Body) ||
				!regexp.MustCompile(`value="private" checked`).Match(choice.Body) {
				t.Errorf("the choice: %s", choice.Body)
			}
			if got := connectNow(w, w.Ann, c).State; got != model.ConnectChoosing {
				t.Errorf("the terminal is told %s", got)
			}
			wantText(choice, "Ann (Ann@example.com)")
			b.chooses(url.Values{"visibility": {"private"}}).Want(http.StatusUnprocessableEntity)
			chosen := formFields(choice)
			maps.Copy(chosen, url.Values{"page": {string(apitest.MetaPage)}, "visibility": {"shared"}})
			b.goes(http.MethodPost, "/connect/page", chosen).Want(http.StatusSeeOther)
			wantText(b.goes(http.MethodGet, "/connect/done", nil).Want(http.StatusOK), say.done)
			b.goes(http.MethodPost, "/connect/page", chosen).Want(http.StatusSeeOther) // sent twice
			now := connectNow(w, w.Ann, c)
			if now.State != model.ConnectDone || now.Page == nil || now.Page.PageID != apitest.MetaPage || now.Page.Visibility != model.Shared || !now.Page.Subscribed {
				t.Errorf("the terminal is told %+v", now)
			}
			w.Do(w.Ben, http.MethodGet, "/v1/connections/"+c.ID, nil).Problem(http.StatusNotFound, "not_found")
			for _, secret := range []string{apitest.DialogCode, apitest.PersonToken, apitest.PageTokenOfAdmin, linkOf(c).Get("link")} {
				if strings.Contains(w.Logs.String(), secret) {
					t.Errorf("the log tells %q", secret)
				}
			}
		})
	}
}

func TestConnectRefusals(t *testing.T) {
	t.Parallel()
	mine := []model.ManagedPage{managed(apitest.MetaPage, "Page", true)}
	for code, tt := range map[model.Code]struct {
		login   apitest.Login
		prepare func(*apitest.World)
		answer  url.Values
		choose  bool
	}{
		model.NoManageTask:     {login: apitest.Login{Pages: []model.ManagedPage{managed(apitest.MetaPage, "Page", false)}}},
		model.PersonalProfile:  {},
		model.NoPermission:     {login: apitest.Login{Pages: mine, Lacks: []string{"pages_messaging"}}},
		model.AlreadyConnected: {login: apitest.Login{Pages: mine}, prepare: func(w *apitest.World) { w.Connect(w.Ben, apitest.MetaPage, model.Private) }},
		model.ConnectCancelled: {login: apitest.Login{Pages: mine}, answer: url.Values{"error": {"access_denied"}}},
		model.MessagesOff:      {login: apitest.Login{Pages: mine, SwitchedOff: true}, choose: true},
		model.ConnectExpired:   {login: apitest.Login{Pages: mine}, answer: url.Values{"code": {"another"}}},
		model.NotAdmin: {login: apitest.Login{Pages: mine}, prepare: func(w *apitest.World) {
			makeAdmin(w, w.Ann, false)
		}},
	} {
		t.Run(string(code), func(t *testing.T) {
			t.Parallel()
			w := apitest.New(t)
			*w.Login = tt.login
			b, c := newTab(w, "ja"), beginConnect(w, w.Ann)
			state := b.starts(c)
			if tt.prepare != nil {
				tt.prepare(w)
			}
			q := url.Values{"code": {apitest.DialogCode}}
			if tt.answer != nil {
				q = tt.answer
			}
			q.Set("state", state)
			a := b.returns(q)
			if tt.choose {
				a.Want(http.StatusSeeOther)
				a = b.chooses(url.Values{"page": {string(apitest.MetaPage)}, "visibility": {"private"}})
			}
			if a.Status == http.StatusSeeOther {
				a = b.goes(http.MethodGet, a.Header.Get("Location"), nil)
			}
			if codeOf(a) != code || a.Status < http.StatusBadRequest {
				t.Errorf("the page: %d %s", a.Status, a.Body)
			}
			wantText(a, "連携していません")
			if now := connectNow(w, w.Ann, c); now.State != model.ConnectRefused || now.Code != code {
				t.Errorf("the terminal is told %+v", now)
			}
			b.returns(q).Want(http.StatusConflict) // the state is used up
		})
	}
	w := apitest.New(t)
	w.Do(w.Cat, http.MethodPost, "/v1/connections", map[string]any{}).Problem(http.StatusForbidden, model.NotAdmin)
}

// makeAdmin changes a user's role, as the command line does.
func makeAdmin(w *apitest.World, who apitest.Account, admin bool) {
	w.Helper()
	w.Must(w.Store.Accounts(w.Context(), func(tx store.AccountTx) error {
		u := who.User
		u.Admin = admin
		return tx.ChangeUser(u)
	}))
}

// Somebody who knows the link, the state or the code of another's attempt gets nowhere, and
// the attempt goes on.
func TestConnectIsBoundToItsBrowser(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Login.Pages = []model.ManagedPage{managed(apitest.MetaPage, "Page", true)}
	c := beginConnect(w, w.Ann)
	mine, other := newTab(w, "en"), newTab(w, "en")
	state := mine.starts(c)

	again := formFields(other.goes(http.MethodGet, c.URL, nil)) // shown, as it names who asks
	if a := other.goes(http.MethodPost, "/connect", again); codeOf(a) != model.ConnectForeign {
		t.Errorf("the link again: %s", a.Body)
	}
	if a := other.returns(url.Values{"code": {apitest.DialogCode}, "state": {state}}); codeOf(a) != model.ConnectForeign {
		t.Errorf("the state from elsewhere: %s", a.Body)
	}
	if a := mine.returns(url.Values{"code": {apitest.DialogCode}, "state": {"made-up"}}); codeOf(a) != model.ConnectExpired {
		t.Errorf("another state: %s", a.Body)
	}
	for _, address := range []string{"/connect/page", "/connect/done"} {
		if a := other.goes(http.MethodGet, address, nil); codeOf(a) != model.ConnectExpired {
			t.Errorf("%s: %s", address, a.Body)
		}
	}
	mine.returnsWell(state)
	if a := mine.returns(url.Values{"code": {apitest.DialogCode}, "state": {state}}); codeOf(a) != model.ConnectExpired {
		t.Errorf("the state again: %s", a.Body)
	}
	form := formFields(mine.goes(http.MethodGet, "/connect/page", nil))
	maps.Copy(form, url.Values{"page": {string(apitest.MetaPage)}, "visibility": {"shared"}})
	if a := other.goes(http.MethodPost, "/connect/page", form); codeOf(a) != model.ConnectForeign {
		t.Errorf("the form of another browser: %s", a.Body)
	}
	if now := connectNow(w, w.Ann, c); now.State != model.ConnectChoosing {
		t.Errorf("told %+v", now)
	}
	mine.chooses(url.Values{"page": {"999"}, "visibility": {"shared"}}).Want(http.StatusUnprocessableEntity)
	mine.chooses(url.Values{"page": {string(apitest.MetaPage)}, "visibility": {"private"}})
	if now := connectNow(w, w.Ann, c); now.State != model.ConnectDone || now.Page.Visibility != model.Private {
		t.Errorf("told %+v", now)
	}
}

// A page of somebody else's gets nothing done in a browser: neither past the page that
// names who asks, nor in the choice of who sees a Page, whatever it knows, short of what
// the hub's own page holds.
func TestFormsOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Login.Pages = []model.ManagedPage{managed(apitest.MetaPage, "Page", true)}
	c, b := beginConnect(w, w.Ann), newTab(w, "en")
	refused := func(what string, a apitest.Answer) {
		t.Helper()
		if a.Status != http.StatusForbidden || codeOf(a) != model.ConnectForeign {
			t.Errorf("%s: %d %s", what, a.Status, a.Body)
		}
	}
	post := func(path string, form url.Values, header http.Header) apitest.Answer {
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
	wantText(shown, "Ann (Ann@example.com)")
	refused("without the form's token", post("/connect", linkOf(c), nil))
	for what, header := range elsewhere {
		refused(what, post("/connect", formFields(shown), header))
	}
	other := beginConnect(w, w.Ben)
	forged := formFields(shown)
	forged.Set("link", linkOf(other).Get("link"))
	refused("the token of another link", post("/connect", forged, nil))
	if now := connectNow(w, w.Ann, c); now.State != model.ConnectWaiting {
		t.Fatalf("told %+v", now)
	}
	for what, header := range map[string]http.Header{
		"its own page": {"Sec-Fetch-Site": {"same-origin"}}, "its public address": {"Origin": {apitest.HubAddress}}, "none": nil,
	} {
		if a := post("/connect", formFields(shown), header); a.Status != http.StatusSeeOther {
			t.Errorf("%s: %d %s", what, a.Status, a.Body)
		}
	}
	b.returnsWell(b.starts(c))
	choice := b.goes(http.MethodGet, "/connect/page", nil)
	shared := url.Values{"page": {string(apitest.MetaPage)}, "visibility": {"shared"}}
	refused("a choice without a token", post("/connect/page", shared, nil))
	form := formFields(choice)
	maps.Copy(form, shared)
	for what, header := range elsewhere {
		refused("a choice from "+what, post("/connect/page", form, header))
	}
	stepped := formFields(shown) // the token of the step before
	maps.Copy(stepped, shared)
	stepped.Set("attempt", form.Get("attempt"))
	refused("the token of another step", post("/connect/page", stepped, nil))
	if now := connectNow(w, w.Ann, c); now.State != model.ConnectChoosing {
		t.Fatalf("told %+v", now)
	}
	post("/connect/page", form, http.Header{"Sec-Fetch-Site": {"same-origin"}}).Want(http.StatusSeeOther)
	if now := connectNow(w, w.Ann, c); now.State != model.ConnectDone {
		t.Errorf("told %+v", now)
	}
}

// The choice of one attempt chooses nothing in the next one of the same browser.
func TestAChoiceIsOfItsAttempt(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Login.Pages = []model.ManagedPage{managed(apitest.MetaPage, "Page", true)}
	b := newTab(w, "en")
	first := beginConnect(w, w.Ben)
	b.returnsWell(b.starts(first))
	form := formFields(b.goes(http.MethodGet, "/connect/page", nil))
	second := beginConnect(w, w.Ann)
	b.returnsWell(b.starts(second))
	maps.Copy(form, url.Values{"page": {string(apitest.MetaPage)}, "visibility": {"shared"}})
	b.goes(http.MethodPost, "/connect/page", form)
	if now := connectNow(w, w.Ann, second); now.State != model.ConnectChoosing {
		t.Errorf("told %+v", now)
	}
}

// Every answer, page or not, is one that no browser runs or frames.
func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	for _, path := range []string{
		"/", "/connect", "/connect?link=x", "/connect/callback", "/connect/page", "/connect/done", "/login", "/login?code=BCDF-GHJK",
		"/login/callback", "/docs", "/openapi.json", "/healthz", "/readyz", "/v1/me", "/v1/stream", "/v1/media/x", "/webhooks/messenger", "/nothing",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			h := w.Send(method, path, nil, nil).Header
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
	w := apitest.New(t, apitest.WithClock(func() time.Time { return time.Now().Add(time.Duration(later.Load())) }))
	w.Login.Pages = []model.ManagedPage{managed(apitest.MetaPage, "Page", true)}
	c, b := beginConnect(w, w.Ann), newTab(w, "en")
	state := b.starts(c)
	later.Store(int64(10 * time.Minute))
	if a := b.returns(url.Values{"code": {apitest.DialogCode}, "state": {state}}); codeOf(a) != model.ConnectExpired {
		t.Errorf("after ten minutes: %s", a.Body)
	}
	if now := connectNow(w, w.Ann, c); now.State != model.ConnectRefused || now.Code != model.ConnectExpired {
		t.Errorf("told %+v", now)
	}
	if a := b.goes(http.MethodGet, c.URL, nil); codeOf(a) != model.ConnectExpired {
		t.Errorf("the link: %s", a.Body)
	}
	later.Store(int64(21 * time.Minute))
	w.Do(w.Ann, http.MethodGet, "/v1/connections/"+c.ID, nil).Problem(http.StatusNotFound, "not_found")
}

func TestConnectBegunAgainEndsWhatWasBefore(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	first := beginConnect(w, w.Ann)
	second := beginConnect(w, w.Ann)
	if now := connectNow(w, w.Ann, first); now.State != model.ConnectRefused || now.Code != model.ConnectCancelled {
		t.Errorf("told %+v", now)
	}
	if a := newTab(w, "en").goes(http.MethodGet, first.URL, nil); codeOf(a) != model.ConnectExpired {
		t.Errorf("the link before: %s", a.Body)
	}
	b := newTab(w, "en")
	form := formFields(b.goes(http.MethodGet, second.URL, nil))
	w.Do(w.Ben, http.MethodDelete, "/v1/connections/"+second.ID, nil).Problem(http.StatusNotFound, "not_found")
	w.Do(w.Ann, http.MethodDelete, "/v1/connections/"+second.ID, nil).Want(http.StatusOK)
	if a := b.goes(http.MethodPost, "/connect", form); codeOf(a) != model.ConnectExpired {
		t.Errorf("the link that was given up: %s", a.Body)
	}
}
