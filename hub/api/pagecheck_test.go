package api_test

import (
	"net/http"
	"testing"

	"parley/model"
)

const checkPath = "/v1/pages/" + string(page) + "/check"

// TestWhoMayCheckAPage: who sees it; to repair it takes an admin.
func TestWhoMayCheckAPage(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Private)
	repair, look := map[string]any{"repair": true}, map[string]any{}
	w.do(w.ann, http.MethodPost, checkPath, look).want(http.StatusOK)
	w.do(w.cat, http.MethodPost, checkPath, look).problem(http.StatusForbidden, model.NotInstaller)
	w.do(w.ben, http.MethodPost, checkPath, repair).problem(http.StatusForbidden, model.NotInstaller)
	w.do(w.ann, http.MethodPost, "/v1/pages/404/check", look).problem(http.StatusNotFound, "not_found")
	w.setVisibility(w.ann, page, model.Shared)
	w.do(w.cat, http.MethodPost, checkPath, look).want(http.StatusOK)
	w.do(w.cat, http.MethodPost, checkPath, repair).problem(http.StatusForbidden, model.NotAdmin)
	w.do(w.ben, http.MethodPost, checkPath, repair).want(http.StatusOK)
	w.do(w.ann, http.MethodDelete, "/v1/pages/"+string(page), nil).want(http.StatusOK)
	w.do(w.ann, http.MethodPost, checkPath, repair).problem(http.StatusConflict, model.PageDisconnected)
}

// TestACheckTakesOverWhatMetaSays, once, and leaves all as it was where Meta says nothing.
func TestACheckTakesOverWhatMetaSays(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	check := func() (p model.Page) {
		w.do(w.cat, http.MethodPost, checkPath, map[string]any{}).want(http.StatusOK).into(&p)
		return p
	}
	tell := func(s model.PageState, err error) {
		w.graph.set(func(g *fakeGraph) { g.state, g.stateErr = &s, err })
	}
	off := true
	tell(model.PageState{MessagesOff: &off}, nil)
	if p := check(); p.Subscribed || !p.MessagesOff {
		t.Fatalf("the Page is %+v", p)
	}
	check()
	var l noticeList
	w.get(w.cat, "/v1/notices", &l)
	if len(l.Notices) != 1 || l.Notices[0].Kind != model.NoticeSubscriptionLost {
		t.Fatalf("notices: %v", l.Notices)
	}
	tell(model.PageState{}, errGraphDown)
	w.do(w.cat, http.MethodPost, checkPath, map[string]any{}).problem(http.StatusBadGateway, "graph_unavailable")
	// The setting can't be read: who asks has it taken for well, to be learnt again.
	tell(model.PageState{Subscribed: true}, nil)
	if p := check(); !p.Subscribed || p.MessagesOff {
		t.Fatalf("the Page is %+v", p)
	}
}
