package webhooks_test

import (
	"strings"
	"testing"

	"parley/sandbox"
	"parley/sandbox/sandboxtest"
)

func TestHandshake(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Start(t, sandbox.Options{})
	i := b.Info()
	app := i.AppID + "|" + i.AppSecret
	path := "/" + i.AppID + "/subscriptions"
	ask := func(change string, to any) map[string]any {
		m := map[string]any{"object": "page", "callback_url": b.Hook.URL + "/x?y=1", "verify_token": "sesame", "fields": "messages,message_echoes"}
		m[change] = to
		return m
	}
	b.Refused(b.Graph("POST", path, app, ask("verify_token", "wrong")), 400, 2200, 0)
	b.Refused(b.Graph("POST", path, app, ask("callback_url", "http://127.0.0.1:1/")), 400, 2200, 0)
	b.Refused(b.Graph("POST", path, app, ask("callback_url", "ftp://x")), 400, 100, 0)
	b.Refused(b.Graph("POST", path, app, ask("fields", "messages,nonsense")), 400, 100, 0)
	b.Refused(b.Graph("POST", path, app, ask("object", "user")), 400, 100, 0)
	b.Refused(b.Graph("POST", path, i.PageToken, ask("object", "page")), 400, 15, 0)
	b.OK(b.Graph("POST", path, app, ask("object", "page")))
	list := b.OK(b.Graph("GET", path, app, nil)).Body["data"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["callback_url"] != b.Hook.URL+"/x?y=1" {
		t.Errorf("subscriptions are %v", list)
	}
	b.OK(b.Graph("DELETE", path, app, nil))
	if list := b.OK(b.Graph("GET", path, app, nil)).Body["data"].([]any); len(list) != 0 {
		t.Errorf("subscriptions left: %v", list)
	}
}

func TestPageSubscription(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	path := "/" + b.Info().PageID + "/subscribed_apps"
	app := b.OK(b.Page("GET", path, nil)).Body["data"].([]any)[0].(map[string]any)
	if app["id"] != b.Info().AppID || !strings.Contains(sandboxtest.Everything, app["subscribed_fields"].([]any)[0].(string)) {
		t.Errorf("subscribed app is %v", app)
	}
	b.Refused(b.Page("POST", path, map[string]any{}), 400, 100, 0)
	b.Refused(b.Graph("POST", path, b.Info().UserToken, map[string]any{"subscribed_fields": "messages"}), 400, 210, 0)
	b.Says("1001", "heard")
	b.Eventually("the message", func() bool { return len(b.Hook.Only(sandboxtest.IsMessage)) == 1 })
	b.OK(b.Page("DELETE", path, nil))
	b.Says("1001", "not heard")
	b.OK(b.Page("POST", path, map[string]any{"subscribed_fields": "message_echoes"}))
	b.Says("1001", "not asked for")
	b.OK(b.Page("POST", path, map[string]any{"subscribed_fields": sandboxtest.Everything}))
	b.Says("1001", "heard again")
	b.Eventually("the message", func() bool { return sandboxtest.Texts(b.Hook.Only(sandboxtest.IsMessage)) == "heard|heard again|" })
}
