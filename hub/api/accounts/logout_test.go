package accounts_test

import (
	"net/http"
	"testing"

	"github.com/gorilla/websocket"

	"parley/hub/api/apitest"
	"parley/model"
)

// A token that is given up lets nobody in; others of the same user do.
func TestLogout(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	var in struct {
		Token string `json:"token"`
	}
	w.Send(http.MethodPost, "/v1/login", nil, map[string]any{"code": w.Cat.Code}).Want(http.StatusOK).Into(&in)
	second := apitest.Account{User: w.Cat.User, Token: in.Token}
	if a := w.Do(second, http.MethodPost, "/v1/logout", nil).Want(http.StatusNoContent); len(a.Body) != 0 {
		t.Errorf("answered %s", a.Body)
	}
	for _, path := range []string{"/v1/me", "/v1/conversations"} {
		w.Do(second, http.MethodGet, path, nil).Problem(http.StatusUnauthorized, "not_signed_in")
	}
	w.Do(second, http.MethodPost, "/v1/logout", nil).Problem(http.StatusUnauthorized, "not_signed_in")
	var u model.User
	w.Get(w.Cat, "/v1/me", &u)
	if u != w.Cat.User {
		t.Errorf("the other token is that of %+v", u)
	}
}

// What is open by a token closes when it is given up.
func TestLogoutClosesTheSocket(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithFlipped(t)
	cat, ben := w.Listen(w.Cat), w.Listen(w.Ben)
	cat.Hello(nil)
	ben.Hello(nil)
	w.Do(w.Cat, http.MethodPost, "/v1/logout", nil).Want(http.StatusNoContent)
	if err := cat.AwaitClosed(apitest.Timeout); !websocket.IsCloseError(err, websocket.ClosePolicyViolation) {
		t.Errorf("ended with %v", err)
	}
	if !ben.IsOpen() {
		t.Error("somebody else was cut off, too")
	}
}
