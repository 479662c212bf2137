package snippets_test

import (
	"net/http"
	"net/url"
	"testing"

	"go.uber.org/goleak"

	"parley/hub/api/apitest"
	"parley/model"
	"parley/model/snippet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestSnippets: each has their own; those of the team are everybody's, and admins change them.
func TestSnippets(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	path := func(name, more string) string { return "/v1/snippets/" + url.PathEscape(name) + more }
	list := func(who apitest.Account) (names []string) {
		var l struct {
			Snippets []snippet.Snippet `json:"snippets"`
		}
		w.Get(who, "/v1/snippets", &l)
		for _, s := range l.Snippets {
			names = append(names, s.Name)
		}
		return names
	}
	text := func(s string) any { return map[string]any{"text": s} }
	if all := list(w.Cat); len(all) != 0 {
		t.Fatalf("at first: %v", all)
	}
	var put snippet.Snippet
	w.Do(w.Ann, http.MethodPut, path("挨拶", "?team=true"), text("{customer}様\r\n")).Want(http.StatusOK).Into(&put)
	if put.Text != "{customer}様" || !put.Team || put.By == nil || put.By.ID != w.Ann.ID || put.UpdatedAt.IsZero() {
		t.Errorf("the team's is by %v, at %v", put.By, put.UpdatedAt)
	}
	macro := map[string]any{"text": "Done {me}", "macro": snippet.Macro{Done: true, Send: true, Label: "paid", Key: "f5"}}
	put = snippet.Snippet{}
	w.Do(w.Cat, http.MethodPut, path("paid", ""), macro).Want(http.StatusOK).Into(&put)
	if put.Team || put.By != nil || put.Macro == nil || put.Macro.Label != "paid" {
		t.Errorf("Cat's own: %+v", put.Macro)
	}

	w.Do(w.Cat, http.MethodPut, path("x", "?team=true"), text("x")).Problem(http.StatusForbidden, model.NotAdmin)
	w.Do(w.Cat, http.MethodDelete, path("挨拶", "?team=true"), nil).Problem(http.StatusForbidden, model.NotAdmin)
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		w.Do(w.Ann, method, path("paid", ""), nil).Problem(http.StatusNotFound, "not_found")
		w.Do(w.Ann, method, path("paid", "?team=true"), nil).Problem(http.StatusNotFound, "not_found")
	}
	for body, code := range map[string]model.Code{"": model.TextEmpty, "{{me}}": snippet.BadBraces, "Dear {custmer},": snippet.UnknownField} {
		if a := w.Do(w.Cat, http.MethodPut, path("y", ""), text(body)); a.Status < 400 {
			t.Errorf("%q is kept, not %s", body, code)
		}
	}
	w.Do(w.Cat, http.MethodPut, path("two words", ""), text("x")).Problem(http.StatusUnprocessableEntity, snippet.BadName)

	if a, c := list(w.Ann), list(w.Cat); len(a) != 1 || len(c) != 2 {
		t.Errorf("Ann sees %v, Cat %v", a, c)
	}
	w.Do(w.Cat, http.MethodGet, path("ＰＡＩＤ", ""), nil).Want(http.StatusOK)
	w.Do(w.Cat, http.MethodDelete, path("paid", ""), nil).Want(http.StatusNoContent)
	w.Do(w.Ben, http.MethodDelete, path("挨拶", "?team=true"), nil).Want(http.StatusNoContent)
	if all := list(w.Cat); len(all) != 0 {
		t.Errorf("left: %v", all)
	}
}
