package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const backTo = "http://127.0.0.1:9/connect/callback"

// decides answers the dialog as somebody, and returns where that leads.
func (b *box) decides(person, answer string, grant ...string) url.Values {
	b.Helper()
	form := url.Values{
		"client_id": {b.Info().AppID}, "redirect_uri": {backTo}, "state": {"state-1"},
		"scope": {strings.Join(scopes()[:5], ",")}, "person": {person}, "answer": {answer}, "grant": grant,
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
func (b *box) exchange(with url.Values) reply {
	b.Helper()
	q := url.Values{"client_id": {b.Info().AppID}, "client_secret": {b.Info().AppSecret}}
	for k, v := range with {
		q[k] = v
	}
	req, _ := http.NewRequest(http.MethodGet, b.Info().GraphURL+"/v27.0/oauth/access_token?"+q.Encode(), nil)
	return b.do(req)
}

func TestTheDialogMakesATokenOnce(t *testing.T) {
	t.Parallel()
	var later atomic.Int64
	b := start(t, Options{Now: func() time.Time { return time.Now().Add(time.Duration(later.Load())) }})
	back := b.decides("admin", "continue", scopes()[:5]...)
	if back.Get("state") != "state-1" || back.Get("code") == "" {
		t.Fatalf("came back with %v", back)
	}
	with := url.Values{"code": {back.Get("code")}, "redirect_uri": {backTo}}
	b.refused(b.exchange(url.Values{"code": with["code"], "redirect_uri": {"http://127.0.0.1:9/elsewhere"}}), 400, 100, 36008)
	b.refused(b.exchange(url.Values{"code": with["code"], "redirect_uri": {backTo}, "client_secret": {"wrong"}}), 400, 1, 0)
	short, _ := b.ok(b.exchange(with)).body["access_token"].(string)
	b.refused(b.exchange(with), 400, 100, 36009)

	long, _ := b.ok(b.exchange(url.Values{"grant_type": {"fb_exchange_token"}, "fb_exchange_token": {short}})).body["access_token"].(string)
	if long == "" || long == short {
		t.Fatalf("long-lived token %q", long)
	}
	later.Add(int64(2 * time.Hour))
	b.refused(b.graph("GET", "/me", short, nil), 400, 190, 463)
	accounts, _ := b.ok(b.graph("GET", "/me/accounts", long, nil)).body["data"].([]any)
	if len(accounts) != 2 {
		t.Errorf("the admin has %v", accounts)
	}
	first := b.ok(b.graph("GET", "/me/accounts?limit=1", long, nil)).body
	after := first["paging"].(map[string]any)["cursors"].(map[string]any)["after"].(string)
	second, _ := b.ok(b.graph("GET", "/me/accounts?limit=1&after="+after, long, nil)).body["data"].([]any)
	if len(second) != 1 || second[0].(map[string]any)["name"] != secondPage {
		t.Errorf("the second Page is %v", second)
	}
	late := b.decides("admin", "continue", scopes()[:5]...)
	later.Add(int64(codeLife))
	b.refused(b.exchange(url.Values{"code": {late.Get("code")}, "redirect_uri": {backTo}}), 400, 100, 36007)
}

func TestWhoSignsInHasTheirOwnPages(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	token := func(person string, grant ...string) string {
		got := b.exchange(url.Values{"code": {b.decides(person, "continue", grant...).Get("code")}, "redirect_uri": {backTo}})
		s, _ := b.ok(got).body["access_token"].(string)
		return s
	}
	pages := func(token string) []any {
		l, _ := b.ok(b.graph("GET", "/me/accounts", token, nil)).body["data"].([]any)
		return l
	}
	if l := pages(token("profile", scopes()[:5]...)); len(l) != 0 {
		t.Errorf("a personal profile has %v", l)
	}
	staff := pages(token("staff", scopes()[:5]...))
	if len(staff) != 1 || strings.Contains(strings.Join(strs(staff[0].(map[string]any)["tasks"]), " "), "MANAGE") {
		t.Errorf("staff has %v", staff)
	}
	declined := token("admin", "pages_messaging")
	if l := pages(declined); len(l) != 0 {
		t.Errorf("without pages_show_list: %v", l)
	}
	status := map[any]any{}
	for _, p := range b.ok(b.graph("GET", "/me/permissions", declined, nil)).body["data"].([]any) {
		status[p.(map[string]any)["permission"]] = p.(map[string]any)["status"]
	}
	if status["pages_messaging"] != "granted" || status["pages_show_list"] != "declined" {
		t.Errorf("permissions %v", status)
	}
	if back := b.decides("admin", "cancel"); back.Get("error") != "access_denied" || back.Get("code") != "" || back.Get("state") != "state-1" {
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

func TestPastConversationsStandInTheInboxOnly(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{Past: 30})
	var all struct {
		Conversations []struct {
			PSID     string
			Messages []string
		}
	}
	if err := json.Unmarshal(b.ok(b.control("GET", "/conversations", nil)).raw, &all); err != nil {
		b.Fatal(err)
	}
	longest := 0
	for _, c := range all.Conversations {
		longest = max(longest, len(c.Messages))
	}
	if len(all.Conversations) != 30 || longest <= newestReadable {
		t.Errorf("%d conversations, the longest of %d messages", len(all.Conversations), longest)
	}
	list, _ := b.ok(b.graph("GET", "/"+b.Info().PageID+"/conversations?limit=100", b.Info().PageToken, nil)).body["data"].([]any)
	if len(list) != 30 || len(b.hook.all()) != 0 {
		t.Errorf("the inbox has %d, %d webhooks came", len(list), len(b.hook.all()))
	}
}
