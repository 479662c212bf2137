package cli

import (
	"strings"
	"testing"

	"parley/e2e/driver"
)

// TestAudit: admins read who did what, in both languages.
func TestAudit(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	aki, ben := w.AddAdmin("Aki"), w.AddUser("Ben")
	aki.ConnectsPage("private").Ok()
	aki.Cli("page", "visibility", w.Facebook.PageID, "shared").Ok()
	w.Manages("user", "admin", "Ben", "on").Ok()
	w.Manages("user", "admin", "Ben", "off").Ok()
	ben.Cli("audit").Refused("not_admin")
	var l struct {
		Entries []struct {
			Kind, To    string
			By          *struct{ Name string }
			ManageShown *bool  `json:"manage_shown"`
			PageID      string `json:"page_id"`
		}
		Cursor string
	}
	r := aki.Cli("audit", "--json", "--limit", "4").Ok()
	driver.FromJSON(t, []byte(r.Out), &l)
	var kinds []string
	for _, e := range l.Entries {
		kinds = append(kinds, e.Kind)
	}
	if got := strings.Join(kinds, " "); got != "admin admin visibility connected" || l.Cursor == "" {
		t.Fatalf("told %s", r.Out)
	}
	if c := l.Entries[3]; c.By == nil || c.By.Name != "Aki" || c.PageID != w.Facebook.PageID || c.ManageShown == nil || *c.ManageShown {
		t.Errorf("connected: %s", r.Out)
	}
	if rest := aki.Cli("audit", "--json", "--cursor", l.Cursor).Ok().Out; !strings.Contains(rest, "user_added") {
		t.Errorf("the rest: %s", rest)
	}
	for lang, said := range map[string]string{"en": "took the admin role from Ben", "ja": "Benを管理者から外した"} {
		if out := aki.Cli("audit", "--lang", lang).Ok().Out; !strings.Contains(out, said) || !strings.Contains(out, w.Facebook.PageID) {
			t.Errorf("%s: %s", lang, out)
		}
	}
	if out := aki.Cli("audit").Ok().Out; !strings.Contains(out, "did not show full control") || strings.Contains(out, "private private") {
		t.Errorf("told %s", out)
	}
}
