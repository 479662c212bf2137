package pages_test

import (
	"net/http"
	"testing"

	"parley/hub/api/apitest"
	"parley/model"
)

const checkPath = "/v1/pages/" + string(apitest.Page) + "/check"

// TestWhoMayCheckAPage: who sees it; to repair it takes an admin.
func TestWhoMayCheckAPage(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Private)
	repair, look := map[string]any{"repair": true}, map[string]any{}
	w.Do(w.Ann, http.MethodPost, checkPath, look).Want(http.StatusOK)
	w.Do(w.Cat, http.MethodPost, checkPath, look).Problem(http.StatusForbidden, model.NotInstaller)
	w.Do(w.Ben, http.MethodPost, checkPath, repair).Problem(http.StatusForbidden, model.NotInstaller)
	w.Do(w.Ann, http.MethodPost, "/v1/pages/404/check", look).Problem(http.StatusNotFound, "not_found")
	w.SetVisibility(w.Ann, apitest.Page, model.Shared)
	w.Do(w.Cat, http.MethodPost, checkPath, look).Want(http.StatusOK)
	w.Do(w.Cat, http.MethodPost, checkPath, repair).Problem(http.StatusForbidden, model.NotAdmin)
	w.Do(w.Ben, http.MethodPost, checkPath, repair).Want(http.StatusOK)
	w.Do(w.Ann, http.MethodDelete, "/v1/pages/"+string(apitest.Page), nil).Want(http.StatusOK)
	w.Do(w.Ann, http.MethodPost, checkPath, repair).Problem(http.StatusConflict, model.PageDisconnected)
}

// TestACheckTakesOverWhatMetaSays, once, and leaves all as it was where Meta says nothing.
func TestACheckTakesOverWhatMetaSays(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	check := func() (p model.Page) {
		w.Do(w.Cat, http.MethodPost, checkPath, map[string]any{}).Want(http.StatusOK).Into(&p)
		return p
	}
	tell := func(s model.PageState, err error) {
		w.Graph.Set(func(g *apitest.Graph) { g.PageIs, g.StateErr = &s, err })
	}
	off := true
	tell(model.PageState{MessagesOff: &off}, nil)
	if p := check(); p.Subscribed || !p.MessagesOff {
		t.Fatalf("the Page is %+v", p)
	}
	check()
	var l apitest.NoticeList
	w.Get(w.Cat, "/v1/notices", &l)
	if len(l.Notices) != 1 || l.Notices[0].Kind != model.NoticeSubscriptionLost {
		t.Fatalf("notices: %v", l.Notices)
	}
	tell(model.PageState{}, apitest.ErrGraphDown)
	w.Do(w.Cat, http.MethodPost, checkPath, map[string]any{}).Problem(http.StatusBadGateway, "graph_unavailable")
	// The setting can't be read: who asks has it taken for well, to be learnt again.
	tell(model.PageState{Subscribed: true}, nil)
	if p := check(); !p.Subscribed || p.MessagesOff {
		t.Fatalf("the Page is %+v", p)
	}
}
