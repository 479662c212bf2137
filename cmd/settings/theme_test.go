package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/i18n"
)

// TestThemesFile: a theme's file is read, and its faults are told of with their lines.
func TestThemesFile(t *testing.T) {
	t.Parallel()
	p := &cli.Program{Words: i18n.New("en")}
	path := filepath.Join(t.TempDir(), "mine.toml")
	for content, says := range map[string]string{
		"base = \"light\"\nmuted = \"#123456\"\nwarn = 208\n":   "",
		"# mine\n\nmutd = \"#fff\"\n":                           "line 3: there is no colour mutd. Did you mean muted?",
		"zzz = \"#fff\"\n":                                      "line 1: there is no colour zzz. parley theme show",
		"muted = \"#fff\"\naccent = \"blurple\"":                "line 2: accent: blurple is no colour.",
		"base = \"drak\"":                                       "there is no built-in theme drak. There are auto, dark,",
		"muted = ":                                              "mine.toml",
		"muted = \"#fffffff\"\naccent = \"\\u001b[31m\"\nx = 1": "line 2",
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := ThemeOf(p, path)
		switch {
		case err == nil && says != "":
			t.Errorf("%q: taken", content)
		case err != nil && says == "":
			t.Errorf("%q: %v", content, err)
		case err != nil && (!strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\x1b")):
			t.Errorf("%q: %q, want %q", content, err, says)
		}
	}
	if _, err := ThemeOf(p, "drk"); err == nil || !strings.Contains(err.Error(), "Did you mean dark?") {
		t.Errorf("drk: %v", err)
	}
}
