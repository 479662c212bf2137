package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/knadh/koanf/parsers/toml/v2"

	"parley/cmd/cli"
	"parley/i18n"
)

// TestKeysThatSetNothing: a wrong key in config.toml is told of, with its line and the key
// that was probably meant.
func TestKeysThatSetNothing(t *testing.T) {
	t.Parallel()
	for content, says := range map[string]string{
		"listn = \"x\"":                                     "line 1: there is no setting listn. Did you mean listen?",
		"\n# a word\nmeta_appid = \"1\"\n":                  "line 3: there is no setting meta_appid. Did you mean meta_app_id?",
		"Theme = \"dark\"":                                  "line 1: there is no setting Theme. Did you mean theme?",
		"public-url = \"x\"":                                "there is no setting public-url. Did you mean public_url?",
		"lease = \"1s\"":                                    "there is no setting lease. Did you mean timing.lease?",
		"[timing]\nleese = \"1s\"":                          "line 2: there is no setting timing.leese. Did you mean timing.lease?",
		"timing.leese = \"1s\"":                             "line 1: there is no setting timing.leese. Did you mean timing.lease?",
		"timing = { ask_after = \"3s\",\n leese = \"1s\" }": "",
		"timing = { ask_after = \"3s\", leese = \"1s\" }":   "there is no setting timing.leese. Did you mean timing.lease?",
		"[timng]\nlease = \"1s\"":                           "line 1: there is no setting timng. Did you mean timing?",
		"[timing]\nlisten = \"x\"":                          "line 2: there is no setting timing.listen. Did you mean listen?",
		"[[timing]]\nx = 1":                                 "there is no setting timing.x",
		"nonsense_of_another_program = 1":                   "line 1: there is no setting nonsense_of_another_program. parley config lists them all.",
		"\uFEFFlistn = \"x\"":                               "Did you mean listen?",
		"\"li\\u001bstn\" = \"x\"":                          "there is no setting li␛stn",
		"[a.b.c]":                                           "line 1: there is no setting a.b.c.",
		"a.b.c = 1":                                         "line 1: there is no setting a.b.c.",
		"listen.x.y = 1":                                    "line 1: there is no setting listen.x.y.",
		"[timing]\nlease = 90":                              "timing.lease",
		"timing = { lease = 9.5 }":                          "must be a duration",
		"[timing]\nunknown_checks = [5]":                    "must be a duration",
		"listen = 5":                                        "listen",
		"db = [\"a\"]":                                      "another kind",
		"preview = 1":                                       "preview",
		"trusted_proxy = [\"10.0.0.0/8\", 5]":               "another kind",
		"[keys]\ndone = [1]":                                "keys",
		"listn = \"x\"\ntheem = \"dark\"":                   "Did you mean theme?",
	} {
		said := loads(t, content)
		if says == "" {
			if said == "" {
				t.Errorf("%q: taken", content)
			}
			continue
		}
		if !strings.Contains(said, says) {
			t.Errorf("%q: %q, want %q", content, said, says)
		}
	}
	for _, content := range []string{
		"", "\uFEFFlisten = \"127.0.0.1:0\"\n", "theme = \"dark\"\r\npreview = true\r\n",
		"[keys]\ndone = [\"x\"]\n[timing]\nlease = \"90s\"\nunknown_checks = [\"1s\"]\n", "keys = { done = [\"x\"] }\ntiming.lease = \"90s\"",
		"trusted_proxy = [\"10.0.0.0/8\"]\nsmtp_url = \"\"",
	} {
		if said := loads(t, content); said != "" {
			t.Errorf("%q: %s", content, said)
		}
	}
	if said := loads(t, "theme = \"\x88\xc3\x82\xa2\x82\xcd\""); !strings.Contains(said, "Shift_JIS") {
		t.Errorf("in Shift_JIS: %q", said)
	}
}

// loads is what is said of a file of settings; empty: it is taken.
func loads(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &cli.Program{Words: i18n.New("en")}
	if _, err := Read(p, nil, path); err != nil {
		return err.Error()
	}
	return ""
}

// FuzzKeys: whatever a file holds, its keys are found or it is refused.
func FuzzKeys(f *testing.F) {
	p := &cli.Program{Words: i18n.New("en")}
	f.Add("a = 1\n[b.c]\nd = { e = [1, { f = 2 }] }\n[[g]]\n\"h i\".j = '''\nx'''")
	f.Fuzz(func(_ *testing.T, content string) {
		path := "config.toml"
		if values, err := toml.Parser().Unmarshal([]byte(content)); err == nil && values != nil {
			_ = checkKeys(p, path, []byte(content))
		}
	})
}
