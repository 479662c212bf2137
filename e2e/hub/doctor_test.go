package hub

import (
	"net/http"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// TestDoctor: all is well, and then each thing that goes wrong is told with what to do,
// by words and exit code.
func TestDoctor(t *testing.T) {
	t.Parallel()
	w, aki := mailWorld(t)
	page := w.Facebook.PageID
	r := aki.Cli("page", "doctor", page)
	if r.Exit != cli.ExitDone || strings.Contains(r.Out, "wrong") || strings.Contains(r.Out, "[check") {
		t.Fatalf("a Page that is well: exit code %d\n%s", r.Exit, r.Out)
	}
	// The button "Test" of the app's dashboard sends a field and a value, of no Page.
	const says, saysInJapanese = "test received", "テストを受信しました"
	if strings.Contains(r.Out, says) {
		t.Errorf("before a test:\n%s", r.Out)
	}
	w.Delivers([]byte(`{"field":"messages","value":{"sender":{"id":"12334"},"recipient":{"id":"` + page + `"},"timestamp":"1527459824","message":{"mid":"test_message_id","text":"test_message"}}}`))
	for lang, says := range map[string]string{"en": says, "ja": saysInJapanese} {
		if r := aki.Cli("page", "doctor", page, "--lang", lang).Ok(); !strings.Contains(r.Out, says) || strings.Contains(r.Out, "wrong") {
			t.Errorf("after a test, %s:\n%s", lang, r.Out)
		}
	}
	nothingStored(aki)
	wrong := func(change map[string]any, id, says string) {
		t.Helper()
		w.Facebook.Control(http.MethodPost, "/page", change, nil)
		if r := aki.Cli("page", "doctor", page).Exits(cli.ExitFailed); !strings.Contains(r.Out, says) {
			t.Errorf("%s: does not say %q:\n%s", id, says, r.Out)
		}
		var got struct {
			Checks []struct{ ID, State string }
		}
		driver.FromJSON(t, []byte(aki.Cli("page", "doctor", page, "--json").Exits(cli.ExitFailed).Out), &got)
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
	w.Facebook.Control(http.MethodPost, "/page", map[string]any{"token_refused": false}, nil)
	if out := aki.Cli("page", "doctor", page, "--lang", "ja").Ok().Out; !strings.Contains(out, "正常") || strings.Contains(out, "[check") {
		t.Errorf("in Japanese:\n%s", out)
	}
	ken := w.AddAdmin("Ken")
	ken.Cli("page", "doctor", page).Exits(cli.ExitMissing)
}
