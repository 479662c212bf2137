package api_test

import (
	"net/http"
	"strings"
	"testing"

	"parley/hub/api/apitest"
	"parley/model"
)

// auditOf is what somebody is told of the audit log.
func auditOf(w *apitest.World, who apitest.Account) (all []model.AuditEntry, raw string) {
	w.Helper()
	var l struct {
		Entries []model.AuditEntry
		Cursor  *string
	}
	a := w.Do(who, http.MethodGet, "/v1/audit?limit=1000", nil).Want(http.StatusOK)
	a.Into(&l)
	if l.Cursor == nil || *l.Cursor != "" {
		w.Errorf("told %s", a.Body)
	}
	return l.Entries, string(a.Body)
}

// Another admin is told that a private Page was connected, and nothing of what was done
// inside it; nobody is told a text or a secret.
func TestAuditTellsNothingOfAPrivatePage(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	apitest.Connected(apitest.Ann, model.Private)(w)
	m := w.Messages(w.Ann, apitest.Page, apitest.Hanako)
	var dropped model.MessageID
	for _, m := range m {
		if m.Direction == model.Out {
			w.Do(w.Ann, http.MethodPost, apitest.MessagePath(m)+"/drop", nil).Want(http.StatusOK)
			dropped = m.ID
		}
	}
	mine, raw := auditOf(w, w.Ann)
	if len(mine) == 0 || mine[0].Kind != model.AuditDropped || mine[0].Message != dropped || !strings.Contains(raw, string(apitest.Hanako)) {
		t.Fatalf("the installer is told %s", raw)
	}
	theirs, hidden := auditOf(w, w.Ben)
	if len(theirs) != len(mine)-1 || theirs[0].Kind != model.AuditConnected || strings.Contains(hidden, string(apitest.Hanako)) {
		t.Errorf("another admin is told %s", hidden)
	}
	for _, secret := range []string{apitest.HiddenText, apitest.HiddenName, apitest.HiddenNote, apitest.UserToken, w.Ann.Token, w.Ann.Code, "@example.com"} {
		if strings.Contains(raw, secret) {
			t.Errorf("the log holds %q: %s", secret, raw)
		}
	}
	w.Do(w.Cat, http.MethodGet, "/v1/audit", nil).Problem(http.StatusForbidden, model.NotAdmin)
	w.Do(w.Ann, http.MethodGet, "/v1/audit?cursor=x", nil).Problem(http.StatusUnprocessableEntity, "invalid")
	w.SetVisibility(w.Ann, apitest.Page, model.Shared)
	if _, shared := auditOf(w, w.Ben); !strings.Contains(shared, string(apitest.Hanako)) {
		t.Errorf("once it is shared, another admin is told %s", shared)
	}
}
