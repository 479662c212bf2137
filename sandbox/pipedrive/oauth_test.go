package pipedrive_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/sandbox"
)

const callback = "http://127.0.0.1:1/login/callback"

// code signs in as somebody and returns the code.
func (b *box) code(login string) url.Values {
	b.Helper()
	q := url.Values{"client_id": {b.Info().PipedriveClientID}, "redirect_uri": {callback}, "state": {"s t"}, "login": {login}}
	a := b.call(http.MethodGet, "/oauth/authorize?"+q.Encode(), nil, nil)
	if a.status != http.StatusFound || !strings.HasPrefix(a.location.String(), callback+"?") {
		b.Fatalf("%s: %d %v", login, a.status, a.location)
	}
	return a.location.Query()
}

// tokenFor asks for tokens, by Basic unless the form names the client.
func (b *box) tokenFor(form url.Values) answered {
	b.Helper()
	header := http.Header{}
	if !form.Has("client_id") {
		r := &http.Request{Header: header}
		r.SetBasicAuth(b.Info().PipedriveClientID, b.Info().PipedriveClientSecret)
	}
	return b.call(http.MethodPost, "/oauth/token", header, form)
}

// tokens signs in as somebody and returns what the app gets.
func (b *box) tokens(login string) map[string]any {
	b.Helper()
	a := b.tokenFor(url.Values{"grant_type": {"authorization_code"}, "code": {b.code(login).Get("code")}, "redirect_uri": {callback}})
	if a.status != http.StatusOK {
		b.Fatalf("%s: %d %s", login, a.status, a.raw)
	}
	return a.body
}

func TestPipedriveSignIn(t *testing.T) {
	t.Parallel()
	b := start(t, sandbox.Options{})
	back := b.code("rep@example.com")
	if back.Get("state") != "s t" || back.Get("code") == "" {
		t.Fatalf("came back with %v", back)
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {back.Get("code")}, "redirect_uri": {callback}}
	first := b.tokenFor(form)
	if first.status != http.StatusOK || first.body["expires_in"] != 3600.0 || first.body["api_domain"] != b.Info().PipedriveURL || first.body["token_type"] != "Bearer" {
		t.Fatalf("tokens: %d %s", first.status, first.raw)
	}
	if again := b.tokenFor(form); again.status != http.StatusBadRequest {
		t.Errorf("a code worked twice: %d", again.status)
	}
	// In the body, too; the refresh token stays, and the access token before is over.
	second := b.tokenFor(url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {first.body["refresh_token"].(string)},
		"client_id": {b.Info().PipedriveClientID}, "client_secret": {b.Info().PipedriveClientSecret},
	})
	if second.status != http.StatusOK || second.body["refresh_token"] != first.body["refresh_token"] || second.body["access_token"] == first.body["access_token"] {
		t.Fatalf("refreshed: %d %s", second.status, second.raw)
	}
	bearer := http.Header{"Authorization": {"Bearer " + second.body["access_token"].(string)}}
	me := b.call(http.MethodGet, "/v1/users/me", bearer, nil)
	data, _ := me.body["data"].(map[string]any)
	language, _ := data["language"].(map[string]any)
	if me.body["success"] != true || data["email"] != "rep@example.com" || data["company_id"] != float64(7_654_321) || language["language_code"] != "en" || data["timezone_name"] != "America/New_York" {
		t.Errorf("users/me: %s", me.raw)
	}
	if _, told := data["is_admin"]; told {
		t.Error("users/me has an is_admin, which is not documented")
	}
	if a := b.call(http.MethodGet, "/api/v1/users/me", http.Header{"Authorization": {"Bearer " + first.body["access_token"].(string)}}, nil); a.status != http.StatusUnauthorized {
		t.Errorf("the access token before: %d", a.status)
	}
}

func TestPipedriveRefuses(t *testing.T) {
	t.Parallel()
	b := start(t, sandbox.Options{})
	if back := b.code("refuse"); back.Get("error") != "user_denied" || back.Has("code") {
		t.Errorf("refused with %v", back)
	}
	base := url.Values{"client_id": {b.Info().PipedriveClientID}, "redirect_uri": {callback}}
	for _, c := range []struct{ name, value string }{
		{"client_id", "x"}, {"redirect_uri", "javascript:alert(1)"}, {"redirect_uri", ""}, {"login", "former@example.com"}, {"login", "nobody@example.com"},
	} {
		q := url.Values{}
		for k, v := range base {
			q[k] = v
		}
		q.Set(c.name, c.value)
		if a := b.call(http.MethodGet, "/oauth/authorize?"+q.Encode(), nil, nil); a.status < 400 || a.location != nil {
			t.Errorf("%s=%s: %d, sent to %v", c.name, c.value, a.status, a.location)
		}
	}
	code := b.code("rep@example.com").Get("code")
	for name, form := range map[string]url.Values{
		"no grant_type":  {},
		"another type":   {"grant_type": {"password"}},
		"another secret": {"grant_type": {"refresh_token"}, "client_id": {b.Info().PipedriveClientID}, "client_secret": {"x"}},
		"another URL":    {"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback + "2"}},
		"no such token":  {"grant_type": {"refresh_token"}, "refresh_token": {"x"}},
	} {
		if a := b.tokenFor(form); a.status != http.StatusBadRequest || a.body["error"] == nil {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	if a := b.call(http.MethodGet, "/api/v1/users/me", nil, nil); a.status != http.StatusUnauthorized || a.body["errorCode"] != 401.0 || a.body["success"] != false {
		t.Errorf("nobody: %d %s", a.status, a.raw)
	}
}

func TestPipedriveUsers(t *testing.T) {
	t.Parallel()
	b := start(t, sandbox.Options{})
	token := http.Header{"X-Api-Token": {b.Info().PipedriveToken}}
	emails := func() (list []string, admins int) {
		a := b.call(http.MethodGet, "/api/v1/users", token, nil)
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
	if r := b.Control("POST", "/pipedrive/users/rep@example.com", map[string]any{"admin": true}); r.Status != http.StatusOK {
		t.Errorf("/pipedrive/users/rep@example.com: %d", r.Status)
	}
	if _, admins := emails(); admins != 3 {
		t.Errorf("%d admins", admins)
	}
	if r := b.Control("POST", "/pipedrive/users/nobody@example.com", nil); r.Status != http.StatusNotFound {
		t.Errorf("/pipedrive/users/nobody@example.com: %d", r.Status)
	}
	if r := b.Control("POST", "/pipedrive", map[string]any{"fault": "html_403"}); r.Status != http.StatusOK {
		t.Errorf("/pipedrive: %d", r.Status)
	}
	if a := b.call(http.MethodGet, "/api/v1/users", token, nil); a.status != http.StatusForbidden || !strings.HasPrefix(a.raw, "<!DOCTYPE") {
		t.Errorf("fault: %d %s", a.status, a.raw)
	}
	if r := b.Control("POST", "/pipedrive", map[string]any{"fault": "nonsense"}); r.Status != http.StatusBadRequest {
		t.Errorf("/pipedrive: %d", r.Status)
	}
	if r := b.Control("POST", "/pipedrive", map[string]any{"fault": ""}); r.Status != http.StatusOK {
		t.Errorf("/pipedrive: %d", r.Status)
	}
	if list, _ := emails(); len(list) != 4 {
		t.Errorf("after the fault: %v", list)
	}
}
