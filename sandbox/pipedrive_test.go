package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// crmAnswered is what Pipedrive answered.
type crmAnswered struct {
	status   int
	location *url.URL
	raw      string
	body     map[string]any
}

func (b *box) crm(method, path string, header http.Header, form url.Values) crmAnswered {
	b.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(b.Context(), method, b.Info().PipedriveURL+path, body)
	if err != nil {
		b.Fatal(err)
	}
	if header != nil {
		req.Header = header.Clone()
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	a := crmAnswered{status: res.StatusCode, raw: string(raw)}
	a.location, _ = res.Location()
	_ = json.Unmarshal(raw, &a.body)
	return a
}

const crmCallback = "http://127.0.0.1:1/login/callback"

// crmCode signs in as somebody and returns the code.
func (b *box) crmCode(login string) url.Values {
	b.Helper()
	q := url.Values{"client_id": {b.Info().PipedriveClientID}, "redirect_uri": {crmCallback}, "state": {"s t"}, "login": {login}}
	a := b.crm(http.MethodGet, "/oauth/authorize?"+q.Encode(), nil, nil)
	if a.status != http.StatusFound || !strings.HasPrefix(a.location.String(), crmCallback+"?") {
		b.Fatalf("%s: %d %v", login, a.status, a.location)
	}
	return a.location.Query()
}

// crmTokenFor asks for tokens, by Basic unless the form names the client.
func (b *box) crmTokenFor(form url.Values) crmAnswered {
	b.Helper()
	header := http.Header{}
	if !form.Has("client_id") {
		r := &http.Request{Header: header}
		r.SetBasicAuth(b.Info().PipedriveClientID, b.Info().PipedriveClientSecret)
	}
	return b.crm(http.MethodPost, "/oauth/token", header, form)
}

func TestPipedriveSignIn(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	back := b.crmCode("rep@example.com")
	if back.Get("state") != "s t" || back.Get("code") == "" {
		t.Fatalf("came back with %v", back)
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {back.Get("code")}, "redirect_uri": {crmCallback}}
	first := b.crmTokenFor(form)
	if first.status != http.StatusOK || first.body["expires_in"] != 3600.0 || first.body["api_domain"] != b.Info().PipedriveURL || first.body["token_type"] != "Bearer" {
		t.Fatalf("tokens: %d %s", first.status, first.raw)
	}
	if again := b.crmTokenFor(form); again.status != http.StatusBadRequest {
		t.Errorf("a code worked twice: %d", again.status)
	}
	// In the body, too; the refresh token stays, and the access token before is over.
	second := b.crmTokenFor(url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {first.body["refresh_token"].(string)},
		"client_id": {b.Info().PipedriveClientID}, "client_secret": {b.Info().PipedriveClientSecret},
	})
	if second.status != http.StatusOK || second.body["refresh_token"] != first.body["refresh_token"] || second.body["access_token"] == first.body["access_token"] {
		t.Fatalf("refreshed: %d %s", second.status, second.raw)
	}
	bearer := http.Header{"Authorization": {"Bearer " + second.body["access_token"].(string)}}
	me := b.crm(http.MethodGet, "/v1/users/me", bearer, nil)
	data, _ := me.body["data"].(map[string]any)
	language, _ := data["language"].(map[string]any)
	if me.body["success"] != true || data["email"] != "rep@example.com" || data["company_id"] != float64(ownCompany) || language["language_code"] != "en" || data["timezone_name"] != "America/New_York" {
		t.Errorf("users/me: %s", me.raw)
	}
	if _, told := data["is_admin"]; told {
		t.Error("users/me has an is_admin, which is not documented")
	}
	if a := b.crm(http.MethodGet, "/api/v1/users/me", http.Header{"Authorization": {"Bearer " + first.body["access_token"].(string)}}, nil); a.status != http.StatusUnauthorized {
		t.Errorf("the access token before: %d", a.status)
	}
}

func TestPipedriveRefuses(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	if back := b.crmCode(crmRefuses); back.Get("error") != "user_denied" || back.Has("code") {
		t.Errorf("refused with %v", back)
	}
	base := url.Values{"client_id": {b.Info().PipedriveClientID}, "redirect_uri": {crmCallback}}
	for _, c := range []struct{ name, value string }{
		{"client_id", "x"}, {"redirect_uri", "javascript:alert(1)"}, {"redirect_uri", ""}, {"login", "former@example.com"}, {"login", "nobody@example.com"},
	} {
		q := url.Values{}
		for k, v := range base {
			q[k] = v
		}
		q.Set(c.name, c.value)
		if a := b.crm(http.MethodGet, "/oauth/authorize?"+q.Encode(), nil, nil); a.status < 400 || a.location != nil {
			t.Errorf("%s=%s: %d, sent to %v", c.name, c.value, a.status, a.location)
		}
	}
	code := b.crmCode("rep@example.com").Get("code")
	for name, form := range map[string]url.Values{
		"no grant_type":  {},
		"another type":   {"grant_type": {"password"}},
		"another secret": {"grant_type": {"refresh_token"}, "client_id": {b.Info().PipedriveClientID}, "client_secret": {"x"}},
		"another URL":    {"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {crmCallback + "2"}},
		"no such token":  {"grant_type": {"refresh_token"}, "refresh_token": {"x"}},
	} {
		if a := b.crmTokenFor(form); a.status != http.StatusBadRequest || a.body["error"] == nil {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	if a := b.crm(http.MethodGet, "/api/v1/users/me", nil, nil); a.status != http.StatusUnauthorized || a.body["errorCode"] != 401.0 || a.body["success"] != false {
		t.Errorf("nobody: %d %s", a.status, a.raw)
	}
}

func TestPipedriveUsers(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	token := http.Header{"X-Api-Token": {b.Info().PipedriveToken}}
	emails := func() (list []string, admins int) {
		a := b.crm(http.MethodGet, "/api/v1/users", token, nil)
		all, _ := a.body["data"].([]any)
		for _, u := range all {
			user := u.(map[string]any)
			list = append(list, user["email"].(string))
			for _, x := range user["access"].([]any) {
				if x := x.(map[string]any); x["app"] == "account_settings" && x["admin"] == true {
					admins++
				}
			}
		}
		return list, admins
	}
	if list, admins := emails(); strings.Join(list, " ") != "installer@example.com rep@example.com intern@example.com former@example.com" || admins != 2 {
		t.Errorf("users %v, %d of them admins", list, admins)
	}
	if r := b.control("POST", "/pipedrive/users/rep@example.com", map[string]any{"admin": true}); r.status != http.StatusOK {
		t.Errorf("/pipedrive/users/rep@example.com: %d", r.status)
	}
	if _, admins := emails(); admins != 3 {
		t.Errorf("%d admins", admins)
	}
	if r := b.control("POST", "/pipedrive/users/nobody@example.com", nil); r.status != http.StatusNotFound {
		t.Errorf("/pipedrive/users/nobody@example.com: %d", r.status)
	}
	if r := b.control("POST", "/pipedrive", map[string]any{"fault": "html_403"}); r.status != http.StatusOK {
		t.Errorf("/pipedrive: %d", r.status)
	}
	if a := b.crm(http.MethodGet, "/api/v1/users", token, nil); a.status != http.StatusForbidden || !strings.HasPrefix(a.raw, "<!DOCTYPE") {
		t.Errorf("fault: %d %s", a.status, a.raw)
	}
	if r := b.control("POST", "/pipedrive", map[string]any{"fault": "nonsense"}); r.status != http.StatusBadRequest {
		t.Errorf("/pipedrive: %d", r.status)
	}
	if r := b.control("POST", "/pipedrive", map[string]any{"fault": ""}); r.status != http.StatusOK {
		t.Errorf("/pipedrive: %d", r.status)
	}
	if list, _ := emails(); len(list) != 4 {
		t.Errorf("after the fault: %v", list)
	}
}

// What OAuth gives does not last: a code five minutes, an access token an hour.
func TestPipedriveTokensExpire(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	s := &Sandbox{now: func() time.Time { return now }, crm: newCRM(1)}
	code := func() string {
		c, ok := s.crmGrantCode("rep@example.com", crmCallback)
		if !ok {
			t.Fatal("no code")
		}
		return c
	}
	late := code()
	now = now.Add(crmCodeLife)
	if status, _ := s.crmExchange(late, crmCallback); status != http.StatusBadRequest {
		t.Errorf("an old code: %d", status)
	}
	status, body := s.crmExchange(code(), crmCallback)
	if status != http.StatusOK {
		t.Fatalf("a good code: %d", status)
	}
	tokens := body.(map[string]any)
	r := &http.Request{Header: http.Header{"Authorization": {"Bearer " + tokens["access_token"].(string)}}}
	now = now.Add(crmAccessLife - time.Second)
	if _, u := s.crm.authenticated(r, now); u == nil {
		t.Error("the access token is over too early")
	}
	now = now.Add(time.Second)
	if _, u := s.crm.authenticated(r, now); u != nil {
		t.Error("the access token lasts too long")
	}
	now = now.Add(crmRefreshLife)
	if status, _ := s.crmRefresh(tokens["refresh_token"].(string)); status != http.StatusBadRequest {
		t.Errorf("an unused refresh token after 60 days: %d", status)
	}
}
