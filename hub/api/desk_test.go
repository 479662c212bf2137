package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/hub/api/apitest"
	"parley/model"
	"parley/model/label"
	"parley/model/query"
)

// TestLabelsOfHiddenPagesAreHidden: a label that stands on a private Page's conversations alone
// is told to its installer alone, nor is it counted or found by others.
func TestLabelsOfHiddenPagesAreHidden(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	apitest.Connected(apitest.Ann, model.Private)(w)
	w.Do(w.Ann, http.MethodPatch, apitest.ConversationPath(apitest.Page, apitest.Hanako), map[string]any{"labels": []string{"VIP", "merger"}}).Want(http.StatusOK)
	labels := func(who apitest.Account) (list []label.Count) {
		var out struct {
			Labels []label.Count `json:"labels"`
		}
		w.Get(who, "/v1/labels", &out)
		return out.Labels
	}
	if got := labels(w.Ann); len(got) != 2 || got[0].Count != 1 {
		t.Errorf("the installer is told %v", got)
	}
	if got := labels(w.Ben); got == nil || len(got) != 0 {
		t.Errorf("another is told %v", got)
	}
	for _, filter := range []string{"label:merger", "page:100", "-label:x"} {
		a := w.Do(w.Ben, http.MethodGet, "/v1/conversations?filter="+url.QueryEscape(filter), nil)
		a.Want(http.StatusOK)
		if body := string(a.Body); !strings.Contains(body, `"conversations":[]`) {
			t.Errorf("%s tells another %s", filter, body)
		}
	}
	w.SetVisibility(w.Ann, apitest.Page, model.Shared)
	if got := labels(w.Ben); len(got) != 2 {
		t.Errorf("once shared another is told %v", got)
	}
}

// TestListsByTerms: the filter and the search of a list understand the same language; what is
// wrong with it is said.
func TestListsByTerms(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	apitest.Connected(apitest.Ann, model.Shared)(w)
	w.Do(w.Ann, http.MethodPatch, apitest.ConversationPath(apitest.Page, apitest.Hanako), map[string]any{"labels": []string{"VIP"}, "assignee": w.Ben.ID}).Want(http.StatusOK)
	found := func(who apitest.Account, name, text string) int {
		var out struct {
			Conversations []model.Found `json:"conversations"`
		}
		w.Get(who, "/v1/conversations?"+url.Values{name: {text}}.Encode(), &out)
		return len(out.Conversations)
	}
	for filter, want := range map[string]int{
		"label:vip": 1, "label:none": 0, "label:vip -label:none": 1, "ラベル：ＶＩＰ": 1, "@ben": 1, "-@ben": 0, "@nobody": 0, "is:mine": 0, "page:100": 1, "-page:100": 0,
		"label:vip " + apitest.HiddenText[:7]: 1, "all": 1,
	} {
		if got := found(w.Ann, "filter", filter); got != want {
			t.Errorf("%s lists %d, want %d", filter, got, want)
		}
	}
	if found(w.Ben, "filter", "@me is:mine") != 1 || found(w.Ben, "search", "label:VIP "+apitest.HiddenText) != 1 || found(w.Ben, "search", "-label:VIP "+apitest.HiddenText) != 0 {
		t.Error("a search leaves its terms out of account")
	}
	for _, wrong := range []string{"filter=is:opne", "filter=lable:x", "search=label:", "filter=" + url.QueryEscape(`"never`), "filter=junk"} {
		a := w.Do(w.Ann, http.MethodGet, "/v1/conversations?"+wrong, nil)
		if a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", wrong, a.Status, a.Body)
		}
	}
	if a := w.Do(w.Ann, http.MethodGet, "/v1/conversations?filter=is:opne", nil); !strings.Contains(string(a.Body), "is:open") {
		t.Errorf("it is not said what was meant: %s", a.Body)
	}
}

// TestViewsAreOnesOwn: nobody is told of another's views, or can change or drop one.
func TestViewsAreOnesOwn(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	views := func(who apitest.Account) (list []query.Saved) {
		var out struct {
			Views []query.Saved `json:"views"`
		}
		w.Get(who, "/v1/views", &out)
		return out.Views
	}
	put := func(who apitest.Account, id string, body map[string]any) apitest.Answer {
		return w.Do(who, http.MethodPut, "/v1/views/"+id, body)
	}
	put(w.Ann, "a", map[string]any{"name": " VIP ", "query": "ラベル：vip　is:waiting", "sort": "waiting"}).Want(http.StatusOK)
	put(w.Ann, "b", map[string]any{"name": "Ads", "query": "from:ad", "place": 0}).Want(http.StatusOK)
	if got := views(w.Ann); len(got) != 2 || got[0] != (query.Saved{ID: "b", Name: "Ads", Query: "from:ad", Sort: "newest"}) || got[1] != (query.Saved{ID: "a", Name: "VIP", Query: "label:vip is:waiting", Sort: "waiting"}) {
		t.Errorf("she has %+v", got)
	}
	if got := views(w.Ben); got == nil || len(got) != 0 {
		t.Errorf("another is told %v", got)
	}
	w.Do(w.Ben, http.MethodDelete, "/v1/views/a", nil).Want(http.StatusNotFound)
	put(w.Ben, "a", map[string]any{"name": "His", "query": "@me"}).Want(http.StatusOK)
	if got := views(w.Ann); got[1].Name != "VIP" {
		t.Errorf("another changed %+v", got)
	}
	for _, bad := range []map[string]any{
		{"name": "x", "query": "is:opne"}, {"name": "x", "query": "words"}, {"name": " ", "query": "is:open"}, {"name": "x", "query": "is:open", "sort": "junk"},
	} {
		put(w.Ann, "c", bad).Want(http.StatusUnprocessableEntity)
	}
	w.Do(w.Ann, http.MethodDelete, "/v1/views/b", nil).Want(http.StatusNoContent)
	if got := views(w.Ann); len(got) != 1 || got[0].ID != "a" {
		t.Errorf("she has %+v", got)
	}
}
