package api_test

import (
	"net/http"
	"strings"
	"testing"

	"parley/hub/api/apitest"
	"parley/model"
)

// An id that nothing can have is one that nothing has, however long it is.
func TestLongIDs(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Connect(w.Ann, apitest.MetaPage, model.Shared)
	long := strings.Repeat("7", 4000)
	for _, id := range []string{long, "100_" + long, "100_" + strings.Repeat("%C3%A9", 300)} {
		c := "/v1/conversations/" + id
		for _, ask := range []struct {
			method, path string
			body         any
		}{
			{http.MethodGet, c, nil},
			{http.MethodGet, c + "/messages", nil},
			{http.MethodPost, c + "/messages", apitest.Text("hi")},
			{http.MethodPost, c + "/read", map[string]any{"up_to": "100_m"}},
			{http.MethodGet, apitest.ConversationPath(apitest.Page, apitest.Hanako) + "/messages/" + id, nil},
			{http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako) + "/messages/" + id + "/retry", map[string]any{"attempt": 1}},
			{http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako) + "/messages/" + id + "/drop", map[string]any{"attempt": 1}},
			{http.MethodPatch, "/v1/pages/" + id, map[string]any{"visibility": model.Private}},
			{http.MethodDelete, "/v1/pages/" + id, nil},
		} {
			if a := w.Do(w.Ann, ask.method, ask.path, ask.body); a.Status != http.StatusNotFound {
				t.Errorf("%s %.40s…: %d", ask.method, ask.path, a.Status)
			}
		}
	}
}
