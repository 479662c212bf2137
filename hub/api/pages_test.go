package api_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"

	"parley/model"
)

func (w *world) connectBody(id model.MetaPageID) map[string]any {
	return map[string]any{"page": id, "token": userToken}
}

func TestConnectAndRepair(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.do(w.ann, http.MethodPost, "/v1/pages", w.connectBody(meta))
	var p model.Page
	a.want(http.StatusCreated).into(&p)
	if p.ID != page || p.PageID != meta || p.Name != pageName(meta) || p.Visibility != model.Private || !p.Subscribed || !p.Sees ||
		p.Installer != w.ann.Ref() || p.ConnectedAt == nil || p.UninstalledAt != nil {
		t.Errorf("connected as %s", a.body)
	}
	// By its installer it is a repair, which leaves the visibility as it is.
	w.setVisibility(w.ann, page, model.Shared)
	w.do(w.ann, http.MethodPost, "/v1/pages", w.connectBody(meta)).want(http.StatusOK).into(&p)
	if p.ID != page || p.Visibility != model.Shared {
		t.Errorf("repaired as %+v", p)
	}
	w.do(w.ben, http.MethodPost, "/v1/pages", w.connectBody(meta)).problem(http.StatusForbidden, model.AlreadyConnected)
	asked := w.graph.granted()
	w.do(w.cat, http.MethodPost, "/v1/pages", w.connectBody("200")).problem(http.StatusForbidden, model.NotAdmin)
	if w.graph.granted() != asked {
		t.Error("Facebook is asked before the rules are")
	}
	for name, body := range map[string]map[string]any{
		"no page":            {"token": userToken},
		"no token":           {"page": meta},
		"an empty token":     {"page": meta, "token": ""},
		"a name":             {"page": "aoyama", "token": userToken},
		"an installation":    {"page": "100~2", "token": userToken},
		"another visibility": {"page": meta, "token": userToken, "visibility": "public"},
		"an endless token":   {"page": meta, "token": strings.Repeat("t", 5000)},
	} {
		a := w.do(w.ann, http.MethodPost, "/v1/pages", body)
		a.problem(http.StatusUnprocessableEntity, "invalid")
		if bytes.Contains(a.body, []byte(userToken)) {
			t.Errorf("%s: the answer holds the token", name)
		}
	}
}

func TestConnectRefusedByFacebook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for code, status := range map[model.Code]int{
		model.NoManageTask:    http.StatusForbidden,
		model.PersonalProfile: http.StatusForbidden,
		model.PageUnknown:     http.StatusNotFound,
		model.TokenRefused:    http.StatusConflict,
	} {
		w.graph.set(func(g *fakeGraph) {
			g.onGrant = func(model.MetaPageID) error { return model.Refuse(code) }
		})
		w.do(w.ann, http.MethodPost, "/v1/pages", w.connectBody(meta)).problem(status, code)
	}
	w.graph.set(func(g *fakeGraph) {
		g.onGrant = func(model.MetaPageID) error { return errors.New("down, and it knows " + userToken) }
	})
	a := w.do(w.ann, http.MethodPost, "/v1/pages", w.connectBody(meta))
	a.problem(http.StatusBadGateway, "graph_unavailable")
	if bytes.Contains(a.body, []byte(userToken)) {
		t.Error("the answer holds the token")
	}
	var l pageList
	w.get(w.ann, "/v1/pages", &l)
	if len(l.Pages) != 0 {
		t.Errorf("what was refused left %+v", l.Pages)
	}
}

// A Page whose webhooks Facebook refuses stays, disconnected, to be repaired.
func TestConnectWithoutWebhooks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.graph.set(func(g *fakeGraph) { g.subscribeErr = errGraphDown })
	w.do(w.ann, http.MethodPost, "/v1/pages", w.connectBody(meta)).problem(http.StatusBadGateway, "graph_unavailable")
	var l pageList
	w.get(w.ann, "/v1/pages", &l)
	if len(l.Pages) != 1 || l.Pages[0].Subscribed || l.Pages[0].Connected() {
		t.Fatalf("the Page is %+v", l.Pages)
	}
	w.do(w.ben, http.MethodPost, "/v1/pages", w.connectBody(meta)).problem(http.StatusForbidden, model.AlreadyConnected)
	w.graph.set(func(g *fakeGraph) { g.subscribeErr = nil })
	var p model.Page
	w.do(w.ann, http.MethodPost, "/v1/pages", w.connectBody(meta)).want(http.StatusOK).into(&p)
	if !p.Connected() || p.ID != page {
		t.Errorf("repaired as %+v", p)
	}
}

func TestVisibilityIsTheInstallers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect(w.ann, meta, model.Private)
	shared := map[string]any{"visibility": model.Shared}
	for _, who := range []account{w.ben, w.cat} {
		w.do(who, http.MethodPatch, "/v1/pages/100", shared).problem(http.StatusForbidden, model.NotInstaller)
		w.do(who, http.MethodPatch, "/v1/pages/400", shared).problem(http.StatusNotFound, "not_found")
	}
	var p model.Page
	w.do(w.ann, http.MethodPatch, "/v1/pages/100", shared).want(http.StatusOK).into(&p)
	if p.Visibility != model.Shared || !p.Sees {
		t.Errorf("shared as %+v", p)
	}
	for _, body := range []any{
		map[string]any{},
		map[string]any{"visibility": "x"},
		map[string]any{"visibility": ""},
		map[string]any{"visibility": "private", "installer": w.ben.ID},
	} {
		w.do(w.ann, http.MethodPatch, "/v1/pages/100", body).problem(http.StatusUnprocessableEntity, "invalid")
	}
	w.do(w.ann, http.MethodPatch, "/v1/pages/400", shared).problem(http.StatusNotFound, "not_found")
}

func TestUninstall(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Private)
	waiting := w.reply(w.ann, page, hanako, text("too late"))
	w.graph.set(func(g *fakeGraph) { g.unsubscribeErr = errGraphDown })
	w.do(w.cat, http.MethodDelete, "/v1/pages/100", nil).problem(http.StatusForbidden, model.NotAdmin)
	w.do(w.ann, http.MethodDelete, "/v1/pages/400", nil).problem(http.StatusNotFound, "not_found")
	// Any admin may, whatever Facebook says, and learns no more of it by that.
	var p model.Page
	w.do(w.ben, http.MethodDelete, "/v1/pages/100", nil).want(http.StatusOK).into(&p)
	if p != p.Public() || p.ID != page {
		t.Errorf("ben is told %+v", p)
	}
	w.do(w.ben, http.MethodDelete, "/v1/pages/100", nil).want(http.StatusOK)
	// Its conversations stay readable to those who could read them.
	var m model.Message
	w.get(w.ann, messagePath(waiting), &m)
	if m.State != model.Failed || m.Error == nil || m.Error.Code != model.PageDisconnected {
		t.Errorf("what waited is %s, %+v", m.State, m.Error)
	}
	w.do(w.ben, http.MethodGet, conversation(page, hanako), nil).problem(http.StatusNotFound, "not_found")
	w.do(w.ann, http.MethodPatch, "/v1/pages/100", map[string]any{"visibility": model.Shared}).
		problem(http.StatusConflict, model.PageDisconnected)
	// Its former installer takes it up again.
	w.do(w.ann, http.MethodPost, "/v1/pages", w.connectBody(meta)).want(http.StatusCreated).into(&p)
	if p.ID != page || p.UninstalledAt != nil || p.Visibility != model.Private {
		t.Errorf("taken up again as %+v", p)
	}
}

func TestAnotherInstallation(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Private)
	w.do(w.ann, http.MethodDelete, "/v1/pages/100", nil).want(http.StatusOK)
	if p := w.connect(w.ben, meta, model.Shared); p.ID != "100~2" || p.PageID != meta || p.Installer != w.ben.Ref() {
		t.Errorf("the second installation is %+v", p)
	}
	w.do(w.ben, http.MethodGet, conversation(page, hanako), nil).problem(http.StatusNotFound, "not_found")
	w.do(w.cat, http.MethodGet, conversation("100~2", hanako), nil).problem(http.StatusNotFound, "not_found")
	w.do(w.ann, http.MethodPost, "/v1/pages", w.connectBody(meta)).problem(http.StatusForbidden, model.AlreadyConnected)
	w.do(w.ben, http.MethodDelete, "/v1/pages/100~2", nil).want(http.StatusOK)
	var p model.Page
	w.do(w.ann, http.MethodPost, "/v1/pages", w.connectBody(meta)).want(http.StatusCreated).into(&p)
	if p.ID != page {
		t.Errorf("ann takes up %s", p.ID)
	}
}

// No answer about Pages holds a token, whoever asks and however it goes.
func TestNoAnswerHoldsAToken(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	answers := []answer{
		w.do(w.ann, http.MethodPost, "/v1/pages", w.connectBody(meta)),
		w.do(w.ben, http.MethodPost, "/v1/pages", w.connectBody(meta)),
		w.do(w.cat, http.MethodPost, "/v1/pages", w.connectBody(meta)),
		w.do(w.ann, http.MethodPost, "/v1/pages", with(w.connectBody(meta), "x", userToken)),
		w.do(w.ann, http.MethodPatch, "/v1/pages/100", map[string]any{"visibility": model.Private}),
		w.do(w.ann, http.MethodGet, "/v1/pages", nil),
		w.do(w.ben, http.MethodGet, "/v1/pages", nil),
		w.do(w.ann, http.MethodGet, "/v1/conversations", nil),
		w.do(w.ann, http.MethodGet, conversation(page, hanako), nil),
		w.do(w.ann, http.MethodGet, "/v1/stats", nil),
		w.do(w.ann, http.MethodGet, "/v1/me", nil),
		w.do(w.ann, http.MethodGet, "/readyz", nil),
		w.do(w.ben, http.MethodDelete, "/v1/pages/100", nil),
		w.do(w.ann, http.MethodGet, "/v1/pages", nil),
	}
	for _, a := range answers {
		for _, secret := range []string{userToken, appSecret, verifyToken, w.ann.token, w.ben.token, w.cat.token} {
			if bytes.Contains(a.body, []byte(secret)) {
				t.Errorf("an answer holds a secret: %s", a.body)
			}
		}
	}
}
