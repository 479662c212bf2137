package main

import (
	"strings"
	"testing"
)

// TestAudit: admins read who did what, in both languages.
func TestAudit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aki, ben := w.addAdmin("Aki"), w.addUser("Ben")
	aki.connectsPage("private").ok()
	aki.cli("page", "visibility", w.facebook.PageID, "shared").ok()
	w.manages("user", "admin", "Ben", "on").ok()
	w.manages("user", "admin", "Ben", "off").ok()
	ben.cli("audit").refused("not_admin")
	var l struct {
		Entries []struct {
			Kind, To    string
			By          *struct{ Name string }
			ManageShown *bool  `json:"manage_shown"`
			PageID      string `json:"page_id"`
		}
		Cursor string
	}
	r := aki.cli("audit", "--json", "--limit", "4").ok()
	fromJSON(t, []byte(r.out), &l)
	var kinds []string
	for _, e := range l.Entries {
		kinds = append(kinds, e.Kind)
	}
	if got := strings.Join(kinds, " "); got != "admin admin visibility connected" || l.Cursor == "" {
		t.Fatalf("told %s", r.out)
	}
	if c := l.Entries[3]; c.By == nil || c.By.Name != "Aki" || c.PageID != w.facebook.PageID || c.ManageShown == nil || *c.ManageShown {
		t.Errorf("connected: %s", r.out)
	}
	if rest := aki.cli("audit", "--json", "--cursor", l.Cursor).ok().out; !strings.Contains(rest, "user_added") {
		t.Errorf("the rest: %s", rest)
	}
	for lang, said := range map[string]string{"en": "took the admin role from Ben", "ja": "Benを管理者から外した"} {
		if out := aki.cli("audit", "--lang", lang).ok().out; !strings.Contains(out, said) || !strings.Contains(out, w.facebook.PageID) {
			t.Errorf("%s: %s", lang, out)
		}
	}
	if out := aki.cli("audit").ok().out; !strings.Contains(out, "did not show full control") || strings.Contains(out, "private private") {
		t.Errorf("told %s", out)
	}
}
