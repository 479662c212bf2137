package api_test

import (
	"net/http"
	"strings"
	"testing"

	"parley/model"
)

// An id that nothing can have is one that nothing has, however long it is.
func TestLongIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect(w.ann, meta, model.Shared)
	long := strings.Repeat("7", 4000)
	for _, id := range []string{long, "100_" + long, "100_" + strings.Repeat("%C3%A9", 300)} {
		c := "/v1/conversations/" + id
		for _, ask := range []struct {
			method, path string
			body         any
		}{
			{http.MethodGet, c, nil},
			{http.MethodGet, c + "/messages", nil},
			{http.MethodPost, c + "/messages", text("hi")},
			{http.MethodPost, c + "/read", map[string]any{"up_to": "100_m"}},
			{http.MethodGet, conversation(page, hanako) + "/messages/" + id, nil},
			{http.MethodPost, conversation(page, hanako) + "/messages/" + id + "/retry", map[string]any{"attempt": 1}},
			{http.MethodPost, conversation(page, hanako) + "/messages/" + id + "/drop", map[string]any{"attempt": 1}},
			{http.MethodPatch, "/v1/pages/" + id, map[string]any{"visibility": model.Private}},
			{http.MethodDelete, "/v1/pages/" + id, nil},
		} {
			if a := w.do(w.ann, ask.method, ask.path, ask.body); a.status != http.StatusNotFound {
				t.Errorf("%s %.40s…: %d", ask.method, ask.path, a.status)
			}
		}
	}
}
