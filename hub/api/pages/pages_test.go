package pages_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"

	"parley/hub/api/apitest"
	"parley/model"
)

func connectBody(w *apitest.World, id model.MetaPageID) map[string]any {
	return map[string]any{"page": id, "token": apitest.UserToken}
}

func TestConnectAndRepair(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	a := w.Do(w.Ann, http.MethodPost, "/v1/pages", connectBody(w, apitest.MetaPage))
	var p model.Page
	a.Want(http.StatusCreated).Into(&p)
	if p.ID != apitest.Page || p.PageID != apitest.MetaPage || p.Name != apitest.PageName(apitest.MetaPage) || p.Visibility != model.Private || !p.Subscribed || !p.Sees ||
		p.Installer != w.Ann.Ref() || p.ConnectedAt == nil || p.UninstalledAt != nil {
		t.Errorf("connected as %s", a.Body)
	}
	// By its installer it is a repair, which leaves the visibility as it is.
	w.SetVisibility(w.Ann, apitest.Page, model.Shared)
	w.Do(w.Ann, http.MethodPost, "/v1/pages", connectBody(w, apitest.MetaPage)).Want(http.StatusOK).Into(&p)
	if p.ID != apitest.Page || p.Visibility != model.Shared {
		t.Errorf("repaired as %+v", p)
	}
	w.Do(w.Ben, http.MethodPost, "/v1/pages", connectBody(w, apitest.MetaPage)).Problem(http.StatusForbidden, model.AlreadyConnected)
	asked := w.Graph.Granted()
	w.Do(w.Cat, http.MethodPost, "/v1/pages", connectBody(w, "200")).Problem(http.StatusForbidden, model.NotAdmin)
	if w.Graph.Granted() != asked {
		t.Error("Facebook is asked before the rules are")
	}
	for name, body := range map[string]map[string]any{
		"no page":            {"token": apitest.UserToken},
		"no token":           {"page": apitest.MetaPage},
		"an empty token":     {"page": apitest.MetaPage, "token": ""},
		"a name":             {"page": "aoyama", "token": apitest.UserToken},
		"an installation":    {"page": "100~2", "token": apitest.UserToken},
		"another visibility": {"page": apitest.MetaPage, "token": apitest.UserToken, "visibility": "public"},
		"an endless token":   {"page": apitest.MetaPage, "token": strings.Repeat("t", 5000)},
	} {
		a := w.Do(w.Ann, http.MethodPost, "/v1/pages", body)
		a.Problem(http.StatusUnprocessableEntity, "invalid")
		if bytes.Contains(a.Body, []byte(apitest.UserToken)) {
			t.Errorf("%s: the answer holds the token", name)
		}
	}
}

func TestConnectRefusedByFacebook(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	for code, status := range map[model.Code]int{
		model.NoManageTask:    http.StatusForbidden,
		model.PersonalProfile: http.StatusForbidden,
		model.PageUnknown:     http.StatusNotFound,
		model.TokenRefused:    http.StatusConflict,
	} {
		w.Graph.Set(func(g *apitest.Graph) {
			g.OnGrant = func(model.MetaPageID) error { return model.Refuse(code) }
		})
		w.Do(w.Ann, http.MethodPost, "/v1/pages", connectBody(w, apitest.MetaPage)).Problem(status, code)
	}
	w.Graph.Set(func(g *apitest.Graph) {
		g.OnGrant = func(model.MetaPageID) error { return errors.New("down, and it knows " + apitest.UserToken) }
	})
	a := w.Do(w.Ann, http.MethodPost, "/v1/pages", connectBody(w, apitest.MetaPage))
	a.Problem(http.StatusBadGateway, "graph_unavailable")
	if bytes.Contains(a.Body, []byte(apitest.UserToken)) {
		t.Error("the answer holds the token")
	}
	var l apitest.PageList
	w.Get(w.Ann, "/v1/pages", &l)
	if len(l.Pages) != 0 {
		t.Errorf("what was refused left %+v", l.Pages)
	}
}

// A Page whose webhooks Facebook refuses stays, disconnected, to be repaired.
func TestConnectWithoutWebhooks(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Graph.Set(func(g *apitest.Graph) { g.SubscribeErr = apitest.ErrGraphDown })
	w.Do(w.Ann, http.MethodPost, "/v1/pages", connectBody(w, apitest.MetaPage)).Problem(http.StatusBadGateway, "graph_unavailable")
	var l apitest.PageList
	w.Get(w.Ann, "/v1/pages", &l)
	if len(l.Pages) != 1 || l.Pages[0].Subscribed || l.Pages[0].Connected() {
		t.Fatalf("the Page is %+v", l.Pages)
	}
	w.Do(w.Ben, http.MethodPost, "/v1/pages", connectBody(w, apitest.MetaPage)).Problem(http.StatusForbidden, model.AlreadyConnected)
	w.Graph.Set(func(g *apitest.Graph) { g.SubscribeErr = nil })
	var p model.Page
	w.Do(w.Ann, http.MethodPost, "/v1/pages", connectBody(w, apitest.MetaPage)).Want(http.StatusOK).Into(&p)
	if !p.Connected() || p.ID != apitest.Page {
		t.Errorf("repaired as %+v", p)
	}
}

func TestVisibilityIsTheInstallers(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Connect(w.Ann, apitest.MetaPage, model.Private)
	shared := map[string]any{"visibility": model.Shared}
	for _, who := range []apitest.Account{w.Ben, w.Cat} {
		w.Do(who, http.MethodPatch, "/v1/pages/100", shared).Problem(http.StatusForbidden, model.NotInstaller)
		w.Do(who, http.MethodPatch, "/v1/pages/400", shared).Problem(http.StatusNotFound, "not_found")
	}
	var p model.Page
	w.Do(w.Ann, http.MethodPatch, "/v1/pages/100", shared).Want(http.StatusOK).Into(&p)
	if p.Visibility != model.Shared || !p.Sees {
		t.Errorf("shared as %+v", p)
	}
	for _, body := range []any{
		map[string]any{},
		map[string]any{"visibility": "x"},
		map[string]any{"visibility": ""},
		map[string]any{"visibility": "private", "installer": w.Ben.ID},
	} {
		w.Do(w.Ann, http.MethodPatch, "/v1/pages/100", body).Problem(http.StatusUnprocessableEntity, "invalid")
	}
	w.Do(w.Ann, http.MethodPatch, "/v1/pages/400", shared).Problem(http.StatusNotFound, "not_found")
}

func TestUninstall(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Private)
	waiting := w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.Text("too late"))
	w.Graph.Set(func(g *apitest.Graph) { g.UnsubscribeErr = apitest.ErrGraphDown })
	w.Do(w.Cat, http.MethodDelete, "/v1/pages/100", nil).Problem(http.StatusForbidden, model.NotAdmin)
	w.Do(w.Ann, http.MethodDelete, "/v1/pages/400", nil).Problem(http.StatusNotFound, "not_found")
	// Any admin may, whatever Facebook says, and learns no more of it by that.
	var p model.Page
	w.Do(w.Ben, http.MethodDelete, "/v1/pages/100", nil).Want(http.StatusOK).Into(&p)
	if p != p.Public() || p.ID != apitest.Page {
		t.Errorf("ben is told %+v", p)
	}
	w.Do(w.Ben, http.MethodDelete, "/v1/pages/100", nil).Want(http.StatusOK)
	// Its conversations stay readable to those who could read them.
	var m model.Message
	w.Get(w.Ann, apitest.MessagePath(waiting), &m)
	if m.State != model.Failed || m.Error == nil || m.Error.Code != model.PageDisconnected {
		t.Errorf("what waited is %s, %+v", m.State, m.Error)
	}
	w.Do(w.Ben, http.MethodGet, apitest.ConversationPath(apitest.Page, apitest.Hanako), nil).Problem(http.StatusNotFound, "not_found")
	w.Do(w.Ann, http.MethodPatch, "/v1/pages/100", map[string]any{"visibility": model.Shared}).
		Problem(http.StatusConflict, model.PageDisconnected)
	// Its former installer takes it up again.
	w.Do(w.Ann, http.MethodPost, "/v1/pages", connectBody(w, apitest.MetaPage)).Want(http.StatusCreated).Into(&p)
	if p.ID != apitest.Page || p.UninstalledAt != nil || p.Visibility != model.Private {
		t.Errorf("taken up again as %+v", p)
	}
}

func TestAnotherInstallation(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Private)
	w.Do(w.Ann, http.MethodDelete, "/v1/pages/100", nil).Want(http.StatusOK)
	if p := w.Connect(w.Ben, apitest.MetaPage, model.Shared); p.ID != "100~2" || p.PageID != apitest.MetaPage || p.Installer != w.Ben.Ref() {
		t.Errorf("the second installation is %+v", p)
	}
	w.Do(w.Ben, http.MethodGet, apitest.ConversationPath(apitest.Page, apitest.Hanako), nil).Problem(http.StatusNotFound, "not_found")
	w.Do(w.Cat, http.MethodGet, apitest.ConversationPath("100~2", apitest.Hanako), nil).Problem(http.StatusNotFound, "not_found")
	w.Do(w.Ann, http.MethodPost, "/v1/pages", connectBody(w, apitest.MetaPage)).Problem(http.StatusForbidden, model.AlreadyConnected)
	w.Do(w.Ben, http.MethodDelete, "/v1/pages/100~2", nil).Want(http.StatusOK)
	var p model.Page
	w.Do(w.Ann, http.MethodPost, "/v1/pages", connectBody(w, apitest.MetaPage)).Want(http.StatusCreated).Into(&p)
	if p.ID != apitest.Page {
		t.Errorf("ann takes up %s", p.ID)
	}
}

// No answer about Pages holds a token, whoever asks and however it goes.
func TestNoAnswerHoldsAToken(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	answers := []apitest.Answer{
		w.Do(w.Ann, http.MethodPost, "/v1/pages", connectBody(w, apitest.MetaPage)),
		w.Do(w.Ben, http.MethodPost, "/v1/pages", connectBody(w, apitest.MetaPage)),
		w.Do(w.Cat, http.MethodPost, "/v1/pages", connectBody(w, apitest.MetaPage)),
		w.Do(w.Ann, http.MethodPost, "/v1/pages", apitest.With(connectBody(w, apitest.MetaPage), "x", apitest.UserToken)),
		w.Do(w.Ann, http.MethodPatch, "/v1/pages/100", map[string]any{"visibility": model.Private}),
		w.Do(w.Ann, http.MethodGet, "/v1/pages", nil),
		w.Do(w.Ben, http.MethodGet, "/v1/pages", nil),
		w.Do(w.Ann, http.MethodGet, "/v1/conversations", nil),
		w.Do(w.Ann, http.MethodGet, apitest.ConversationPath(apitest.Page, apitest.Hanako), nil),
		w.Do(w.Ann, http.MethodGet, "/v1/stats", nil),
		w.Do(w.Ann, http.MethodGet, "/v1/me", nil),
		w.Do(w.Ann, http.MethodGet, "/readyz", nil),
		w.Do(w.Ben, http.MethodDelete, "/v1/pages/100", nil),
		w.Do(w.Ann, http.MethodGet, "/v1/pages", nil),
	}
	for _, a := range answers {
		for _, secret := range []string{apitest.UserToken, apitest.AppSecret, apitest.VerifyToken, w.Ann.Token, w.Ben.Token, w.Cat.Token} {
			if bytes.Contains(a.Body, []byte(secret)) {
				t.Errorf("an answer holds a secret: %s", a.Body)
			}
		}
	}
}
