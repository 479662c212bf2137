package graph_test

import (
	"bytes"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"parley/sandbox"
	"parley/sandbox/sandboxtest"
)

func TestAuthentication(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Start(t, sandbox.Options{})
	i := b.Info()
	raw := func(path, token string, header bool) sandboxtest.Reply {
		req, _ := http.NewRequest("GET", i.GraphURL+path, nil)
		if header {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		return b.Do(req)
	}
	r := b.Graph("GET", "/me", "EAAwrong", nil)
	b.Refused(r, 400, 190, 0)
	if !strings.HasPrefix(r.Header.Get("WWW-Authenticate"), `OAuth "Facebook Platform"`) {
		t.Errorf("WWW-Authenticate is %q", r.Header.Get("WWW-Authenticate"))
	}
	b.Refused(raw("/me", "", false), 400, 104, 0)
	b.Refused(raw("/me", i.PageToken, true), 400, 100, 0)
	b.Refused(raw("/me?appsecret_proof=00", i.PageToken, true), 400, 100, 0)
	good := "appsecret_proof=" + sandboxtest.Proof(i.AppSecret, i.PageToken)
	for _, path := range []string{"/me?", "/v19.0/me?", "/" + i.PageID + "?access_token=" + i.PageToken + "&"} {
		r := b.OK(raw(path+good, i.PageToken, !strings.Contains(path, "access_token")))
		if r.Body["id"] != i.PageID || r.Body["name"] != "Aoyama Coffee" {
			t.Errorf("%s is %v", path, r.Body)
		}
	}
	for asked, want := range map[string]string{"/v19.0": "v19.0", "/v26.0": "v26.0", "/v27.0": "v27.0", "": "v27.0"} {
		if v := b.OK(raw(asked+"/me?"+good, i.PageToken, true)).Header.Get("facebook-api-version"); v != want {
			t.Errorf("facebook-api-version of %q is %q", asked, v)
		}
	}
	for _, none := range []string{"/v27.1", "/v28.0", "/v99.0", "/v027.0", "/v0.0", "/v27"} {
		if r := raw(none+"/me?"+good, i.PageToken, true); r.Status == 200 {
			t.Errorf("there is no %s, and it answers %v", none, r.Body)
		}
	}
	b.OK(b.Control("POST", "/page", map[string]any{"token_refused": true}))
	b.Refused(b.Page("GET", "/me", nil), 400, 190, 460)
	data := b.OK(raw("/debug_token?input_token="+i.PageToken, i.AppID+"|"+i.AppSecret, true)).Body["data"].(map[string]any)
	if data["is_valid"] != false || data["type"] != "PAGE" {
		t.Errorf("debug_token is %v", data)
	}
}

func TestUserAndPage(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Start(t, sandbox.Options{})
	i := b.Info()
	me := b.OK(b.Graph("GET", "/me", i.UserToken, nil)).Body
	if me["name"] != "Aoyama Installer" || me["id"] == i.PageID {
		t.Errorf("me is %v", me)
	}
	account := b.OK(b.Graph("GET", "/me/accounts", i.UserToken, nil)).Body["data"].([]any)[0].(map[string]any)
	if account["id"] != i.PageID || account["access_token"] != i.PageToken || !reflect.DeepEqual(account["tasks"].([]any)[5], "MANAGE") {
		t.Errorf("account is %v", account)
	}
	page := b.OK(b.Page("GET", "/"+i.PageID+"?fields=name,username,link", nil)).Body
	if page["username"] != "aoyamacoffee" || page["link"] == nil || page["category"] != nil {
		t.Errorf("page is %v", page)
	}
	b.Refused(b.Page("GET", "/me?fields=name,nonsense", nil), 400, 100, 0)
	b.Refused(b.Page("GET", "/me?fields=name{", nil), 400, 2500, 0)
	settings := b.OK(b.Page("GET", "/"+i.PageID+"/settings", nil))
	if !bytes.Contains(settings.Raw, []byte(`{"setting":"USERS_CAN_MESSAGE","value":true}`)) {
		t.Errorf("settings are %s", settings.Raw)
	}
}

func TestUnknownIsAnError(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Start(t, sandbox.Options{})
	for _, path := range []string{"/0000", "/" + b.Info().PageID + "/nonsense", "/a/b/c", "/", "/t_1/messages", "/m_x", "/search"} {
		b.Refused(b.Page("GET", path, nil), 400, 100, 33)
	}
	b.Refused(b.Page("DELETE", "/me/messages", nil), 400, 100, 33)
	for _, body := range []string{"{", "[]", `"x"`, "\xff"} {
		req, _ := http.NewRequest("POST", b.Info().GraphURL+"/me/messages?appsecret_proof="+sandboxtest.Proof(b.Info().AppSecret, b.Info().PageToken), strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+b.Info().PageToken)
		b.Refused(b.Do(req), 400, 100, 0)
	}
	req, _ := http.NewRequest("POST", b.Info().GraphURL+"/me/messages", strings.NewReader(strings.Repeat("x", 1<<20+1)))
	if r := b.Do(req); r.Err == nil && r.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a body too large got %d", r.Status)
	}
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Start(t, sandbox.Options{})
	b.OK(b.Control("POST", "/customers/1001", map[string]any{"name": "山田 花子", "locale": "ja_JP"}))
	full := b.OK(b.Page("GET", "/1001?fields=name,first_name,last_name,locale,profile_pic", nil)).Body
	if full["first_name"] != "花子" || full["last_name"] != "山田" || full["locale"] != "ja_JP" {
		t.Errorf("profile is %v", full)
	}
	req, _ := http.NewRequest("GET", full["profile_pic"].(string), nil)
	if r := b.OK(b.Do(req)); !bytes.HasPrefix(r.Raw, []byte("\x89PNG")) {
		t.Error("the picture is no PNG")
	}
	b.OK(b.Control("POST", "/customers/1001", map[string]any{"profile": "empty"}))
	if r := b.OK(b.Page("GET", "/1001?fields=name", nil)); string(r.Raw) != "{}" {
		t.Errorf("empty profile is %s", r.Raw)
	}
	b.OK(b.Control("POST", "/customers/1001", map[string]any{"profile": "none"}))
	b.Refused(b.Page("GET", "/1001?fields=name", nil), 400, 100, 2018218)
	b.Refused(b.Page("GET", "/9999?fields=name", nil), 400, 100, 33)
}
