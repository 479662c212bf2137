package api_test

import (
	"net/http"
	"testing"

	"github.com/gorilla/websocket"

	"parley/model"
)

// A token that is given up lets nobody in; others of the same user do.
func TestLogout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var in struct {
		Token string `json:"token"`
	}
	w.send(http.MethodPost, "/v1/login", nil, map[string]any{"code": w.cat.code}).want(http.StatusOK).into(&in)
	second := account{User: w.cat.User, token: in.Token}
	if a := w.do(second, http.MethodPost, "/v1/logout", nil).want(http.StatusNoContent); len(a.body) != 0 {
		t.Errorf("answered %s", a.body)
	}
	for _, path := range []string{"/v1/me", "/v1/conversations"} {
		w.do(second, http.MethodGet, path, nil).problem(http.StatusUnauthorized, "not_signed_in")
	}
	w.do(second, http.MethodPost, "/v1/logout", nil).problem(http.StatusUnauthorized, "not_signed_in")
	var u model.User
	w.get(w.cat, "/v1/me", &u)
	if u != w.cat.User {
		t.Errorf("the other token is that of %+v", u)
	}
}

// What is open by a token closes when it is given up.
func TestLogoutClosesTheSocket(t *testing.T) {
	t.Parallel()
	w := withFlipped(t)
	cat, ben := w.listen(w.cat), w.listen(w.ben)
	cat.hello(nil)
	ben.hello(nil)
	w.do(w.cat, http.MethodPost, "/v1/logout", nil).want(http.StatusNoContent)
	if err := cat.closed(patience); !websocket.IsCloseError(err, websocket.ClosePolicyViolation) {
		t.Errorf("ended with %v", err)
	}
	if !ben.open() {
		t.Error("somebody else was cut off, too")
	}
}
