package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/model"
)

// A deleted conversation is gone by every door, told as removed to those who saw it, and
// opens anew with what comes later.
func TestDeleteConversation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect(w.ann, meta, model.Shared)
	w.fill(w.ann, page)
	w.customerWrites(meta, ken, "m_ken", "hello", time.Now())
	path := "/v1/conversations/" + string(model.NewConversationID(page, hanako))
	message := w.messages(w.ann, page, hanako)[0].ID
	w.runs()
	cat := w.listen(w.cat)
	at := w.position(w.cat, page)
	cat.hello(resume{page: at})
	for _, who := range []account{w.ben, w.cat} {
		w.do(who, http.MethodDelete, path, nil).problem(http.StatusForbidden, model.NotInstaller)
	}
	if a := w.do(w.ann, http.MethodDelete, path, nil).want(http.StatusNoContent); len(a.body) != 0 {
		t.Errorf("answered %s", a.body)
	}
	cat.until("told of it", func() bool { return strings.Contains(cat.received(), `"kind":"removed"`) })
	var removed int
	for _, b := range cat.upTo(page, w.head(page)) {
		for _, e := range b.Events {
			if e.Kind == model.ChangeRemoved {
				var gone model.Removed
				w.must(json.Unmarshal(e.Object, &gone))
				removed++
				if gone.ID != string(model.NewConversationID(page, hanako)) {
					t.Errorf("removed %s", gone.ID)
				}
			}
		}
	}
	if removed != 1 {
		t.Errorf("%d were removed", removed)
	}

	for _, gone := range []string{path, path + "/messages", path + "/messages/" + string(message)} {
		w.do(w.ann, http.MethodGet, gone, nil).problem(http.StatusNotFound, "not_found")
	}
	w.do(w.ann, http.MethodDelete, path, nil).problem(http.StatusNotFound, "not_found")
	w.do(w.ann, http.MethodPost, path+"/messages", text("anybody there?")).problem(http.StatusNotFound, "not_found")
	for _, door := range []string{
		"/v1/conversations", "/v1/conversations?search=" + url.QueryEscape(hiddenText),
		"/v1/conversations?search=" + url.QueryEscape(hiddenNote), "/v1/counts",
	} {
		a := w.do(w.ann, http.MethodGet, door, nil).want(http.StatusOK)
		if strings.Contains(string(a.body), string(hanako)) || strings.Contains(string(a.body), hiddenText) {
			t.Errorf("%s tells %s", door, a.body)
		}
	}
	var counts struct{ Counts struct{ All int } }
	w.get(w.ann, "/v1/counts", &counts)
	if counts.Counts.All != 1 {
		t.Errorf("counted %+v", counts)
	}
	audit := w.do(w.ann, http.MethodGet, "/v1/audit", nil).want(http.StatusOK)
	if !strings.Contains(string(audit.body), `"deleted"`) || strings.Contains(string(audit.body), hiddenText) || strings.Contains(string(audit.body), hiddenNote) {
		t.Errorf("the audit log tells %s", audit.body)
	}

	w.customerWrites(meta, hanako, "m_later", "here again", time.Now().Add(time.Second))
	if ms := w.messages(w.cat, page, hanako); len(ms) != 1 || ms[0].Text != "here again" {
		t.Errorf("the new conversation holds %+v", ms)
	}
}

// Who may not see a conversation can't tell by deleting that it is there.
func TestDeletingTellsNothingOfWhatIsHidden(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	connected(ann, model.Private)(w)
	for _, who := range []account{w.ben, w.cat} {
		hidden := w.do(who, http.MethodDelete, "/v1/conversations/"+string(model.NewConversationID(page, hanako)), nil)
		hidden.problem(http.StatusNotFound, "not_found")
		for _, none := range []model.ConversationID{model.NewConversationID(page, "999"), model.NewConversationID("777", hanako), "x"} {
			if a := w.do(who, http.MethodDelete, "/v1/conversations/"+string(none), nil); !indistinct(hidden, a) {
				t.Errorf("hidden %s, missing %s", hidden.body, a.body)
			}
		}
	}
	w.do(w.ann, http.MethodGet, "/v1/conversations/"+string(model.NewConversationID(page, hanako)), nil).want(http.StatusOK)
}
