package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/hub"
	"parley/model"
)

func TestUsersAreToldWithoutAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, who := range []account{w.ann, w.cat} {
		var l struct{ Users []model.Colleague }
		a := w.do(who, http.MethodGet, "/v1/users", nil).want(http.StatusOK)
		a.into(&l)
		if len(l.Users) != 3 || l.Users[2].ID != w.cat.ID || l.Users[2].Name != w.cat.Name {
			t.Errorf("%s is told %s", who.Name, a.body)
		}
		for _, secret := range []string{"@example.com", "admin", "email"} {
			if strings.Contains(string(a.body), secret) != who.Admin {
				t.Errorf("%s is told %s", who.Name, a.body)
			}
		}
	}
}

// A removed user's token lets nobody in, and what they have open closes.
func TestRemovedUsersAreCutOff(t *testing.T) {
	t.Parallel()
	w := withFlipped(t)
	cat, ben := w.listen(w.cat), w.listen(w.ben)
	cat.hello(nil)
	ben.hello(nil)
	_, err := hub.RemoveUser(t.Context(), w.store, w.cat.Name, time.Now())
	w.must(err)
	w.do(w.cat, http.MethodGet, "/v1/me", nil).problem(http.StatusUnauthorized, "not_signed_in")
	if err := cat.closed(patience); !websocket.IsCloseError(err, websocket.ClosePolicyViolation) {
		t.Errorf("ended with %v", err)
	}
	if !ben.open() {
		t.Error("somebody else was cut off, too")
	}
}

type tokenList struct{ Tokens []model.Token }

func TestTokensAreOnesOwn(t *testing.T) {
	t.Parallel()
	w := withFlipped(t)
	var in struct{ Token string }
	w.send(http.MethodPost, "/v1/login", nil, map[string]any{"code": w.cat.code}).want(http.StatusOK).into(&in)
	second := account{User: w.cat.User, token: in.Token}
	socket := w.listen(second)
	socket.hello(nil)
	var l tokenList
	a := w.do(w.cat, http.MethodGet, "/v1/tokens", nil).want(http.StatusOK)
	a.into(&l)
	if len(l.Tokens) != 2 || !l.Tokens[0].Current || l.Tokens[1].Current || l.Tokens[1].LastUsedAt == nil {
		t.Fatalf("told %s", a.body)
	}
	for _, secret := range []string{w.cat.token, in.Token} {
		if strings.Contains(string(a.body), secret) {
			t.Error("a token is told")
		}
	}
	path := "/v1/tokens/" + string(l.Tokens[1].ID)
	w.do(w.ann, http.MethodDelete, path, nil).problem(http.StatusNotFound, "not_found")
	w.do(w.cat, http.MethodDelete, path, nil).want(http.StatusNoContent)
	w.do(w.cat, http.MethodDelete, path, nil).problem(http.StatusNotFound, "not_found")
	w.do(second, http.MethodGet, "/v1/me", nil).problem(http.StatusUnauthorized, "not_signed_in")
	if err := socket.closed(patience); !websocket.IsCloseError(err, websocket.ClosePolicyViolation) {
		t.Errorf("ended with %v", err)
	}
	w.get(w.cat, "/v1/tokens", &l)
	if len(l.Tokens) != 1 {
		t.Errorf("%d tokens are left", len(l.Tokens))
	}
}
