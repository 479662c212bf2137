package control

import (
	"os"
	"strings"
	"testing"
)

func TestEveryControlRouteStandsInTheDocs(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(raw)
	for _, r := range (&Control{}).allRoutes() {
		if !strings.Contains(doc, "`"+r.Method+" /control"+r.Path+"`") {
			t.Errorf("docs/sandbox.md does not tell of %s /control%s", r.Method, r.Path)
		}
	}
	for _, kind := range []string{
		"timeout", "reset", "act_and_cut", "act_and_timeout", "act_and_500", "error", "http_500", "html_403",
		"garbage", "delay", "echo_early", "echo_late", "echo_missing", "echo_without_metadata", "drop", "duplicate", "shuffle",
	} {
		if !strings.Contains(doc, "`"+kind+"`") {
			t.Errorf("docs/sandbox.md does not tell of the fault %s", kind)
		}
	}
}
