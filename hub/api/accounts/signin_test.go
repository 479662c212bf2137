package accounts_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/api/apitest"
	"parley/hub/store"
	"parley/model"
)

func meOf(w *apitest.CRMWorld, a apitest.Account) (u model.User) {
	w.Helper()
	w.Get(a, "/v1/me", &u)
	return u
}

func TestSignInThroughPipedrive(t *testing.T) {
	t.Parallel()
	w := apitest.NewCRM(t, apitest.CRMSetup{CompanyToken: true})
	w.AddMember("Installer", "Installer@Example.com", false) // the hub's own flag does not count
	d := w.BeginSignIn()
	if !regexp.MustCompile(`^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$`).MatchString(d.UserCode) || len(d.DeviceCode) != 43 ||
		d.ExpiresIn != 600 || d.Interval < 1 || d.URL != w.Server.URL+"/login" || d.Complete != d.URL+"?code="+d.UserCode {
		t.Errorf("begun %+v", d)
	}
	w.PollSignIn(d).Problem(http.StatusConflict, model.LoginPending)
	again := w.Send(http.MethodPost, "/v1/login/device/token", nil, map[string]any{"device_code": d.DeviceCode})
	if again.Problem(http.StatusTooManyRequests, model.SlowDown); again.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	b := w.Browser()
	b.Language = "ja,en;q=0.5"
	b.Open(http.MethodGet, w.Server.URL+"/login", nil).Says(http.StatusOK, "ターミナルに表示されたコード", `lang="ja"`)
	b.Open(http.MethodGet, w.Server.URL+"/login?code="+strings.ToLower(strings.ReplaceAll(d.UserCode, "-", "")), nil).Says(http.StatusOK, d.UserCode, "同じですか")
	b.SignIn(d, "installer@example.com").Says(http.StatusOK, "サインインしました", "森 愛子", "installer@example.com")

	var in struct {
		Token string
		User  model.User
	}
	w.PollSignIn(d).Want(http.StatusOK).Into(&in)
	u := meOf(w, apitest.Account{Token: in.Token})
	if u != in.User || u.Name != "森 愛子" || u.Email != "installer@example.com" || u.Language != "ja" || u.TimeZone != "Asia/Tokyo" || !u.Admin || u.AdminFrom != model.FromPipedrive {
		t.Errorf("signed in as %+v", u)
	}
	w.PollSignIn(d).Problem(http.StatusGone, model.LoginExpired) // the token is given once
	w.Browser().Open(http.MethodGet, d.Complete, nil).Says(http.StatusNotFound, "No sign-in waits")

	var audit struct{ Entries []model.AuditEntry }
	w.Get(apitest.Account{Token: in.Token}, "/v1/audit", &audit)
	if e := audit.Entries[0]; e.Kind != model.AuditSignedIn || e.Via != "pipedrive" || e.By == nil || e.By.ID != u.ID {
		t.Errorf("audited %+v", e)
	}
	keepsNoSecret(w, d.DeviceCode, d.UserCode, in.Token, w.Box.PipedriveToken, w.Box.PipedriveClientSecret)
}

// keepsNoSecret looks for secrets in the log and in the store.
func keepsNoSecret(w *apitest.CRMWorld, secrets ...string) {
	w.Helper()
	var kept []store.CRMUser
	w.Must(w.Store.Read(w.Context(), func(r store.Reader) (err error) {
		kept, err = r.CRMUsers()
		return err
	}))
	for _, k := range kept {
		if k.SealedGrant != "" && strings.Contains(k.SealedGrant, "access") {
			w.Errorf("the grant is stored as %s", k.SealedGrant)
		}
	}
	for _, s := range secrets {
		if strings.Contains(w.Logs.String(), s) {
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
		setup     apitest.CRMSetup
	}{
		{"denied", "refuse", model.LoginDenied, apitest.CRMSetup{CompanyToken: true}},
		{"another company", "stranger@example.org", model.WrongCompany, apitest.CRMSetup{CompanyToken: true, NewColleagues: true}},
		{"an unknown colleague", "intern@example.com", model.NoAccount, apitest.CRMSetup{CompanyToken: true}},
		{"a hub without a company", "rep@example.com", model.NoCompany, apitest.CRMSetup{NewColleagues: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := apitest.NewCRM(t, c.setup)
			w.AddMember("Rep", "rep@example.com", false)
			w.AddMember("Sam", "stranger@example.org", false)
			d := w.BeginSignIn()
			w.Browser().SignIn(d, c.who).Says(http.StatusForbidden, "You are not signed in", string(c.code))
			w.PollSignIn(d).Problem(http.StatusForbidden, c.code)
			w.Browser().Open(http.MethodGet, d.Complete, nil).Says(http.StatusNotFound, "No sign-in waits")
			if log := w.Logs.String(); !strings.Contains(log, `"code":"`+string(c.code)+`"`) || strings.Contains(log, "@example") {
				t.Errorf("logged %s", log)
			}
		})
	}
}

// An unknown colleague gets an account where that is set, and is no admin by it.
func TestNewColleague(t *testing.T) {
	t.Parallel()
	w := apitest.NewCRM(t, apitest.CRMSetup{CompanyToken: true, NewColleagues: true})
	intern := w.SignIn("intern@example.com")
	if u := meOf(w, intern); u.Name != "田中 澪" || u.Email != "intern@example.com" || u.Admin {
		t.Errorf("came in as %+v", u)
	}
	if again := w.SignIn("intern@example.com"); again.ID != intern.ID {
		t.Error("a second account was made")
	}
}

// Without a company token the hub belongs to the company of the first admin added at the
// hub who signs in.
func TestFirstAdminBringsTheCompany(t *testing.T) {
	t.Parallel()
	w := apitest.NewCRM(t, apitest.CRMSetup{NewColleagues: true})
	w.AddMember("Installer", "installer@example.com", true)
	if u := w.SignIn("installer@example.com"); !u.Admin {
		t.Errorf("signed in as %+v", u.User)
	}
	d := w.BeginSignIn()
	w.Browser().SignIn(d, "stranger@example.org").Says(http.StatusForbidden, "wrong_company")
	w.SignIn("rep@example.com")
}

// A state works once, in the browser that it was given to, for ten minutes.
func TestStateOfASignIn(t *testing.T) {
	t.Parallel()
	w := apitest.NewCRM(t, apitest.CRMSetup{CompanyToken: true})
	w.AddMember("Rep", "rep@example.com", false)
	d, b := w.BeginSignIn(), w.Browser()
	back := b.Answer(b.Confirm(d), "rep@example.com")
	w.Browser().Open(http.MethodGet, back, nil).Says(http.StatusForbidden, "other_browser")
	b.Open(http.MethodGet, back, nil).Says(http.StatusGone, "login_expired") // used up by the other one
	w.PollSignIn(d).Problem(http.StatusConflict, model.LoginPending)
	back = b.Answer(b.Confirm(d), "rep@example.com")
	b.Open(http.MethodGet, back, nil).Says(http.StatusOK, "Ben Carter")
	b.Open(http.MethodGet, back, nil).Says(http.StatusGone, "login_expired")
	w.PollSignIn(d).Want(http.StatusOK)
	for _, query := range []string{"", "?state=x&code=y", "?code=y", "?error=user_denied"} {
		b.Open(http.MethodGet, w.Server.URL+"/login/callback"+query, nil).Says(http.StatusGone, "login_expired")
	}

	late := w.BeginSignIn()
	back = b.Answer(b.Confirm(late), "rep@example.com")
	w.Clock.Advance(10 * time.Minute)
	b.Open(http.MethodGet, back, nil).Says(http.StatusGone, "login_expired")
	w.PollSignIn(late).Problem(http.StatusGone, model.LoginExpired)
	b.Open(http.MethodGet, late.Complete, nil).Says(http.StatusNotFound, "No sign-in waits")
}

// Another site can't confirm a code in somebody's browser.
func TestConfirmingNeedsThePage(t *testing.T) {
	t.Parallel()
	w := apitest.NewCRM(t, apitest.CRMSetup{CompanyToken: true})
	d, b := w.BeginSignIn(), w.Browser()
	form := b.Open(http.MethodGet, d.Complete, nil).Form()
	w.Browser().Open(http.MethodPost, d.URL, form).Says(http.StatusForbidden, "other_browser") // without the cookie
	for _, wrong := range []string{"", "x", strings.Repeat("0", 64)} {
		b.Open(http.MethodPost, d.URL, url.Values{"code": {d.UserCode}, "form": {wrong}}).Says(http.StatusForbidden, "other_browser")
	}
	other := w.BeginSignIn()
	b.Open(http.MethodPost, d.URL, url.Values{"code": {other.UserCode}, "form": {form.Get("form")}}).Says(http.StatusForbidden, "other_browser")
	cookies := b.HTTP.Jar.Cookies(must(url.Parse(d.URL)))
	if len(cookies) != 1 || cookies[0].Value == "" {
		t.Errorf("cookies %v", cookies)
	}
	b.Open(http.MethodGet, d.Complete, nil).Says(http.StatusOK, "The terminal that asks is at 127.0.0.1")
	posted := b.Open(http.MethodGet, d.Complete, nil).Form()
	b.Header = http.Header{"Sec-Fetch-Site": {"cross-site"}}
	b.Open(http.MethodPost, d.URL, posted).Says(http.StatusForbidden, "other_browser")
	b.Header = http.Header{"Origin": {"https://evil.example"}}
	b.Open(http.MethodPost, d.URL, posted).Says(http.StatusForbidden, "other_browser")
	b.Header = nil
	set := b.Open(http.MethodGet, d.Complete, nil).Header.Get("Set-Cookie")
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
	w := apitest.NewCRM(t, apitest.CRMSetup{CompanyToken: true})
	d, b := w.BeginSignIn(), w.Browser()
	status := 0
	for i := range 30 {
		code := fmt.Sprintf("BCDF-%c%cHH", "BCDFGH"[i%6], "JKLMN"[i/6])
		if status = b.Open(http.MethodGet, d.URL+"?code="+code, nil).Status; status == http.StatusTooManyRequests {
			break
		}
	}
	if status != http.StatusTooManyRequests {
		t.Fatal("thirty wrong codes were borne with")
	}
	w.Send(http.MethodPost, "/v1/login", nil, map[string]any{"code": "ABCD"}).Problem(http.StatusTooManyRequests, "too_many_tries")
	b.Open(http.MethodGet, d.Complete, nil).Says(http.StatusOK, d.UserCode)
}

// The CRM down: nobody signs in, connects or uninstalls; the sign-in may be tried again.
func TestPipedriveDown(t *testing.T) {
	t.Parallel()
	w := apitest.NewCRM(t, apitest.CRMSetup{CompanyToken: true})
	w.AddMember("Installer", "installer@example.com", true)
	ann := w.SignIn("installer@example.com")
	w.Connect(ann, "300", model.Shared)
	d, b := w.BeginSignIn(), w.Browser()
	back := b.Answer(b.Confirm(d), "installer@example.com")
	for _, fault := range []string{"html_403", "http_500", "reset", "garbage"} {
		w.ChangePipedrive("", `{"fault":"`+fault+`"}`)
		w.Do(ann, http.MethodPost, "/v1/pages", map[string]any{"page": "301", "token": apitest.UserToken}).Problem(http.StatusBadGateway, "crm_unavailable")
		w.Do(ann, http.MethodDelete, "/v1/pages/300", nil).Problem(http.StatusBadGateway, "crm_unavailable")
	}
	b.Open(http.MethodGet, back, nil).Says(http.StatusBadGateway, "crm_unavailable")
	w.PollSignIn(d).Problem(http.StatusConflict, model.LoginPending)
	w.ChangePipedrive("", `{"fault":""}`)
	b.SignIn(d, "installer@example.com").Says(http.StatusOK, "森 愛子")
	w.Do(ann, http.MethodDelete, "/v1/pages/300", nil).Want(http.StatusOK)
}

// Admin taken away in Pipedrive counts at once where it matters, whoever tells of it.
func TestAdminTakenAway(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]apitest.CRMSetup{"company token": {CompanyToken: true}, "own grant": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := apitest.NewCRM(t, o)
			local := w.AddMember("Installer", "installer@example.com", true)
			if !o.CompanyToken {
				w.Do(local, http.MethodPost, "/v1/pages", map[string]any{"page": "301", "token": apitest.UserToken}).Problem(http.StatusForbidden, model.CRMSignIn)
			}
			ann := w.SignIn("installer@example.com")
			w.Connect(ann, "300", model.Shared)
			w.ChangePipedrive("/users/installer@example.com", `{"admin":false}`)
			w.Do(ann, http.MethodDelete, "/v1/pages/300", nil).Problem(http.StatusForbidden, model.NotAdmin)
			w.Do(ann, http.MethodPost, "/v1/pages", map[string]any{"page": "301", "token": apitest.UserToken}).Want(http.StatusForbidden)
			if meOf(w, ann).Admin {
				t.Error("still an admin")
			}
			w.Do(ann, http.MethodGet, "/v1/audit", nil).Problem(http.StatusForbidden, model.NotAdmin)
			// Who is not active may not even ask; the company token is theirs, too, so that
			// with it nobody can tell.
			w.ChangePipedrive("/users/installer@example.com", `{"admin":true,"active":false}`)
			w.Do(ann, http.MethodDelete, "/v1/pages/300", nil).Problem(http.StatusForbidden, model.CRMSignIn)
			if a := w.Do(ann, http.MethodPost, "/v1/pages", map[string]any{"page": "301", "token": apitest.UserToken}); a.Status/100 != 4 {
				t.Errorf("connected: %d", a.Status)
			}
			if status := statusOfMe(w.World, ann); (status == http.StatusUnauthorized) == o.CompanyToken {
				t.Errorf("answered %d", status)
			}
		})
	}
}

// Besides, Pipedrive is asked every now and then: roles are given and taken by it.
func TestRolesAreReadNowAndThen(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]apitest.CRMSetup{
		"company token": {CompanyToken: true, Roles: 20 * time.Millisecond}, "own grants": {Roles: 20 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := apitest.NewCRM(t, o)
			w.AddMember("Installer", "installer@example.com", true)
			w.AddMember("Rep", "rep@example.com", false)
			ann := w.SignIn("installer@example.com")
			rep := w.SignIn("rep@example.com")
			w.Run()
			becomes := func(a apitest.Account, admin bool) {
				t.Helper()
				tick := time.NewTicker(5 * time.Millisecond)
				defer tick.Stop()
				for end := time.Now().Add(apitest.Timeout); meOf(w, a).Admin != admin; <-tick.C {
					if time.Now().After(end) {
						t.Fatalf("%s: admin is not %t", a.Name, admin)
					}
				}
			}
			w.ChangePipedrive("/users/rep@example.com", `{"admin":true}`)
			w.ChangePipedrive("/users/installer@example.com", `{"admin":false}`)
			becomes(ann, false)
			becomes(rep, true)
			w.Clock.Advance(2 * time.Hour) // the access tokens are over, and refreshed
			w.ChangePipedrive("/users/rep@example.com", `{"admin":false}`)
			becomes(rep, false)
			w.ChangePipedrive("", `{"fault":"http_500"}`) // what is known stays
			w.ChangePipedrive("", `{"fault":""}`)
			w.ChangePipedrive("/users/installer@example.com", `{"admin":true}`)
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
	w := apitest.NewCRM(t, apitest.CRMSetup{WrapCRM: func(c hub.CRM) hub.CRM {
		o.CRM = c
		return o
	}})
	w.AddMember("Installer", "installer@example.com", true)
	w.SignIn("installer@example.com")
	w.AddMember("Rep", "rep@example.com", false)
	rep := w.SignIn("rep@example.com")
	w.Clock.Advance(2 * time.Hour)
	var wg sync.WaitGroup
	statuses := make([]int, 8)
	for i := range statuses {
		wg.Go(func() {
			req, err := http.NewRequestWithContext(w.Context(), http.MethodDelete, w.Server.URL+"/v1/pages/300", http.NoBody)
			if err != nil {
				return
			}
			req.Header.Set("Authorization", "Bearer "+rep.Token)
			if resp, err := w.Server.Client().Do(req); err == nil {
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
	w := apitest.New(t)
	w.Send(http.MethodPost, "/v1/login/device", nil, nil).Problem(http.StatusConflict, model.NoBrowserLogin)
	w.Send(http.MethodPost, "/v1/login/device/token", nil, map[string]any{"device_code": "x"}).Problem(http.StatusConflict, model.NoBrowserLogin)
	var u model.User
	w.Get(w.Ann, "/v1/me", &u)
	if !u.Admin || u.AdminFrom != "" {
		t.Errorf("%+v", u)
	}
}
