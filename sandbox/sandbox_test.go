package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/sandbox/seeded"
)

func TestNewRefusesWhatOthersCouldReach(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.168.1.2:80", "[::]:0", "example.com:80", "nonsense"} {
		if s, err := New(Options{Listen: addr}); err == nil {
			t.Errorf("New(%q) was accepted: %v", addr, s.Info())
		}
	}
}

func TestSameSeedSameIDs(t *testing.T) {
	t.Parallel()
	ids := func(seed uint64) (Info, string) {
		s, err := New(Options{Seed: seed, Customers: 12, History: 5})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := s.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if s.Run(ctx) == nil {
			t.Error("Run can be called twice")
		}
		i := s.Info()
		i.GraphURL, i.DialogURL, i.ControlURL, i.SMTPURL, i.PipedriveURL, i.PipedriveOAuthURL = "", "", "", "", "", ""
		var people strings.Builder
		for _, c := range s.world.order {
			people.WriteString(c.psid + c.person.name + c.thread)
			for _, m := range c.messages {
				people.WriteString(m.mid + m.text)
			}
		}
		return i, people.String()
	}
	one, people := ids(7)
	two, peopleToo := ids(7)
	other, _ := ids(8)
	if one != two || people != peopleToo {
		t.Errorf("the same seed made other ids: %v %v", one, two)
	}
	if one.PageID == other.PageID || one.AppSecret == other.AppSecret {
		t.Error("another seed made the same ids")
	}
}

func TestInfoTags(t *testing.T) {
	t.Parallel()
	raw, _ := json.Marshal(Info{})
	for _, tag := range []string{"graph_url", "dialog_url", "page_id", "page_token", "user_token", "app_id", "app_secret", "verify_token", "control_url"} {
		if !bytes.Contains(raw, []byte(`"`+tag+`":`)) {
			t.Errorf("Info has no %s", tag)
		}
	}
}

func TestHalfTheCastIsJapanese(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		rng := seeded.Stream(seed, "cast")
		japanese := 0
		for i := range 100 {
			if cast(rng, i).lang == "ja" {
				japanese++
			}
		}
		if japanese < 50 {
			t.Errorf("seed %d: only %d of 100 write Japanese", seed, japanese)
		}
	}
}

func TestHandshake(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	i := b.Info()
	app := i.AppID + "|" + i.AppSecret
	path := "/" + i.AppID + "/subscriptions"
	ask := func(change string, to any) map[string]any {
		m := map[string]any{"object": "page", "callback_url": b.hook.URL + "/x?y=1", "verify_token": "sesame", "fields": "messages,message_echoes"}
		m[change] = to
		return m
	}
	b.refused(b.graph("POST", path, app, ask("verify_token", "wrong")), 400, 2200, 0)
	b.refused(b.graph("POST", path, app, ask("callback_url", "http://127.0.0.1:1/")), 400, 2200, 0)
	b.refused(b.graph("POST", path, app, ask("callback_url", "ftp://x")), 400, 100, 0)
	b.refused(b.graph("POST", path, app, ask("fields", "messages,nonsense")), 400, 100, 0)
	b.refused(b.graph("POST", path, app, ask("object", "user")), 400, 100, 0)
	b.refused(b.graph("POST", path, i.PageToken, ask("object", "page")), 400, 15, 0)
	b.ok(b.graph("POST", path, app, ask("object", "page")))
	list := b.ok(b.graph("GET", path, app, nil)).body["data"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["callback_url"] != b.hook.URL+"/x?y=1" {
		t.Errorf("subscriptions are %v", list)
	}
	b.ok(b.graph("DELETE", path, app, nil))
	if list := b.ok(b.graph("GET", path, app, nil)).body["data"].([]any); len(list) != 0 {
		t.Errorf("subscriptions left: %v", list)
	}
}

func TestPageSubscription(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{})
	path := "/" + b.Info().PageID + "/subscribed_apps"
	app := b.ok(b.page("GET", path, nil)).body["data"].([]any)[0].(map[string]any)
	if app["id"] != b.Info().AppID || !strings.Contains(everything, app["subscribed_fields"].([]any)[0].(string)) {
		t.Errorf("subscribed app is %v", app)
	}
	b.refused(b.page("POST", path, map[string]any{}), 400, 100, 0)
	b.refused(b.graph("POST", path, b.Info().UserToken, map[string]any{"subscribed_fields": "messages"}), 400, 210, 0)
	b.says("1001", "heard")
	b.eventually("the message", func() bool { return len(b.hook.only(isMessage)) == 1 })
	b.ok(b.page("DELETE", path, nil))
	b.says("1001", "not heard")
	b.ok(b.page("POST", path, map[string]any{"subscribed_fields": "message_echoes"}))
	b.says("1001", "not asked for")
	b.ok(b.page("POST", path, map[string]any{"subscribed_fields": everything}))
	b.says("1001", "heard again")
	b.eventually("the message", func() bool { return texts(b.hook.only(isMessage)) == "heard|heard again|" })
}

func TestAuthentication(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	i := b.Info()
	raw := func(path, token string, header bool) reply {
		req, _ := http.NewRequest("GET", i.GraphURL+path, nil)
		if header {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		return b.do(req)
	}
	r := b.graph("GET", "/me", "EAAwrong", nil)
	b.refused(r, 400, 190, 0)
	if !strings.HasPrefix(r.header.Get("WWW-Authenticate"), `OAuth "Facebook Platform"`) {
		t.Errorf("WWW-Authenticate is %q", r.header.Get("WWW-Authenticate"))
	}
	b.refused(raw("/me", "", false), 400, 104, 0)
	b.refused(raw("/me", i.PageToken, true), 400, 100, 0)
	b.refused(raw("/me?appsecret_proof=00", i.PageToken, true), 400, 100, 0)
	good := "appsecret_proof=" + proof(i.AppSecret, i.PageToken)
	for _, path := range []string{"/me?", "/v19.0/me?", "/" + i.PageID + "?access_token=" + i.PageToken + "&"} {
		r := b.ok(raw(path+good, i.PageToken, !strings.Contains(path, "access_token")))
		if r.body["id"] != i.PageID || r.body["name"] != pageName {
			t.Errorf("%s is %v", path, r.body)
		}
	}
	for asked, want := range map[string]string{"/v19.0": "v19.0", "/v26.0": "v26.0", "/v27.0": "v27.0", "": "v27.0"} {
		if v := b.ok(raw(asked+"/me?"+good, i.PageToken, true)).header.Get("facebook-api-version"); v != want {
			t.Errorf("facebook-api-version of %q is %q", asked, v)
		}
	}
	for _, none := range []string{"/v27.1", "/v28.0", "/v99.0", "/v027.0", "/v0.0", "/v27"} {
		if r := raw(none+"/me?"+good, i.PageToken, true); r.status == 200 {
			t.Errorf("there is no %s, and it answers %v", none, r.body)
		}
	}
	b.ok(b.control("POST", "/page", map[string]any{"token_refused": true}))
	b.refused(b.page("GET", "/me", nil), 400, 190, 460)
	data := b.ok(raw("/debug_token?input_token="+i.PageToken, i.AppID+"|"+i.AppSecret, true)).body["data"].(map[string]any)
	if data["is_valid"] != false || data["type"] != "PAGE" {
		t.Errorf("debug_token is %v", data)
	}
}

func TestUserAndPage(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	i := b.Info()
	me := b.ok(b.graph("GET", "/me", i.UserToken, nil)).body
	if me["name"] != userName || me["id"] == i.PageID {
		t.Errorf("me is %v", me)
	}
	account := b.ok(b.graph("GET", "/me/accounts", i.UserToken, nil)).body["data"].([]any)[0].(map[string]any)
	if account["id"] != i.PageID || account["access_token"] != i.PageToken || !reflect.DeepEqual(account["tasks"].([]any)[5], "MANAGE") {
		t.Errorf("account is %v", account)
	}
	page := b.ok(b.page("GET", "/"+i.PageID+"?fields=name,username,link", nil)).body
	if page["username"] != pageUsername || page["link"] == nil || page["category"] != nil {
		t.Errorf("page is %v", page)
	}
	b.refused(b.page("GET", "/me?fields=name,nonsense", nil), 400, 100, 0)
	b.refused(b.page("GET", "/me?fields=name{", nil), 400, 2500, 0)
	settings := b.ok(b.page("GET", "/"+i.PageID+"/settings", nil))
	if !bytes.Contains(settings.raw, []byte(`{"setting":"USERS_CAN_MESSAGE","value":true}`)) {
		t.Errorf("settings are %s", settings.raw)
	}
}

func TestUnknownIsAnError(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	for _, path := range []string{"/0000", "/" + b.Info().PageID + "/nonsense", "/a/b/c", "/", "/t_1/messages", "/m_x", "/search"} {
		b.refused(b.page("GET", path, nil), 400, 100, 33)
	}
	b.refused(b.page("DELETE", "/me/messages", nil), 400, 100, 33)
	for _, body := range []string{"{", "[]", `"x"`, "\xff"} {
		req, _ := http.NewRequest("POST", b.Info().GraphURL+"/me/messages?appsecret_proof="+proof(b.Info().AppSecret, b.Info().PageToken), strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+b.Info().PageToken)
		b.refused(b.do(req), 400, 100, 0)
	}
	req, _ := http.NewRequest("POST", b.Info().GraphURL+"/me/messages", strings.NewReader(strings.Repeat("x", maxGraphBody+1)))
	if r := b.do(req); r.err == nil && r.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a body too large got %d", r.status)
	}
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	b.ok(b.control("POST", "/customers/1001", map[string]any{"name": "山田 花子", "locale": "ja_JP"}))
	full := b.ok(b.page("GET", "/1001?fields=name,first_name,last_name,locale,profile_pic", nil)).body
	if full["first_name"] != "花子" || full["last_name"] != "山田" || full["locale"] != "ja_JP" {
		t.Errorf("profile is %v", full)
	}
	req, _ := http.NewRequest("GET", full["profile_pic"].(string), nil)
	if r := b.ok(b.do(req)); !bytes.HasPrefix(r.raw, []byte("\x89PNG")) {
		t.Error("the picture is no PNG")
	}
	b.ok(b.control("POST", "/customers/1001", map[string]any{"profile": "empty"}))
	if r := b.ok(b.page("GET", "/1001?fields=name", nil)); string(r.raw) != "{}" {
		t.Errorf("empty profile is %s", r.raw)
	}
	b.ok(b.control("POST", "/customers/1001", map[string]any{"profile": "none"}))
	b.refused(b.page("GET", "/1001?fields=name", nil), 400, 100, 2018218)
	b.refused(b.page("GET", "/9999?fields=name", nil), 400, 100, 33)
}

func TestStopsCleanlyInTheMiddle(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{Customers: 8, Rate: 100, History: 50})
	b.hook.answer(503)
	b.says("1001", "hello")
	b.fault(map[string]any{"on": "send", "kind": "timeout"})
	hung := make(chan reply)
	go func() { hung <- b.send("1001", "never answered") }()
	pass(200 * time.Millisecond)
	began := time.Now()
	if err := b.stop(); err != nil {
		t.Error(err)
	}
	if d := time.Since(began); d > 30*time.Second { // the call that hangs would hang for ever
		t.Errorf("stopping took %v", d)
	}
	if r := <-hung; r.err == nil {
		t.Errorf("the hung call got %d", r.status)
	}
}
