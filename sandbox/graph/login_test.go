package graph_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/sandbox"
	"parley/sandbox/sandboxtest"
)

const backTo = "http://127.0.0.1:9/connect/callback"

func allScopes() []string {
	return []string{"pages_show_list", "pages_messaging", "pages_manage_metadata", "pages_read_engagement", "business_management"}
}

// decides answers the dialog as somebody, and returns where that leads.
func decides(b *sandboxtest.Box, person, answer string, grant ...string) url.Values {
	b.Helper()
	form := url.Values{
		"client_id": {b.Info().AppID}, "redirect_uri": {backTo}, "state": {"state-1"},
		"scope": {strings.Join(allScopes(), ",")}, "person": {person}, "answer": {answer}, "grant": grant,
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	res, err := client.PostForm(b.Info().DialogURL+"/v27.0/dialog/oauth", form)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	at, err := res.Location()
	if err != nil || !strings.HasPrefix(at.String(), backTo+"?") {
		b.Fatalf("status %d, leads to %v: %v", res.StatusCode, at, err)
	}
	return at.Query()
}

// exchange asks for a token with the app's own secrets.
func exchange(b *sandboxtest.Box, with url.Values) sandboxtest.Reply {
	b.Helper()
	q := url.Values{"client_id": {b.Info().AppID}, "client_secret": {b.Info().AppSecret}}
	for k, v := range with {
		q[k] = v
	}
	req, _ := http.NewRequest(http.MethodGet, b.Info().GraphURL+"/v27.0/oauth/access_token?"+q.Encode(), nil)
	return b.Do(req)
}

func TestTheDialogMakesATokenOnce(t *testing.T) {
	t.Parallel()
	var later atomic.Int64
	b := sandboxtest.Start(t, sandbox.Options{Now: func() time.Time { return time.Now().Add(time.Duration(later.Load())) }})
	back := decides(b, "admin", "continue", allScopes()...)
	if back.Get("state") != "state-1" || back.Get("code") == "" {
		t.Fatalf("came back with %v", back)
	}
	with := url.Values{"code": {back.Get("code")}, "redirect_uri": {backTo}}
	b.Refused(exchange(b, url.Values{"code": with["code"], "redirect_uri": {"http://127.0.0.1:9/elsewhere"}}), 400, 100, 36008)
	b.Refused(exchange(b, url.Values{"code": with["code"], "redirect_uri": {backTo}, "client_secret": {"wrong"}}), 400, 1, 0)
	short, _ := b.OK(exchange(b, with)).Body["access_token"].(string)
	b.Refused(exchange(b, with), 400, 100, 36009)

	long, _ := b.OK(exchange(b, url.Values{"grant_type": {"fb_exchange_token"}, "fb_exchange_token": {short}})).Body["access_token"].(string)
	if long == "" || long == short {
		t.Fatalf("long-lived token %q", long)
	}
	later.Add(int64(2 * time.Hour))
	b.Refused(b.Graph("GET", "/me", short, nil), 400, 190, 463)
	accounts, _ := b.OK(b.Graph("GET", "/me/accounts", long, nil)).Body["data"].([]any)
	if len(accounts) != 2 {
		t.Errorf("the admin has %v", accounts)
	}
	first := b.OK(b.Graph("GET", "/me/accounts?limit=1", long, nil)).Body
	after := first["paging"].(map[string]any)["cursors"].(map[string]any)["after"].(string)
	second, _ := b.OK(b.Graph("GET", "/me/accounts?limit=1&after="+after, long, nil)).Body["data"].([]any)
	if len(second) != 1 || second[0].(map[string]any)["name"] != "Aoyama Coffee Kyoto" {
		t.Errorf("the second Page is %v", second)
	}
	late := decides(b, "admin", "continue", allScopes()...)
	later.Add(int64(10 * time.Minute))
	b.Refused(exchange(b, url.Values{"code": {late.Get("code")}, "redirect_uri": {backTo}}), 400, 100, 36007)
}

func TestWhoSignsInHasTheirOwnPages(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Start(t, sandbox.Options{})
	token := func(person string, grant ...string) string {
		got := exchange(b, url.Values{"code": {decides(b, person, "continue", grant...).Get("code")}, "redirect_uri": {backTo}})
		s, _ := b.OK(got).Body["access_token"].(string)
		return s
	}
	pages := func(token string) []any {
		l, _ := b.OK(b.Graph("GET", "/me/accounts", token, nil)).Body["data"].([]any)
		return l
	}
	if l := pages(token("profile", allScopes()...)); len(l) != 0 {
		t.Errorf("a personal profile has %v", l)
	}
	staff := pages(token("staff", allScopes()...))
	if len(staff) != 1 || strings.Contains(strings.Join(strs(staff[0].(map[string]any)["tasks"]), " "), "MANAGE") {
		t.Errorf("staff has %v", staff)
	}
	declined := token("admin", "pages_messaging")
	if l := pages(declined); len(l) != 0 {
		t.Errorf("without pages_show_list: %v", l)
	}
	status := map[any]any{}
	for _, p := range b.OK(b.Graph("GET", "/me/permissions", declined, nil)).Body["data"].([]any) {
		status[p.(map[string]any)["permission"]] = p.(map[string]any)["status"]
	}
	if status["pages_messaging"] != "granted" || status["pages_show_list"] != "declined" {
		t.Errorf("permissions %v", status)
	}
	if back := decides(b, "admin", "cancel"); back.Get("error") != "access_denied" || back.Get("code") != "" || back.Get("state") != "state-1" {
		t.Errorf("cancelled: %v", back)
	}
}

func strs(v any) []string {
	var out []string
	for _, s := range v.([]any) {
		out = append(out, s.(string))
	}
	return out
}
