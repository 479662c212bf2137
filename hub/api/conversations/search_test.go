package conversations_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/model"
)

type foundList struct {
	Conversations []model.Found `json:"conversations"`
	Cursor        string        `json:"cursor"`
	AsOf          apitest.AsOf  `json:"as_of"`
}

func search(w *apitest.World, who apitest.Account, query string, more ...string) foundList {
	w.Helper()
	var l foundList
	w.Get(who, "/v1/conversations?search="+url.QueryEscape(query)+strings.Join(more, ""), &l)
	return l
}

// TestSearch: what is found is told with where it stands, in code points.
func TestSearch(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_1", "🌸 東京の見積もりをお願いします", time.Now().Add(-time.Minute))
	w.CustomerWrites(apitest.MetaPage, apitest.Ken, "m_2", "Is it in Tokyo?", time.Now())
	l := search(w, w.Cat, "見積")
	if len(l.Conversations) != 1 || l.Conversations[0].Customer.PSID != apitest.Hanako || len(l.AsOf) != 1 {
		t.Fatalf("found %d", len(l.Conversations))
	}
	h := l.Conversations[0].Hits
	if len(h) != 1 || h[0].Text != "🌸 東京の見積もりをお願いします" || !slices.Equal(h[0].Spans, []model.Span{{From: 5, To: 7}}) {
		t.Errorf("hits %v", h)
	}
	for query, n := range map[string]int{
		"TOKYO": 1, "東": 1, "nothing": 0, "*": 0, `"`: 0, "tokyo OR 見積": 0, "' OR 1=1 --": 0, "NEAR(": 0, " ": 0,
		strings.Repeat("漢", 200): 0,
	} {
		if l := search(w, w.Cat, query); len(l.Conversations) != n || l.Conversations == nil {
			t.Errorf("%q finds %d, want %d", query, len(l.Conversations), n)
		}
	}
	w.Do(w.Cat, http.MethodGet, "/v1/conversations?search="+strings.Repeat("a", 501), nil).Want(http.StatusUnprocessableEntity)
	if l := search(w, w.Cat, "tokyo", "&filter=done"); len(l.Conversations) != 0 {
		t.Errorf("done: %d found", len(l.Conversations))
	}
	var plain struct{ Conversations []map[string]json.RawMessage }
	w.Get(w.Cat, "/v1/conversations?search=", &plain)
	if len(plain.Conversations) != 2 || plain.Conversations[0]["hits"] != nil || plain.Conversations[0]["name_spans"] != nil {
		t.Errorf("without a search: %v", plain)
	}
}

// TestSearchTellsOfVisiblePagesAlone: what lies in a hidden Page is never found.
func TestSearchTellsOfVisiblePagesAlone(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithThreePages(t)
	for _, c := range []struct {
		who  apitest.Account
		sees []string
	}{
		{w.Ann, []string{"100", "200"}},
		{w.Ben, []string{"200", "300"}},
		{w.Cat, []string{"200"}},
	} {
		l := search(w, c.who, "hello")
		var held []string
		for _, f := range l.Conversations {
			held = append(held, string(f.PageID))
		}
		slices.Sort(held)
		if !slices.Equal(held, c.sees) || !slices.Equal(pagesOf(l.AsOf), c.sees) {
			t.Errorf("%s finds %s as of %s, want %s", c.who.Name, held, pagesOf(l.AsOf), c.sees)
		}
		for _, id := range []string{"100", "200", "300", "400"} {
			a := w.Do(c.who, http.MethodGet, "/v1/conversations?search=hello&page="+id, nil)
			if !slices.Contains(c.sees, id) {
				a.Problem(http.StatusNotFound, "not_found")
				continue
			}
			a.Want(http.StatusOK)
		}
	}
}

func TestSearchIsDocumented(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	a := w.Send(http.MethodGet, "/openapi.json", nil, nil).Want(http.StatusOK)
	for _, part := range []string{`"name":"search"`, `"maxLength":200`, `"hits"`, `"name_spans"`, `"spans"`, `"customer"`} {
		if !strings.Contains(string(a.Body), part) {
			t.Errorf("no %s", part)
		}
	}
	var d struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]json.RawMessage `json:"properties"`
				Required   []string                   `json:"required"`
			} `json:"schemas"`
		} `json:"components"`
	}
	a.Into(&d)
	f := d.Components.Schemas["Found"]
	if f.Properties["id"] == nil || f.Properties["hits"] == nil || slices.Contains(f.Required, "hits") || !slices.Contains(f.Required, "id") {
		t.Errorf("found is documented as %v, required %v", len(f.Properties), f.Required)
	}
}
