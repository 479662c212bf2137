package settings

import (
	"strings"
	"testing"
)

// TestNoPasswordIsShown: wherever it stands in the address of a database.
func TestNoPasswordIsShown(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"/x/hub.db":                                "/x/hub.db",
		"sqlite:///x/hub.db":                       "sqlite:///x/hub.db",
		"postgres://parley@db/parley":              "postgres://parley@db/parley",
		"postgres://parley:secret@db/parley":       "postgres://parley:xxxxx@db/parley",
		"postgres://db/parley?password=secret&a=b": "postgres://db/parley?a=b&password=xxxxx",
		"postgres://parley:secret%zz@db/parley":    "postgres://…",
	} {
		if got := Shown(address); got != want || strings.Contains(got, "secret") {
			t.Errorf("%s is shown as %s", address, got)
		}
	}
	if s := (Settings{DB: "postgres://db/parley"}); s.Beside() == "postgres:" || s.Beside() == "" {
		t.Errorf("beside a database: %q", s.Beside())
	}
	if s := (Settings{DB: "sqlite:///x/hub.db"}); s.Beside() != "/x" {
		t.Errorf("beside a file: %q", s.Beside())
	}
}
