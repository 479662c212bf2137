package api_test

import (
	"context"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/accounts"
	"parley/hub/crm"
	"parley/hub/pipedrive"
	"parley/hub/store"
	"parley/model"
	"parley/sandbox"
)

// crmWorld is a hub whose users sign in through the sandbox's Pipedrive.
type crmWorld struct {
	*world
	box sandbox.Info
	// later is how far the hub's clock is ahead.
	clock *movableClock
}

// movableClock is a clock that a test moves.
type movableClock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *movableClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *movableClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// crmSetup is what a hub with a CRM may have otherwise.
type crmSetup struct {
	companyToken, newColleagues bool
	roles                       time.Duration
	// quick: heads come often.
	quick bool
	wrap  func(hub.CRM) hub.CRM
	// records is between the hub and the CRM's records.
	records func(crm.Records) crm.Records
}

// newCRMWorld starts a hub with Pipedrive, and users with the e-mail addresses of the
// sandbox's: installer and rep, as the command line adds them.
func newCRMWorld(t *testing.T, o crmSetup) *crmWorld {
	t.Helper()
	box, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- box.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("run sandbox: %v", err)
		}
	})
	w := &crmWorld{box: box.Info(), clock: &movableClock{}}
	cfg := pipedrive.Config{
		URL: w.box.PipedriveURL, OAuthURL: w.box.PipedriveOAuthURL, ClientID: w.box.PipedriveClientID, ClientSecret: w.box.PipedriveClientSecret,
		Timeout: 5 * time.Second, Now: w.clock.now,
	}
	if o.companyToken {
		cfg.CompanyToken = w.box.PipedriveToken
	}
	client, err := pipedrive.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	var asked hub.CRM = client
	if o.wrap != nil {
		asked = o.wrap(client)
	}
	var records crm.Records = client
	if o.records != nil {
		records = o.records(client)
	}
	w.world = newWorld(t, withClock(w.clock.now), withTiming(func(t *hub.Timing) {
		t.CRMPause = time.Millisecond
		if o.quick {
			quick(t)
		}
		if o.roles > 0 {
			t.Roles = o.roles
		}
	}), func(s *setup) {
		s.crm, s.records, s.notes, s.hooks, s.newColleagues = asked, records, client, client, o.newColleagues
	})
	return w
}

// member adds a user as the command line does.
func (w *crmWorld) member(name, email string, admin bool) account {
	w.Helper()
	a, err := accounts.AddUser(w.Context(), w.store, accounts.NewUser{Name: name, Email: email, Admin: admin, Token: true}, time.Now())
	w.must(err)
	return account{User: a.User, token: a.Token, code: a.LoginCode}
}

// pipedrive changes something in Pipedrive.
func (w *crmWorld) pipedrive(path, body string) {
	w.Helper()
	resp, err := http.Post(w.box.ControlURL+"/pipedrive"+path, "application/json", strings.NewReader(body))
	w.must(err)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		w.Fatalf("pipedrive %s: %d", path, resp.StatusCode)
	}
}

// device is a sign-in on its way.
type device struct {
	DeviceCode string `json:"device_code"`
	UserCode   string `json:"user_code"`
	URL        string `json:"verification_url"`
	Complete   string `json:"verification_url_complete"`
	Interval   int
	ExpiresIn  int `json:"expires_in"`
}

func (w *crmWorld) begin() (d device) {
	w.Helper()
	w.send(http.MethodPost, "/v1/login/device", nil, nil).want(http.StatusOK).into(&d)
	return d
}

// poll asks whether somebody has signed in, as late as it may.
func (w *crmWorld) poll(d device) answer {
	w.Helper()
	w.clock.advance(time.Duration(d.Interval) * time.Second)
	return w.send(http.MethodPost, "/v1/login/device/token", nil, map[string]any{"device_code": d.DeviceCode})
}

// browser is a browser without a script.
type browser struct {
	*crmWorld
	http *http.Client
	lang string
	// header is what it says besides.
	header http.Header
}

func (w *crmWorld) browser() *browser {
	jar, err := cookiejar.New(nil)
	w.must(err)
	c := &http.Client{Jar: jar, Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	w.Cleanup(c.CloseIdleConnections)
	return &browser{crmWorld: w, http: c, lang: "en"}
}

// shown is a page, or where it sends the browser.
type shown struct {
	testing.TB
	status int
	to     string
	header http.Header
	text   string
}

func (b *browser) opens(method, address string, form url.Values) shown {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), method, address, strings.NewReader(form.Encode()))
	b.must(err)
	maps.Copy(req.Header, b.header)
	req.Header.Set("Accept-Language", b.lang)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := b.http.Do(req)
	b.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	b.must(err)
	s := shown{TB: b.TB, status: resp.StatusCode, header: resp.Header, text: html.UnescapeString(string(raw))}
	if to, err := resp.Location(); err == nil {
		s.to = to.String()
	}
	if strings.HasPrefix(address, b.server.URL) {
		b.guarded(s)
	}
	return s
}

// guarded: no page of ours is kept, framed or run.
func (b *browser) guarded(s shown) {
	b.Helper()
	csp := s.header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") ||
		s.header.Get("Cache-Control") != "no-store" || s.header.Get("Referrer-Policy") != "no-referrer" || strings.Contains(s.text, "<script") {
		b.Errorf("headers %v of %s", s.header, s.text)
	}
}

func (s shown) says(status int, texts ...string) shown {
	s.Helper()
	for _, text := range texts {
		if s.status != status || !strings.Contains(s.text, text) {
			s.Fatalf("shown %d %s, want %d %q", s.status, s.text, status, text)
		}
	}
	return s
}

var hiddenField = regexp.MustCompile(`name="(code|form)" value="([^"]*)"`)

// form is what the page's form holds.
func (s shown) form() url.Values {
	v := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(s.text, -1) {
		v.Set(m[1], m[2])
	}
	return v
}

// confirms opens the link, confirms the code, and returns where Pipedrive asks.
func (b *browser) confirms(d device) string {
	b.Helper()
	page := b.opens(http.MethodGet, d.Complete, nil).says(http.StatusOK, d.UserCode)
	sent := b.opens(http.MethodPost, d.URL, page.form())
	if sent.status != http.StatusSeeOther || !strings.HasPrefix(sent.to, b.box.PipedriveOAuthURL+"/oauth/authorize?") {
		b.Fatalf("sent to %s with %d: %s", sent.to, sent.status, sent.text)
	}
	return sent.to
}

// answers says in Pipedrive who one is, and returns the address that it sends back to.
func (b *browser) answers(authorize, who string) string {
	b.Helper()
	back := b.opens(http.MethodGet, authorize+"&login="+url.QueryEscape(who), nil)
	if !strings.HasPrefix(back.to, b.server.URL+"/login/callback?") {
		b.Fatalf("sent back to %q with %d: %s", back.to, back.status, back.text)
	}
	return back.to
}

// signsIn goes the whole way.
func (b *browser) signsIn(d device, who string) shown {
	b.Helper()
	return b.opens(http.MethodGet, b.answers(b.confirms(d), who), nil)
}

// signedIn signs somebody in who may.
func (w *crmWorld) signedIn(who string) account {
	w.Helper()
	d := w.begin()
	w.browser().signsIn(d, who).says(http.StatusOK, who)
	var in struct {
		Token string
		User  model.User
	}
	w.poll(d).want(http.StatusOK).into(&in)
	return account{User: in.User, token: in.Token}
}

func (w *crmWorld) meOf(a account) (u model.User) {
	w.Helper()
	w.get(a, "/v1/me", &u)
	return u
}

func TestSignInThroughPipedrive(t *testing.T) {
	t.Parallel()
	w := newCRMWorld(t, crmSetup{companyToken: true})
	w.member("Installer", "Installer@Example.com", false) // the hub's own flag does not count
	d := w.begin()
	if !regexp.MustCompile(`^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$`).MatchString(d.UserCode) || len(d.DeviceCode) != 43 ||
		d.ExpiresIn != 600 || d.Interval < 1 || d.URL != w.server.URL+"/login" || d.Complete != d.URL+"?code="+d.UserCode {
		t.Errorf("begun %+v", d)
	}
	w.poll(d).problem(http.StatusConflict, model.LoginPending)
	again := w.send(http.MethodPost, "/v1/login/device/token", nil, map[string]any{"device_code": d.DeviceCode})
	if again.problem(http.StatusTooManyRequests, model.SlowDown); again.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	b := w.browser()
	b.lang = "ja,en;q=0.5"
	b.opens(http.MethodGet, w.server.URL+"/login", nil).says(http.StatusOK, "ターミナルに表示されたコード", `lang="ja"`)
	b.opens(http.MethodGet, w.server.URL+"/login?code="+strings.ToLower(strings.ReplaceAll(d.UserCode, "-", "")), nil).says(http.StatusOK, d.UserCode, "同じですか")
	b.signsIn(d, "installer@example.com").says(http.StatusOK, "サインインしました", "森 愛子", "installer@example.com")

	var in struct {
		Token string
		User  model.User
	}
	w.poll(d).want(http.StatusOK).into(&in)
	u := w.meOf(account{token: in.Token})
	if u != in.User || u.Name != "森 愛子" || u.Email != "installer@example.com" || u.Language != "ja" || u.TimeZone != "Asia/Tokyo" || !u.Admin || u.AdminFrom != model.FromPipedrive {
		t.Errorf("signed in as %+v", u)
	}
	w.poll(d).problem(http.StatusGone, model.LoginExpired) // the token is given once
	w.browser().opens(http.MethodGet, d.Complete, nil).says(http.StatusNotFound, "No sign-in waits")

	var audit struct{ Entries []model.AuditEntry }
	w.get(account{token: in.Token}, "/v1/audit", &audit)
	if e := audit.Entries[0]; e.Kind != model.AuditSignedIn || e.Via != "pipedrive" || e.By == nil || e.By.ID != u.ID {
		t.Errorf("audited %+v", e)
	}
	w.keepsNoSecret(d.DeviceCode, d.UserCode, in.Token, w.box.PipedriveToken, w.box.PipedriveClientSecret)
}

// keepsNoSecret looks for secrets in the log and in the store.
func (w *crmWorld) keepsNoSecret(secrets ...string) {
	w.Helper()
	var kept []store.CRMUser
	w.must(w.store.Read(w.Context(), func(r store.Reader) (err error) {
		kept, err = r.CRMUsers()
		return err
	}))
	for _, k := range kept {
		if k.SealedGrant != "" && strings.Contains(k.SealedGrant, "access") {
			w.Errorf("the grant is stored as %s", k.SealedGrant)
		}
	}
	for _, s := range secrets {
		if strings.Contains(w.logs.String(), s) {
			w.Errorf("the log tells %q", s)
		}
	}
}

// Each way not to come in: said in the browser, and to who waits.
func TestSignInRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, who string
		code      model.Code
		setup     crmSetup
	}{
		{"denied", "refuse", model.LoginDenied, crmSetup{companyToken: true}},
		{"another company", "stranger@example.org", model.WrongCompany, crmSetup{companyToken: true, newColleagues: true}},
		{"an unknown colleague", "intern@example.com", model.NoAccount, crmSetup{companyToken: true}},
		{"a hub without a company", "rep@example.com", model.NoCompany, crmSetup{newColleagues: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newCRMWorld(t, c.setup)
			w.member("Rep", "rep@example.com", false)
			w.member("Sam", "stranger@example.org", false)
			d := w.begin()
			w.browser().signsIn(d, c.who).says(http.StatusForbidden, "You are not signed in", string(c.code))
			w.poll(d).problem(http.StatusForbidden, c.code)
			w.browser().opens(http.MethodGet, d.Complete, nil).says(http.StatusNotFound, "No sign-in waits")
			if log := w.logs.String(); !strings.Contains(log, `"code":"`+string(c.code)+`"`) || strings.Contains(log, "@example") {
				t.Errorf("logged %s", log)
			}
		})
	}
}

// An unknown colleague gets an account where that is set, and is no admin by it.
func TestNewColleague(t *testing.T) {
	t.Parallel()
	w := newCRMWorld(t, crmSetup{companyToken: true, newColleagues: true})
	intern := w.signedIn("intern@example.com")
	if u := w.meOf(intern); u.Name != "田中 澪" || u.Email != "intern@example.com" || u.Admin {
		t.Errorf("came in as %+v", u)
	}
	if again := w.signedIn("intern@example.com"); again.ID != intern.ID {
		t.Error("a second account was made")
	}
}

// Without a company token the hub belongs to the company of the first admin added at the
// hub who signs in.
func TestFirstAdminBringsTheCompany(t *testing.T) {
	t.Parallel()
	w := newCRMWorld(t, crmSetup{newColleagues: true})
	w.member("Installer", "installer@example.com", true)
	if u := w.signedIn("installer@example.com"); !u.Admin {
		t.Errorf("signed in as %+v", u.User)
	}
	d := w.begin()
	w.browser().signsIn(d, "stranger@example.org").says(http.StatusForbidden, "wrong_company")
	w.signedIn("rep@example.com")
}

// A state works once, in the browser that it was given to, for ten minutes.
func TestStateOfASignIn(t *testing.T) {
	t.Parallel()
	w := newCRMWorld(t, crmSetup{companyToken: true})
	w.member("Rep", "rep@example.com", false)
	d, b := w.begin(), w.browser()
	back := b.answers(b.confirms(d), "rep@example.com")
	w.browser().opens(http.MethodGet, back, nil).says(http.StatusForbidden, "other_browser")
	b.opens(http.MethodGet, back, nil).says(http.StatusGone, "login_expired") // used up by the other one
	w.poll(d).problem(http.StatusConflict, model.LoginPending)
	back = b.answers(b.confirms(d), "rep@example.com")
	b.opens(http.MethodGet, back, nil).says(http.StatusOK, "Ben Carter")
	b.opens(http.MethodGet, back, nil).says(http.StatusGone, "login_expired")
	w.poll(d).want(http.StatusOK)
	for _, query := range []string{"", "?state=x&code=y", "?code=y", "?error=user_denied"} {
		b.opens(http.MethodGet, w.server.URL+"/login/callback"+query, nil).says(http.StatusGone, "login_expired")
	}

	late := w.begin()
	back = b.answers(b.confirms(late), "rep@example.com")
	w.clock.advance(10 * time.Minute)
	b.opens(http.MethodGet, back, nil).says(http.StatusGone, "login_expired")
	w.poll(late).problem(http.StatusGone, model.LoginExpired)
	b.opens(http.MethodGet, late.Complete, nil).says(http.StatusNotFound, "No sign-in waits")
}

// Another site can't confirm a code in somebody's browser.
func TestConfirmingNeedsThePage(t *testing.T) {
	t.Parallel()
	w := newCRMWorld(t, crmSetup{companyToken: true})
	d, b := w.begin(), w.browser()
	form := b.opens(http.MethodGet, d.Complete, nil).form()
	w.browser().opens(http.MethodPost, d.URL, form).says(http.StatusForbidden, "other_browser") // without the cookie
	for _, wrong := range []string{"", "x", strings.Repeat("0", 64)} {
		b.opens(http.MethodPost, d.URL, url.Values{"code": {d.UserCode}, "form": {wrong}}).says(http.StatusForbidden, "other_browser")
	}
	other := w.begin()
	b.opens(http.MethodPost, d.URL, url.Values{"code": {other.UserCode}, "form": {form.Get("form")}}).says(http.StatusForbidden, "other_browser")
	cookies := b.http.Jar.Cookies(must(url.Parse(d.URL)))
	if len(cookies) != 1 || cookies[0].Value == "" {
		t.Errorf("cookies %v", cookies)
	}
	b.opens(http.MethodGet, d.Complete, nil).says(http.StatusOK, "The terminal that asks is at 127.0.0.1")
	posted := b.opens(http.MethodGet, d.Complete, nil).form()
	b.header = http.Header{"Sec-Fetch-Site": {"cross-site"}}
	b.opens(http.MethodPost, d.URL, posted).says(http.StatusForbidden, "other_browser")
	b.header = http.Header{"Origin": {"https://evil.example"}}
	b.opens(http.MethodPost, d.URL, posted).says(http.StatusForbidden, "other_browser")
	b.header = nil
	set := b.opens(http.MethodGet, d.Complete, nil).header.Get("Set-Cookie")
	if !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Lax") || !strings.Contains(set, "Path=/login") {
		t.Errorf("the cookie is set as %s", set)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Wrong short codes are counted; a right one is taken all the same.
func TestShortCodesAreCounted(t *testing.T) {
	t.Parallel()
	w := newCRMWorld(t, crmSetup{companyToken: true})
	d, b := w.begin(), w.browser()
	status := 0
	for i := range 30 {
		code := fmt.Sprintf("BCDF-%c%cHH", "BCDFGH"[i%6], "JKLMN"[i/6])
		if status = b.opens(http.MethodGet, d.URL+"?code="+code, nil).status; status == http.StatusTooManyRequests {
			break
		}
	}
	if status != http.StatusTooManyRequests {
		t.Fatal("thirty wrong codes were borne with")
	}
	w.send(http.MethodPost, "/v1/login", nil, map[string]any{"code": "ABCD"}).problem(http.StatusTooManyRequests, "too_many_tries")
	b.opens(http.MethodGet, d.Complete, nil).says(http.StatusOK, d.UserCode)
}

// The CRM down: nobody signs in, connects or uninstalls; the sign-in may be tried again.
func TestPipedriveDown(t *testing.T) {
	t.Parallel()
	w := newCRMWorld(t, crmSetup{companyToken: true})
	w.member("Installer", "installer@example.com", true)
	ann := w.signedIn("installer@example.com")
	w.connect(ann, "300", model.Shared)
	d, b := w.begin(), w.browser()
	back := b.answers(b.confirms(d), "installer@example.com")
	for _, fault := range []string{"html_403", "http_500", "reset", "garbage"} {
		w.pipedrive("", `{"fault":"`+fault+`"}`)
		w.do(ann, http.MethodPost, "/v1/pages", map[string]any{"page": "301", "token": userToken}).problem(http.StatusBadGateway, "crm_unavailable")
		w.do(ann, http.MethodDelete, "/v1/pages/300", nil).problem(http.StatusBadGateway, "crm_unavailable")
	}
	b.opens(http.MethodGet, back, nil).says(http.StatusBadGateway, "crm_unavailable")
	w.poll(d).problem(http.StatusConflict, model.LoginPending)
	w.pipedrive("", `{"fault":""}`)
	b.signsIn(d, "installer@example.com").says(http.StatusOK, "森 愛子")
	w.do(ann, http.MethodDelete, "/v1/pages/300", nil).want(http.StatusOK)
}

// Admin taken away in Pipedrive counts at once where it matters, whoever tells of it.
func TestAdminTakenAway(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]crmSetup{"company token": {companyToken: true}, "own grant": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newCRMWorld(t, o)
			local := w.member("Installer", "installer@example.com", true)
			if !o.companyToken {
				w.do(local, http.MethodPost, "/v1/pages", map[string]any{"page": "301", "token": userToken}).problem(http.StatusForbidden, model.CRMSignIn)
			}
			ann := w.signedIn("installer@example.com")
			w.connect(ann, "300", model.Shared)
			w.pipedrive("/users/installer@example.com", `{"admin":false}`)
			w.do(ann, http.MethodDelete, "/v1/pages/300", nil).problem(http.StatusForbidden, model.NotAdmin)
			w.do(ann, http.MethodPost, "/v1/pages", map[string]any{"page": "301", "token": userToken}).want(http.StatusForbidden)
			if w.meOf(ann).Admin {
				t.Error("still an admin")
			}
			w.do(ann, http.MethodGet, "/v1/audit", nil).problem(http.StatusForbidden, model.NotAdmin)
			// Who is not active may not even ask; the company token is theirs, too, so that
			// with it nobody can tell.
			w.pipedrive("/users/installer@example.com", `{"admin":true,"active":false}`)
			w.do(ann, http.MethodDelete, "/v1/pages/300", nil).problem(http.StatusForbidden, model.CRMSignIn)
			if a := w.do(ann, http.MethodPost, "/v1/pages", map[string]any{"page": "301", "token": userToken}); a.status/100 != 4 {
				t.Errorf("connected: %d", a.status)
			}
			if status := w.meStatus(ann); (status == http.StatusUnauthorized) == o.companyToken {
				t.Errorf("answered %d", status)
			}
		})
	}
}

// Besides, Pipedrive is asked every now and then: roles are given and taken by it.
func TestRolesAreReadNowAndThen(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]crmSetup{
		"company token": {companyToken: true, roles: 20 * time.Millisecond}, "own grants": {roles: 20 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newCRMWorld(t, o)
			w.member("Installer", "installer@example.com", true)
			w.member("Rep", "rep@example.com", false)
			ann := w.signedIn("installer@example.com")
			rep := w.signedIn("rep@example.com")
			w.run()
			becomes := func(a account, admin bool) {
				t.Helper()
				tick := time.NewTicker(5 * time.Millisecond)
				defer tick.Stop()
				for end := time.Now().Add(patience); w.meOf(a).Admin != admin; <-tick.C {
					if time.Now().After(end) {
						t.Fatalf("%s: admin is not %t", a.Name, admin)
					}
				}
			}
			w.pipedrive("/users/rep@example.com", `{"admin":true}`)
			w.pipedrive("/users/installer@example.com", `{"admin":false}`)
			becomes(ann, false)
			becomes(rep, true)
			w.clock.advance(2 * time.Hour) // the access tokens are over, and refreshed
			w.pipedrive("/users/rep@example.com", `{"admin":false}`)
			becomes(rep, false)
			w.pipedrive("", `{"fault":"http_500"}`) // what is known stays
			w.pipedrive("", `{"fault":""}`)
			w.pipedrive("/users/installer@example.com", `{"admin":true}`)
			becomes(ann, true)
		})
	}
}

// oneRefresh notes refreshes, and whether two ran at once.
type oneRefresh struct {
	hub.CRM
	running, all atomic.Int32
	twice        atomic.Bool
}

func (o *oneRefresh) Refresh(ctx context.Context, g model.CRMGrant) (model.CRMGrant, error) {
	if o.running.Add(1) > 1 {
		o.twice.Store(true)
	}
	defer o.running.Add(-1)
	o.all.Add(1)
	return o.CRM.Refresh(ctx, g)
}

// Many who need a grant at once refresh it once.
func TestOneRefreshAtATime(t *testing.T) {
	t.Parallel()
	o := &oneRefresh{}
	w := newCRMWorld(t, crmSetup{wrap: func(c hub.CRM) hub.CRM {
		o.CRM = c
		return o
	}})
	w.member("Installer", "installer@example.com", true)
	w.signedIn("installer@example.com")
	w.member("Rep", "rep@example.com", false)
	rep := w.signedIn("rep@example.com")
	w.clock.advance(2 * time.Hour)
	var wg sync.WaitGroup
	statuses := make([]int, 8)
	for i := range statuses {
		wg.Go(func() {
			req, err := http.NewRequestWithContext(w.Context(), http.MethodDelete, w.server.URL+"/v1/pages/300", http.NoBody)
			if err != nil {
				return
			}
			req.Header.Set("Authorization", "Bearer "+rep.token)
			if resp, err := w.server.Client().Do(req); err == nil {
				statuses[i] = resp.StatusCode
				_ = resp.Body.Close()
			}
		})
	}
	wg.Wait()
	if o.twice.Load() || o.all.Load() != 1 {
		t.Errorf("refreshed %d times, two at once: %t", o.all.Load(), o.twice.Load())
	}
	for _, status := range statuses {
		if status != http.StatusForbidden {
			t.Errorf("answered %d", status)
		}
	}
}

// A hub without a CRM has no such sign-in, and its own flag counts.
func TestNoSignInWithoutPipedrive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.send(http.MethodPost, "/v1/login/device", nil, nil).problem(http.StatusConflict, model.NoBrowserLogin)
	w.send(http.MethodPost, "/v1/login/device/token", nil, map[string]any{"device_code": "x"}).problem(http.StatusConflict, model.NoBrowserLogin)
	var u model.User
	w.get(w.ann, "/v1/me", &u)
	if !u.Admin || u.AdminFrom != "" {
		t.Errorf("%+v", u)
	}
}
