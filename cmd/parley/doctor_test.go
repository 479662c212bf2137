package main

import (
	"net/http"
	"strings"
	"testing"

	"parley/cmd/cli"
)

// TestDoctor: all is well, and then each thing that goes wrong is told with what to do,
// by words and exit code.
func TestDoctor(t *testing.T) {
	t.Parallel()
	w, aki := mailWorld(t)
	page := w.facebook.PageID
	r := aki.cli("page", "doctor", page)
	if r.exit != cli.ExitDone || strings.Contains(r.out, "wrong") || strings.Contains(r.out, "[check") {
		t.Fatalf("a Page that is well: exit code %d\n%s", r.exit, r.out)
	}
	// The button "Test" of the app's dashboard sends a field and a value, of no Page.
	const says, saysInJapanese = "test received", "テストを受信しました"
	if strings.Contains(r.out, says) {
		t.Errorf("before a test:\n%s", r.out)
	}
	w.delivers([]byte(`{"field":"messages","value":{"sender":{"id":"12334"},"recipient":{"id":"` + page + `"},"timestamp":"1527459824","message":{"mid":"test_message_id","text":"test_message"}}}`))
	for lang, says := range map[string]string{"en": says, "ja": saysInJapanese} {
		if r := aki.cli("page", "doctor", page, "--lang", lang).ok(); !strings.Contains(r.out, says) || strings.Contains(r.out, "wrong") {
			t.Errorf("after a test, %s:\n%s", lang, r.out)
		}
	}
	aki.nothingStored()
	wrong := func(change map[string]any, id, says string) {
		t.Helper()
		w.facebook.control(http.MethodPost, "/page", change, nil)
		if r := aki.cli("page", "doctor", page).exits(cli.ExitFailed); !strings.Contains(r.out, says) {
			t.Errorf("%s: does not say %q:\n%s", id, says, r.out)
		}
		var got struct {
			Checks []struct{ ID, State string }
		}
		fromJSON(t, []byte(aki.cli("page", "doctor", page, "--json").exits(cli.ExitFailed).out), &got)
		for _, c := range got.Checks {
			if c.ID == id && c.State == "wrong" {
				return
			}
		}
		t.Errorf("%s is not wrong: %+v", id, got.Checks)
	}
	wrong(map[string]any{"messages_off": true}, "messages", "Page Settings > General > Messages")
	wrong(map[string]any{"messages_off": false, "subscribed": false}, "subscription", "parley page connect")
	wrong(map[string]any{"subscribed": true, "token_refused": true}, "token", "refuses the Page's token")
	w.facebook.control(http.MethodPost, "/page", map[string]any{"token_refused": false}, nil)
	if out := aki.cli("page", "doctor", page, "--lang", "ja").ok().out; !strings.Contains(out, "正常") || strings.Contains(out, "[check") {
		t.Errorf("in Japanese:\n%s", out)
	}
	ken := w.addAdmin("Ken")
	ken.cli("page", "doctor", page).exits(cli.ExitMissing)
}
