package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/model"
)

type foundList struct {
	Conversations []model.Found `json:"conversations"`
	Cursor        string        `json:"cursor"`
	AsOf          asOf          `json:"as_of"`
}

func (w *world) search(who account, query string, more ...string) foundList {
	w.Helper()
	var l foundList
	w.get(who, "/v1/conversations?search="+url.QueryEscape(query)+strings.Join(more, ""), &l)
	return l
}

// TestSearch: what is found is told with where it stands, in code points.
func TestSearch(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	w.customerWrites(meta, hanako, "m_1", "🌸 東京の見積もりをお願いします", time.Now().Add(-time.Minute))
	w.customerWrites(meta, ken, "m_2", "Is it in Tokyo?", time.Now())
	l := w.search(w.cat, "見積")
	if len(l.Conversations) != 1 || l.Conversations[0].Customer.PSID != hanako || len(l.AsOf) != 1 {
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
		if l := w.search(w.cat, query); len(l.Conversations) != n || l.Conversations == nil {
			t.Errorf("%q finds %d, want %d", query, len(l.Conversations), n)
		}
	}
	w.do(w.cat, http.MethodGet, "/v1/conversations?search="+strings.Repeat("a", 201), nil).want(http.StatusUnprocessableEntity)
	if l := w.search(w.cat, "tokyo", "&filter=done"); len(l.Conversations) != 0 {
		t.Errorf("done: %d found", len(l.Conversations))
	}
	var plain struct{ Conversations []map[string]json.RawMessage }
	w.get(w.cat, "/v1/conversations?search=", &plain)
	if len(plain.Conversations) != 2 || plain.Conversations[0]["hits"] != nil || plain.Conversations[0]["name_spans"] != nil {
		t.Errorf("without a search: %v", plain)
	}
}

// TestSearchTellsOfVisiblePagesAlone: what lies in a hidden Page is never found.
func TestSearchTellsOfVisiblePagesAlone(t *testing.T) {
	t.Parallel()
	w := threePages(t)
	for _, c := range []struct {
		who  account
		sees []string
	}{
		{w.ann, []string{"100", "200"}},
		{w.ben, []string{"200", "300"}},
		{w.cat, []string{"200"}},
	} {
		l := w.search(c.who, "hello")
		var held []string
		for _, f := range l.Conversations {
			held = append(held, string(f.PageID))
		}
		slices.Sort(held)
		if !slices.Equal(held, c.sees) || !slices.Equal(pagesOf(l.AsOf), c.sees) {
			t.Errorf("%s finds %s as of %s, want %s", c.who.Name, held, pagesOf(l.AsOf), c.sees)
		}
		for _, id := range []string{"100", "200", "300", "400"} {
			a := w.do(c.who, http.MethodGet, "/v1/conversations?search=hello&page="+id, nil)
			if !slices.Contains(c.sees, id) {
				a.problem(http.StatusNotFound, "not_found")
				continue
			}
			a.want(http.StatusOK)
		}
	}
}

func TestSearchIsDocumented(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.send(http.MethodGet, "/openapi.json", nil, nil).want(http.StatusOK)
	for _, part := range []string{`"name":"search"`, `"maxLength":200`, `"hits"`, `"name_spans"`, `"spans"`, `"customer"`} {
		if !strings.Contains(string(a.body), part) {
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
	a.into(&d)
	f := d.Components.Schemas["Found"]
	if f.Properties["id"] == nil || f.Properties["hits"] == nil || slices.Contains(f.Required, "hits") || !slices.Contains(f.Required, "id") {
		t.Errorf("found is documented as %v, required %v", len(f.Properties), f.Required)
	}
}
