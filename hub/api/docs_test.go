package api_test

import (
	"net/http"
	"strings"
	"testing"

	"parley/hub/api/apitest"
)

// The page about the interface tells every route, and makes a browser ask nobody else
// for anything.
func TestDocsNeedNobodyElse(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	a := w.Send(http.MethodGet, "/docs", nil, nil).Want(http.StatusOK)
	page := string(a.Body)
	if kind := a.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/html") {
		t.Errorf("served as %q", kind)
	}
	if policy := a.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("a browser may load what %q allows", policy)
	}
	for _, other := range []string{"://", "src=", "<script", "<link", "<style", "@import"} {
		if strings.Contains(page, other) {
			t.Errorf("the page holds %q", other)
		}
	}
	if !strings.Contains(page, `href="/openapi.json"`) {
		t.Error("the page does not lead to the OpenAPI document")
	}
	for _, o := range readOperations(w) {
		if !strings.Contains(page, "<td>"+o.method+"</td><td><code>"+o.path+"</code></td>") {
			t.Errorf("%s %s is missing", o.method, o.path)
		}
	}
	w.Send(http.MethodPost, "/docs", nil, nil).Want(http.StatusMethodNotAllowed)
}
