package api_test

import (
	"net/http"
	"strings"
	"testing"

	"parley/model"
)

// auditOf is what somebody is told of the audit log.
func (w *world) auditOf(who account) (all []model.AuditEntry, raw string) {
	w.Helper()
	var l struct {
		Entries []model.AuditEntry
		Cursor  *string
	}
	a := w.do(who, http.MethodGet, "/v1/audit?limit=1000", nil).want(http.StatusOK)
	a.into(&l)
	if l.Cursor == nil || *l.Cursor != "" {
		w.Errorf("told %s", a.body)
	}
	return l.Entries, string(a.body)
}

// Another admin is told that a private Page was connected, and nothing of what was done
// inside it; nobody is told a text or a secret.
func TestAuditTellsNothingOfAPrivatePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	connected(ann, model.Private)(w)
	m := w.messages(w.ann, page, hanako)
	var dropped model.MessageID
	for _, m := range m {
		if m.Direction == model.Out {
			w.do(w.ann, http.MethodPost, messagePath(m)+"/drop", nil).want(http.StatusOK)
			dropped = m.ID
		}
	}
	mine, raw := w.auditOf(w.ann)
	if len(mine) == 0 || mine[0].Kind != model.AuditDropped || mine[0].Message != dropped || !strings.Contains(raw, string(hanako)) {
		t.Fatalf("the installer is told %s", raw)
	}
	theirs, hidden := w.auditOf(w.ben)
	if len(theirs) != len(mine)-1 || theirs[0].Kind != model.AuditConnected || strings.Contains(hidden, string(hanako)) {
		t.Errorf("another admin is told %s", hidden)
	}
	for _, secret := range []string{hiddenText, hiddenName, hiddenNote, userToken, w.ann.token, w.ann.code, "@example.com"} {
		if strings.Contains(raw, secret) {
			t.Errorf("the log holds %q: %s", secret, raw)
		}
	}
	w.do(w.cat, http.MethodGet, "/v1/audit", nil).problem(http.StatusForbidden, model.NotAdmin)
	w.do(w.ann, http.MethodGet, "/v1/audit?cursor=x", nil).problem(http.StatusUnprocessableEntity, "invalid")
	w.setVisibility(w.ann, page, model.Shared)
	if _, shared := w.auditOf(w.ben); !strings.Contains(shared, string(hanako)) {
		t.Errorf("once it is shared, another admin is told %s", shared)
	}
}
