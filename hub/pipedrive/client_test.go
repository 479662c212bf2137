package pipedrive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/hub/pipedrive"
	"parley/model"
)

const (
	companyToken = "company-token-0123456789"
	clientSecret = "client-secret-0123456789"
	accessToken  = "access-token-0123456789"
	refreshToken = "refresh-token-0123456789"
)

var now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// fixture is a client of a Pipedrive that answers as a test has it.
type fixture struct {
	*pipedrive.Client
	url  string
	logs *bytes.Buffer
}

func serve(t *testing.T, answer http.HandlerFunc) fixture {
	t.Helper()
	s := httptest.NewServer(answer)
	f := fixture{url: s.URL, logs: &bytes.Buffer{}}
	c, err := pipedrive.New(pipedrive.Config{
		URL: s.URL, CompanyToken: companyToken, OAuthURL: s.URL, ClientID: "client", ClientSecret: clientSecret,
		Timeout: time.Minute, Now: func() time.Time { return now }, Logger: slog.New(slog.NewTextHandler(f.logs, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Client = c
	t.Cleanup(func() {
		c.Close()
		s.CloseClientConnections()
		s.Close()
		for _, secret := range []string{companyToken, clientSecret, accessToken, refreshToken} {
			if strings.Contains(f.logs.String(), secret) {
				t.Errorf("the log tells %s", secret)
			}
		}
	})
	return f
}

// says answers every call alike.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func grant(f fixture) model.CRMGrant {
	return model.CRMGrant{Access: accessToken, Refresh: refreshToken, Expires: now.Add(time.Hour), APIDomain: f.url}
}

// newAppOnly is a client without a company token.
func newAppOnly(address string) (*pipedrive.Client, error) {
	return pipedrive.New(pipedrive.Config{URL: address, OAuthURL: address, ClientID: "client", ClientSecret: clientSecret, Timeout: time.Minute})
}

func TestNewRefusesWhatIsNotSafe(t *testing.T) {
	t.Parallel()
	app := func(c pipedrive.Config) pipedrive.Config {
		c.ClientID, c.ClientSecret = "id", "secret"
		return c
	}
	for name, c := range map[string]pipedrive.Config{
		"nothing":        {},
		"half an app":    {ClientID: "id"},
		"the other half": {CompanyToken: "x", ClientSecret: "secret"},
		"http":           {CompanyToken: "x", URL: "http://api.pipedrive.com"},
		"no URL":         {CompanyToken: "x", URL: "api.pipedrive.com"},
		"a user in it":   {CompanyToken: "x", URL: "https://me@api.pipedrive.com"},
		"http for OAuth": app(pipedrive.Config{OAuthURL: "http://oauth.pipedrive.com"}),
		"a query":        app(pipedrive.Config{OAuthURL: "https://oauth.pipedrive.com?x"}),
	} {
		if _, err := pipedrive.New(c); err == nil {
			t.Errorf("%s is accepted", name)
		} else if strings.Contains(err.Error(), "secret\"") {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, err := pipedrive.New(app(pipedrive.Config{}))
	if err != nil || !c.SignsIn() || c.KnowsCompany() || c.AuthorizeOrigin() != "https://oauth.pipedrive.com" {
		t.Errorf("an app alone: %v %v", c, err)
	}
	if s := fmt.Sprintf("%v %+v %#v", c, c, c); strings.Contains(s, "secret") {
		t.Errorf("printed as %s", s)
	}
	u, err := url.Parse(c.AuthorizeURL("https://hub.example.com/login/callback", "a&b"))
	if q := u.Query(); err != nil || u.Path != "/oauth/authorize" || q.Get("client_id") != "id" || q.Get("state") != "a&b" ||
		q.Get("redirect_uri") != "https://hub.example.com/login/callback" || q.Has("client_secret") {
		t.Errorf("authorize by %v (%v)", u, err)
	}
}

func TestExchangeAndRefresh(t *testing.T) {
	t.Parallel()
	var forms []url.Values
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		id, secret, _ := r.BasicAuth()
		if r.Method != http.MethodPost || r.URL.String() != "/oauth/token" || id != "client" || secret != clientSecret {
			t.Errorf("asked %s %s as %s", r.Method, r.URL, id)
		}
		forms = append(forms, r.PostForm)
		_, _ = fmt.Fprintf(w, `{"access_token":%q,"token_type":"bearer","expires_in":3600,"refresh_token":%q,"scope":"base","api_domain":"http://%s/"}`,
			accessToken, refreshToken, r.Host)
	})
	g, err := f.Exchange(t.Context(), "the code", "https://hub.example.com/login/callback")
	want := model.CRMGrant{Access: accessToken, Refresh: refreshToken, Expires: now.Add(59 * time.Minute), APIDomain: f.url, Scope: "base"}
	if err != nil || g != want {
		t.Fatalf("got another grant (%v): expires %s, at %s", err, g.Expires, g.APIDomain)
	}
	if again, err := f.Refresh(t.Context(), g); err != nil || again != want {
		t.Errorf("refreshed: %v", err)
	}
	if s := fmt.Sprintf("%v %+v %#v %s", g, g, &g, slog.AnyValue(g).Resolve()); strings.Contains(s, accessToken) || strings.Contains(s, refreshToken) {
		t.Errorf("printed as %s", s)
	}
	if forms[0].Get("grant_type") != "authorization_code" || forms[0].Get("code") != "the code" || forms[0].Get("redirect_uri") == "" ||
		forms[1].Get("grant_type") != "refresh_token" || forms[1].Get("refresh_token") != refreshToken {
		t.Errorf("sent %v", forms)
	}
}

// What will not do later is a refusal; all else may. Neither shows a secret.
func TestErrors(t *testing.T) {
	t.Parallel()
	const user = `{"success":true,"data":{"id":1,"name":"A","email":"a@example.com","active_flag":true,"company_id":7}}`
	for _, c := range []struct {
		name       string
		status     int
		body       string
		token, api error
	}{
		{"invalid grant", 400, `{"error":"invalid_grant"}`, model.ErrCRMRefused, model.ErrCRMUnavailable},
		{"invalid client", 400, `{"error":"invalid_client"}`, model.ErrCRMUnavailable, model.ErrCRMUnavailable},
		{"unauthorized", 401, `{"success":false,"error":"unauthorized access","errorCode":401}`, model.ErrCRMRefused, model.ErrCRMRefused},
		{"the wall", 403, `<!DOCTYPE html><title>Attention Required!</title>`, model.ErrCRMUnavailable, model.ErrCRMUnavailable},
		{"too many", 429, `{"success":false}`, model.ErrCRMUnavailable, model.ErrCRMUnavailable},
		{"broken", 500, ``, model.ErrCRMUnavailable, model.ErrCRMUnavailable},
		{"half", 200, `{"success":true,"data":{`, model.ErrCRMUnavailable, model.ErrCRMUnavailable},
		{"no success", 200, `{"success":false,"data":{"id":1,"company_id":7}}`, model.ErrCRMUnavailable, model.ErrCRMUnavailable},
		{"not said", 200, `{"data":{"id":1,"company_id":7}}`, model.ErrCRMUnavailable, model.ErrCRMUnavailable},
		{"null", 200, `null`, model.ErrCRMUnavailable, model.ErrCRMUnavailable},
		{"nobody", 200, `{"success":true,"data":null}`, model.ErrCRMUnavailable, model.ErrCRMUnavailable},
		{"no company", 200, strings.Replace(user, `"company_id":7`, `"company_id":null`, 1), model.ErrCRMUnavailable, model.ErrCRMUnavailable},
		{"elsewhere", 302, ``, model.ErrCRMUnavailable, model.ErrCRMUnavailable},
		{"too long", 200, `{"success":true,"data":"` + strings.Repeat("x", 9<<20) + `"}`, model.ErrCRMUnavailable, model.ErrCRMUnavailable},
		{"no bearer", 200, `{"access_token":"a","token_type":"mac","expires_in":1,"refresh_token":"r","api_domain":"https://x.pipedrive.com"}`, model.ErrCRMUnavailable, model.ErrCRMUnavailable},
		{"two headers", 200, `{"access_token":"a\r\nb","token_type":"bearer","expires_in":1,"refresh_token":"r","api_domain":"https://x.pipedrive.com"}`, model.ErrCRMUnavailable, model.ErrCRMUnavailable},
		{"a bad domain", 200, `{"access_token":"a","token_type":"bearer","expires_in":1,"refresh_token":"r","api_domain":"http://x.pipedrive.com"}`, model.ErrCRMUnavailable, model.ErrCRMUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := serve(t, says(c.status, c.body))
			check := func(call string, err, want error) {
				t.Helper()
				if !errors.Is(err, want) || strings.Contains(err.Error(), "0123456789") {
					t.Errorf("%s: %v, want %v", call, err, want)
				}
			}
			_, err := f.Exchange(t.Context(), "code-0123456789", "https://hub.example.com")
			check("exchange", err, c.token)
			_, err = f.Refresh(t.Context(), grant(f))
			check("refresh", err, c.token)
			_, err = f.Me(t.Context(), grant(f))
			check("me", err, c.api)
			_, err = f.Company(t.Context())
			check("company", err, c.api)
			if c.name != "no company" {
				_, err = f.Colleagues(t.Context())
				check("users", err, c.api)
			}
		})
	}
}

func TestNoAnswer(t *testing.T) {
	t.Parallel()
	f := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	if _, err := f.Me(t.Context(), grant(f)); !errors.Is(err, model.ErrCRMUnavailable) {
		t.Errorf("cut: %v", err)
	}
	held := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := held.Colleagues(ctx); !errors.Is(err, model.ErrCRMUnavailable) {
		t.Errorf("never answered: %v", err)
	}
}

// Each call carries its own token, in a header, and goes to where the token says.
func TestWhoAsks(t *testing.T) {
	t.Parallel()
	var asked []string
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.String()+" "+r.Header.Get("Authorization")+r.Header.Get("X-Api-Token"))
		if r.URL.Path == "/api/v1/users" {
			_, _ = w.Write([]byte(`{"success":true,"data":[{"id":1,"email":"A@example.com","active_flag":true,"access":[{"app":"global","admin":true}]},7,{"id":null},
				{"id":2,"email":"b@example.com","active_flag":true}]}`))
			return
		}
		_, _ = w.Write([]byte(`{"success":true,"data":{"id":5,"name":"森 愛子","email":"aiko@example.com","active_flag":true,"timezone_name":"Asia/Tokyo",
			"locale":"et_EE","language":{"language_code":"ja","country_code":"JP"},"company_id":7,"company_name":"青山","company_domain":"aoyama",
			"access":[{"app":"sales","admin":true},{"app":"account_settings","admin":true}]}}`))
	})
	aiko := model.CRMUser{
		ID: 5, Name: "森 愛子", Email: "aiko@example.com", Active: true, Admin: true, EditsAll: true, Language: "ja", TimeZone: "Asia/Tokyo",
		Company: model.CRMCompany{ID: 7, Name: "青山", Domain: "aoyama"},
	}
	for _, f := range []func() (model.CRMUser, error){
		func() (model.CRMUser, error) { return f.Me(t.Context(), grant(f)) },
		func() (model.CRMUser, error) { return f.Company(t.Context()) },
	} {
		if u, err := f(); err != nil || u != aiko {
			t.Errorf("got %+v, %v", u, err)
		}
	}
	all, err := f.Colleagues(t.Context())
	if err != nil || len(all) != 2 || !all[0].Admin || all[0].Email != "A@example.com" || all[1].Admin {
		t.Errorf("got %+v, %v", all, err)
	}
	want := "/api/v1/users/me Bearer " + accessToken + "|/api/v1/users/me " + companyToken + "|/api/v1/users " + companyToken
	if got := strings.Join(asked, "|"); got != want {
		t.Errorf("asked %s", got)
	}
}
