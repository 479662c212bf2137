package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// shownConfig is what config prints.
type shownConfig struct {
	Settings []struct {
		Name, Value, From, Variable string
		Secret, Set                 bool
	}
	File string `json:"config_file"`
}

// TestConfigTellsWhereSettingsComeFrom: each setting, its value and its place; secrets
// are never shown.
func TestConfigTellsWhereSettingsComeFrom(t *testing.T) {
	t.Parallel()
	w := driver.NewQuietWorld(t)
	const secret = "0123456789abcdef0123456789abcdef"
	file := filepath.Join(w.Dir, "aki", "config", "parley", "config.toml")
	env := w.Env("aki", "PARLEY_META_APP_SECRET="+secret, "PARLEY_PUBLIC_URL=https://me:"+secret+"@hub.example.com",
		"PARLEY_TIMING_ASK_AFTER=3s", "PARLEY_DB=from-variable.db")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	content := fmt.Sprintf("token = %q\nmeta_app_id = \"7\"\ndb = \"from-file.db\"\n[timing]\nlease = \"90s\"\n", secret)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	r := driver.RunProgram(t, env, "", "config", "--json", "--listen", "127.0.0.1:9").Ok()
	var got shownConfig
	driver.FromJSON(t, []byte(r.Out), &got)
	if got.File != file {
		t.Errorf("settings file %s", got.File)
	}
	want := map[string]string{
		"lang": "en variable", "listen": "127.0.0.1:9 flag", "db": "from-variable.db variable", "bus": " default",
		"public_url": "https://me:xxxxx@hub.example.com variable", "meta_app_id": "7 config.toml",
		"meta_app_secret": " variable secret set", "meta_verify_token": " default secret", "token": " config.toml secret set",
		"meta_version": "v27.0 default", "hub": " default",
		"timing.lease": "1m30s config.toml", "timing.ask_after": "3s variable", "timing.unknown_checks": "5s,30s,2m0s default",
	}
	for _, s := range got.Settings {
		line := s.Value + " " + s.From
		if s.Secret {
			line += " secret"
			if s.Set {
				line += " set"
			}
		}
		if expected, named := want[s.Name]; named && line != expected {
			t.Errorf("%s: %q, want %q", s.Name, line, expected)
		}
		if s.Variable != "PARLEY_"+strings.ToUpper(strings.ReplaceAll(s.Name, ".", "_")) {
			t.Errorf("%s is set by %s", s.Name, s.Variable)
		}
		delete(want, s.Name)
	}
	if len(want) > 0 {
		t.Errorf("not shown: %v", want)
	}
	for _, lang := range []string{"en", "ja"} {
		r := driver.RunProgram(t, env, "", "config", "--lang", lang).Ok()
		if strings.Contains(r.Out, secret) || !strings.Contains(r.Out, "PARLEY_TIMING_ASK_AFTER") || !strings.Contains(r.Out, file) {
			t.Errorf("%s: %s", lang, r.Out)
		}
	}
	driver.RunProgram(t, w.Env("aki", "PARLEY_TIMING_LEASE=soon"), "", "config").Exits(cli.ExitUsage)
}

// The hub and the token of a login are settings, too.
func TestConfigTellsOfTheLogin(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	aki := w.AddUser("Aki")
	signsIn(aki)
	token := keptToken(aki)
	for _, c := range []struct {
		env        []string
		hub, token string
	}{
		{nil, "login", "login"},
		{[]string{"PARLEY_HUB=" + w.HubURL}, "variable", "login"},
		{[]string{"PARLEY_HUB=https://hub.example.com"}, "variable", "default"},
		{[]string{"PARLEY_TOKEN=x"}, "login", "variable"},
	} {
		r := bareWith(aki, c.env, "", "config", "--json").Ok()
		var got shownConfig
		driver.FromJSON(t, []byte(r.Out), &got)
		for _, s := range got.Settings {
			switch {
			case s.Name == "hub" && (s.From != c.hub || s.Value == ""),
				s.Name == "token" && (s.From != c.token || s.Set != (c.token != "default")):
				t.Errorf("%v: %+v", c.env, s)
			}
		}
		if strings.Contains(r.Out, token) {
			t.Error("the token is shown")
		}
	}
}
